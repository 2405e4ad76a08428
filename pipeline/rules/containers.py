"""Why a container, or something in it, gave no document."""

from __future__ import annotations

from typing import Final

from pipeline.rules import Rule

RULES: Final = (
    Rule("containers.truncated", "the container ends too early; what could be read stands in the output"),
    Rule("containers.broken", "the container, or this part of it, is damaged"),
    Rule("containers.bomb", "the container grows far beyond its size when unpacked"),
    Rule("containers.too-deep", "containers within containers, deeper than max_depth"),
    Rule("containers.too-many", "the container holds more than max_members members; the rest was not read"),
    Rule("containers.unsafe-name", "the member's name points outside the container (../ or an absolute path)"),
    Rule("containers.encrypted", "the member needs a password"),
    Rule("containers.http-status", "the archived answer is no page (a redirect or an error)"),
    Rule("containers.not-text", "the archived answer is an image, a script or another thing that is no text"),
    Rule("containers.unsupported", "the member is packed in a way that needs more than the standard library"),
    Rule("containers.empty", "the container holds no document"),
    Rule("containers.no-field", "the JSON object has no field html, text or content that holds a string"),
)
