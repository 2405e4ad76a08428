"""What becomes of each document once all are known: written, or rejected as a duplicate, or marked as near one."""

from __future__ import annotations

import hashlib
import sqlite3

from pipeline.config import Config
from pipeline.corpus.deduplicate import SIMILARITY, bands, similarity
from pipeline.records.files import shard_digits

_TABLE = """
create index if not exists outcome_key on outcome (key);
delete from outcome;
drop table if exists temp.band;
drop table if exists temp.near;
create temp table near (source text primary key, first text) without rowid;
create temp table band (band integer, source text, primary key (band, source)) without rowid;
insert into outcome (source, key, sha256, text_hash, lang, rule)
    select source, member.key, member.sha256, coalesce(text_hash, ''), coalesce(lang, ''),
        case when member.rule <> '' then member.rule else rejected end
    from member left join result on result.key = member.key order by source;
"""

# The smallest source of equal documents is kept; equal bytes first, then equal text.
_EQUAL = """
create temp table first as select {column} as value, min(source) as source, count(*) as size
    from outcome where rule = '' group by {column} having size > 1;
create index temp.first_value on first (value);
update outcome set rule = '{rule}', duplicate_of = (select source from first where value = outcome.{column})
    where rule = '' and {column} in (select value from first)
    and source <> (select source from first where value = outcome.{column});
drop table first;
"""


def settle(db: sqlite3.Connection, config: Config) -> None:
    """Fill the table ``outcome``: a row a member, with its rule ("" for a document) and output shard."""
    db.executescript(_TABLE)
    db.executescript(_EQUAL.format(column="sha256", rule="deduplicate.same-bytes"))
    db.executescript(_EQUAL.format(column="text_hash", rule="deduplicate.same-text"))
    _near_duplicates(db, drop=config.near_duplicates == "drop")
    documents = db.execute("select count(*) from outcome where rule = ''").fetchone()[0]
    rejected = db.execute("select count(*) from outcome where rule <> ''").fetchone()[0]
    for count, condition in ((documents, "rule = ''"), (rejected, "rule <> ''")):
        digits = shard_digits(count)
        db.create_function("shard", 1, lambda source, digits=digits: _shard(source, digits), deterministic=True)
        db.execute(f"update outcome set shard = shard(source) where {condition}")


def _near_duplicates(db: sqlite3.Connection, drop: bool) -> None:
    """Name for each document the first one (by source) that it nearly repeats, among those not marked themselves."""
    # What is read must not be written meanwhile, hence the table of what was found.
    rows = db.execute(
        "select source, signature from outcome join result using (key) "
        "where rule = '' and length(signature) > 0 order by source"
    )
    for source, signature in rows:
        keys = bands(signature)
        candidates = db.execute(
            "select distinct band.source, signature from band join outcome on outcome.source = band.source "
            f"join result using (key) where band in ({', '.join('?' * len(keys))}) order by band.source",
            keys,
        )
        near = next((name for name, other in candidates if similarity(signature, other) >= SIMILARITY), "")
        if near:
            db.execute("insert into near values (?, ?)", (source, near))
        else:
            db.executemany("insert or ignore into band values (?, ?)", [(key, source) for key in keys])
    change = "rule = 'deduplicate.near-duplicate', duplicate_of" if drop else "near"
    db.execute(f"update outcome set {change} = near.first from near where near.source = outcome.source")
    if drop:
        # Copies of what was dropped: they too nearly repeat what is left.
        db.execute(f"update outcome set {change} = near.first from near where near.source = outcome.duplicate_of")


def _shard(source: str, digits: int) -> str:
    return hashlib.sha256(source.encode()).hexdigest()[:digits] if digits else "00000"
