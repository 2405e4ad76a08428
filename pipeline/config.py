"""Every option of a run: its unit, its default and why."""

from __future__ import annotations
