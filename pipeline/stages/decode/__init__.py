"""decode: bytes of a file to text with nothing lost, and mojibake back to what was meant."""

from pipeline.stages.decode.ladder import decode
from pipeline.stages.decode.mojibake import unmangle

__all__ = ["decode", "unmangle"]
