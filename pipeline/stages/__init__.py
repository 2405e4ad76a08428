"""The stages of one document, in order: decode, read, detect, repair, strip, segment. Pure functions, no I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pipeline.config import Config
from pipeline.document import Document

# Verdicts on the lines of a text by what other files of its site hold, 0..1 each (see pipeline.corpus.templates).
Templates = Callable[[Sequence[str]], Sequence[float]]

# What stages may find out about a document.
_FOUND = ("title", "author", "published", "url", "account", "site")


def clean(
    data: bytes,
    name: str = "",
    config: Config | None = None,
    *,
    declared: str = "",
    html: bool = False,
    metadata: Mapping[str, str] | None = None,
    templates: Templates | None = None,
) -> Document:
    """The clean document in ``data``, with every change recorded.

    ``doc.rejected`` is set where there is no article; then ``doc.text`` is the text as far as it could be read.
    ``doc.metadata`` has at least ``title author published url account site encoding format flags``, ``""`` if unknown.
    ``declared`` is a character set that a protocol header named, ``html`` whether it said HTML (a ``name`` like
    ``page.html`` does so too), ``metadata`` what a container knows of its member (``url``, ``published``).
    Raises ``TypeError`` for anything but bytes; damaged data never raises.
    """
    if not isinstance(data, bytes):
        raise TypeError(f"clean() takes the bytes of a file, not {type(data).__name__}; encode text as UTF-8 first")
    config = config or Config()
    doc = readable(data, name, config, declared=declared, html=html, metadata=metadata)
    if not doc.rejected:
        doc = _judged(doc, config, templates)
    told = {"encoding": doc.encoding, "format": doc.format, "flags": " ".join(doc.flags)}
    return doc.note(**dict.fromkeys(_FOUND, "") | dict(doc.metadata) | told)


def _judged(doc: Document, config: Config, templates: Templates | None) -> Document:
    """A readable document, from the languages of its lines to its segments."""
    from pipeline.stages.detect import detect
    from pipeline.stages.repair import repair
    from pipeline.stages.segment import segment
    from pipeline.stages.strip.remove import strip

    doc = detect(doc)
    doc = repair(doc, config.repair, config.glossary, config.simplify)
    doc = strip(doc, config, templates(doc.lines()) if templates else ())
    return doc if doc.rejected else segment(doc)


def readable(
    data: bytes,
    name: str = "",
    config: Config | None = None,
    *,
    declared: str = "",
    html: bool = False,
    metadata: Mapping[str, str] | None = None,
) -> Document:
    """The document as read: its visible text in lines, before any judgement of what the lines say."""
    config = config or Config()
    if len(data) > config.max_bytes:
        reason = f"{len(data)} bytes are more than the limit max_bytes = {config.max_bytes}"
        return Document.from_source(name, "").reject("decode.too-large", reason)
    from pipeline.stages.decode import decode, unmangle
    from pipeline.stages.read import read

    doc = decode(data, name, declared)
    if doc.rejected:
        return doc
    doc = doc.note(**metadata) if metadata else doc
    doc = read(doc, html)
    if doc.rejected:
        return doc
    doc = unmangle(doc)
    doc = doc.note(chars_in=len(doc.text))
    return doc if doc.text.strip() else doc.reject("read.no-text", "the file shows no text")
