"""Why an input of a batch gave no document although nothing was wrong with its text, or nobody could tell."""

from __future__ import annotations

from pipeline.rules import Rule

RULES = (
    Rule("batch.unreadable", "the file could not be opened or read"),
    Rule("batch.changed", "the file changed while it was being read, twice"),
    Rule("batch.time-limit", "the document took longer than max_seconds"),
    Rule("batch.memory-limit", "the document took more memory than max_memory"),
    Rule("batch.crashed", "the worker process died on this document"),
    Rule("batch.error", "the document hit a fault of the program; the reason names the exception"),
    Rule("deduplicate.same-bytes", "the same bytes as another input"),
    Rule("deduplicate.same-text", "the same text as another document once cleaned"),
    Rule("deduplicate.near-duplicate", "almost the same text as another document (--near-duplicates drop)"),
)
