"""Qingwen: clean, traceable, aligned text from scraped Chinese and English files.

``clean`` for one document, ``run`` for a batch, ``align`` for two texts. Importing this package loads no model,
dictionary or heavy library.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import would be a third of the time of --help

__version__ = "0.1.0"
__all__ = ["Config", "Document", "align", "clean", "run"]

if TYPE_CHECKING:
    from pipeline.alignment import align
    from pipeline.batch.run import run
    from pipeline.config import Config
    from pipeline.document import Document
    from pipeline.stages import clean

_HOMES = {
    "Config": "pipeline.config",
    "Document": "pipeline.document",
    "align": "pipeline.alignment",
    "clean": "pipeline.stages",
    "run": "pipeline.batch.run",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'pipeline' has no attribute {name!r}; there are: {', '.join(__all__)}")
    from importlib import import_module

    home: object = import_module(_HOMES[name])
    return getattr(home, name)
