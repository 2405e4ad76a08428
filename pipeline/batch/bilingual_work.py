"""What a worker process does to find sentence pairs and terms: it reads documents and earlier findings in the state."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import orjson

from pipeline.batch.state import open_to_read
from pipeline.batch.work import pack, unpack
from pipeline.records.write import Row

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.corpus.pair import Vote as Sides
    from pipeline.corpus.propose import Text

# Documents whose vectors a worker holds while their votes are taken: 160 kB each at most.
_VECTORS_KEPT = 96
# Rows that are sent to the driver at a time.
_PORTION = 100
T = TypeVar("T")


class Page(NamedTuple):
    """Task: rows of ``pairs/`` inside one document, packed. Documents are named by the keys of their results."""

    key: str


class Bag(NamedTuple):
    """Task: what of a document its translation may share, as bytes."""

    key: str


class Propose(NamedTuple):
    """Task: (Chinese, English) documents that may translate each other, by their bags; in portions."""


class Vote(NamedTuple):
    """Task: the votes of a Chinese document and each of some English ones, packed, in their order."""

    zh: str
    en: tuple[str, ...]


class Rank(NamedTuple):
    """Task: (Chinese, English) documents by their votes, the likeliest first; in portions."""


class Choose(NamedTuple):
    """Task: (Chinese, English, whether they must be aligned first) of the ranked documents; in portions."""


class Align(NamedTuple):
    """Task: (share that pairs off, rows of ``pairs/``, packed) of two documents."""

    zh: str
    en: str


class Mine(NamedTuple):
    """Task: rows of ``terms.jsonl``, packed."""


Task = Page | Bag | Propose | Vote | Rank | Choose | Align | Mine


class Worker:
    """The work of one process: a read-only view of the state."""

    def __init__(self, state: str, encoder: str = "") -> None:
        self.encoder = encoder  # its name, see pipeline.alignment.encoder.load
        self.state = open_to_read(state)
        self._vectors: dict[str, Any] = {}

    def __call__(self, task: Task) -> Iterator[Any]:
        """What the task says it finds; a string at the end says what went wrong."""
        try:
            match task:
                case Page(key=key):
                    yield pack(self.page(key))
                case Bag(key=key):
                    yield self.bag(key)
                case Propose():
                    yield from _portions(self.propose())
                case Vote(zh=zh, en=en):
                    yield [self.vote(zh, key) for key in en]
                case Rank():
                    yield from _portions(self.rank())
                case Choose():
                    yield from _portions(self.choose())
                case Align(zh=zh, en=en):
                    yield self.align(zh, en)
                case Mine():
                    yield pack(self.mine())
        except Exception as error:
            yield f"{type(error).__name__}: {error}"

    def page(self, key: str) -> Iterator[Row]:
        """Rows of ``pairs/`` for the sentences of one document that translate each other."""
        from pipeline.alignment.encoder import load
        from pipeline.alignment.page import align_page

        doc = self._document(key)
        segments = doc["segments"]
        sentences = [(doc["text"][s["start"] : s["end"]], s["lang"], s["paragraph"]) for s in segments]
        for bead in align_page(sentences, encoder=load(self.encoder) if self.encoder else None):
            zh, en = (
                [[segments[n]["start"] + start, segments[n]["start"] + end] for n, start, end in side]
                for side in (bead.zh, bead.en)
            )
            yield pair_row(doc, doc, zh, en, bead.score, "page")

    def bag(self, key: str) -> bytes:
        """Hashes of a document's tokens, little-endian uint32 (see ``pipeline.corpus.propose.bag``)."""
        from pipeline.corpus.propose import Text, bag

        doc = self._document(key)
        return bag(Text("", doc["lang"], _texts(doc, _segments(doc)))).astype("<u4").tobytes()

    def propose(self) -> Iterator[tuple[str, str]]:
        """Keys of the documents that may translate each other."""
        import numpy as np

        from pipeline.corpus.propose import propose

        keys, texts = self._paired_texts()

        def bag_of(n: int) -> NDArray[Any]:
            return np.frombuffer(self._found("bag", keys[n]), "<u4")

        yield from ((keys[n], keys[m]) for n, m in propose(texts, bag_of))

    def vote(self, zh: str, en: str) -> bytes:
        """What the sentences of two documents say to their being translations."""
        from pipeline.corpus.pair import vote

        return vote(self._voters(zh), self._voters(en)).pack()

    def rank(self) -> Iterator[tuple[str, str]]:
        """Keys of the documents that were voted on, the likeliest first."""
        from pipeline.corpus.pair import Vote, rank

        keys, texts = self._paired_texts()
        places = {key: n for n, key in enumerate(keys)}

        def votes() -> Iterator[tuple[tuple[int, int], Sides]]:
            for zh, en, vote in self.state.execute(
                "select zh, en, vote from couple where proposed and vote is not null"
            ):
                yield (places[zh], places[en]), Vote.unpack(vote)

        yield from ((keys[n], keys[m]) for n, m in rank(texts, votes))

    def choose(self) -> Iterator[tuple[str, str, bool]]:
        """Keys of the pairs of translations, or of pairs that must be aligned before these are known."""
        from pipeline.corpus.pair import choose

        ranked = "select zh, en, share from couple where place is not null order by place"
        chosen, unknown = choose(self.state.execute(ranked))
        for zh, en in unknown or chosen:
            yield zh, en, bool(unknown)

    def align(self, zh_key: str, en_key: str) -> tuple[float, bytes]:
        """How much of two documents pairs off, and the rows of ``pairs/`` for their sentences."""
        from pipeline.alignment import align
        from pipeline.alignment.encoder import load
        from pipeline.corpus.pair import paired_share

        zh_doc, en_doc = self._document(zh_key), self._document(en_key)
        zh_segments, en_segments = _segments(zh_doc), _segments(en_doc)
        zh_texts, en_texts = _texts(zh_doc, zh_segments), _texts(en_doc, en_segments)
        beads = align(zh_texts, en_texts, encoder=load(self.encoder))
        share = paired_share(zh_texts, en_texts, beads)
        rows = []
        for bead in beads:
            if share and bead.zh and bead.en:
                zh = [[zh_segments[n]["start"], zh_segments[n]["end"]] for n in bead.zh]
                en = [[en_segments[n]["start"], en_segments[n]["end"]] for n in bead.en]
                rows.append(pair_row(zh_doc, en_doc, zh, en, bead.score, "documents"))
        return share, pack(rows)

    def mine(self) -> Iterator[Row]:
        """Rows of ``terms.jsonl``."""
        from pipeline.alignment.terms import Bracket, mine_brackets

        ids: list[str] = []

        def brackets() -> Iterator[list[Bracket]]:
            for id, found in self.state.execute(
                "select id, brackets from outcome join result using (key) join member using (source) "
                "where outcome.rule = '' and length(brackets) > 0 order by source"
            ):
                ids.append(id)
                yield [Bracket(*bracket) for bracket in orjson.loads(found)]

        for term in mine_brackets(brackets()):
            yield {
                "zh": term.zh,
                "en": term.en,
                "kind": term.kind,
                "score": round(term.score, 4),
                "count": term.count,
                "docs": sorted({ids[n] for n in term.docs}),
            }

    def _paired_texts(self) -> tuple[list[str], list[Text]]:
        """Keys, names and languages of the documents that pairing looks at, in order of name."""
        from pipeline.corpus.propose import Text

        rows = self.state.execute(
            "select key, source, lang from outcome where rule = '' and lang in ('zh', 'en') order by source"
        ).fetchall()
        return [key for key, _, _ in rows], [Text(source, lang, ()) for _, source, lang in rows]

    def _voters(self, key: str) -> Any:
        """Vectors of the sentences of a document that vote; those of the last documents are kept."""
        from pipeline.alignment.encoder import encode, load
        from pipeline.corpus.pair import voters

        vectors = self._vectors.pop(key, None)
        if vectors is None:
            doc = self._document(key)
            vectors = encode(load(self.encoder), voters(_texts(doc, _segments(doc)))).astype("<f2")
        self._vectors[key] = vectors  # the last that was asked for goes last
        if len(self._vectors) > _VECTORS_KEPT:
            del self._vectors[next(iter(self._vectors))]
        return vectors

    def _document(self, key: str) -> Row:
        (row,) = self.state.execute("select row from result where key = ?", (key,)).fetchone()
        document: Row = orjson.loads(unpack(row))
        return document

    def _found(self, kind: str, key: str) -> bytes:
        row = self.state.execute("select value from found where kind = ? and key = ?", (kind, key)).fetchone()
        return bytes(row[0]) if row else b""


def pair_row(
    zh_doc: Row, en_doc: Row, zh: Sequence[Sequence[int]], en: Sequence[Sequence[int]], score: float, method: str
) -> Row:
    """A row of ``pairs/``; ``zh`` and ``en`` are spans of the documents' texts."""
    from pipeline.alignment.checks import check

    zh_text = "".join(zh_doc["text"][start:end] for start, end in zh)
    en_text = " ".join(en_doc["text"][start:end] for start, end in en)
    name = f"{zh_doc['id']} {en_doc['id']} {zh} {en}"
    return {
        "id": hashlib.sha256(name.encode()).hexdigest()[:16],
        "translation": {"zh": zh_text, "en": en_text},
        "score": round(float(score), 4),
        "bead": f"{len(zh)}-{len(en)}",
        "method": method,
        "flags": check(zh_text, en_text),
        "zh_doc": zh_doc["id"],
        "en_doc": en_doc["id"],
        "zh_spans": zh,
        "en_spans": en,
    }


def _segments(doc: Row) -> list[Row]:
    """The segments of a Chinese document that are not English, or the other way round."""
    other = "en" if doc["lang"] == "zh" else "zh"
    return [segment for segment in doc["segments"] if segment["lang"] != other]


def _texts(doc: Row, segments: Iterable[Row]) -> list[str]:
    return [doc["text"][segment["start"] : segment["end"]] for segment in segments]


def _portions(rows: Iterable[T]) -> Iterator[list[T]]:
    portion: list[T] = []
    for row in rows:
        portion.append(row)
        if len(portion) == _PORTION:
            yield portion
            portion = []
    if portion:
        yield portion
