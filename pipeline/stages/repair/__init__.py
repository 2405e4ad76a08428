"""Repair: typographic faults and machine-translation artifacts, language by language.

Each pass reads the text and proposes edits that leave line breaks alone; a later pass sees what an earlier one
left. ``safe`` makes only repairs with one right reading; ``full`` adds what is merely likely. Where good text could
look the same, a fault stays in: leaving it is better than damaging what a careful editor would have left.
"""

from __future__ import annotations

from pipeline.stages.repair.repair import artifact_count, is_artifact, repair

__all__ = ["artifact_count", "is_artifact", "repair"]
