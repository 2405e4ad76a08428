"""detect: the language of every line and of the document."""

from pipeline.stages.detect.detect import (
    detect,
    detect_line,
    han_units,
    language_of,
    units,
    word_count,
)

__all__ = ["detect", "detect_line", "han_units", "language_of", "units", "word_count"]
