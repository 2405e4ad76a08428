"""Literal Chinese-to-English translations, what they stand for, and the context that proves them."""

from __future__ import annotations

from typing import Final

from pipeline.rules import Rule

RULES: Final[tuple[Rule, ...]] = ()
