"""The pool goes on when a worker hangs or dies, and knows which task it was."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from pipeline.batch.pool import Outcome, Pool


def work(task: object) -> Iterator[object]:
    match task:
        case ("die", before):
            yield from range(before)
            os.kill(os.getpid(), 9)
        case ("die once", mark):
            if not os.path.exists(mark):
                open(mark, "w").close()
                os.kill(os.getpid(), 9)
            yield "done"
        case ("many", count):
            yield from range(count)
        case "hang":
            time.sleep(60)
        case int():
            yield from (task * 10 + n for n in range(task % 3))


def nothing() -> None:
    pass


def run_tasks(
    tasks: Iterable[object], workers: int, seconds: Callable[[object], float] = lambda task: 60.0
) -> list[Outcome]:
    with Pool(work, nothing, workers, seconds) as pool:
        return list(pool.outcomes(tasks))


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_every_task_has_one_outcome_with_its_results_in_order(workers: int) -> None:
    outcomes = run_tasks(range(50), workers)
    assert sorted(outcome.task for outcome in outcomes) == list(range(50))
    assert all(outcome.results == list(work(outcome.task)) and not outcome.failure for outcome in outcomes)


def test_a_worker_that_dies_fails_one_task_and_keeps_what_it_had_sent() -> None:
    tasks = [1, ("die", 2), 2, ("die", 0), 4]
    outcomes = {str(outcome.task): outcome for outcome in run_tasks(tasks, 2)}
    assert outcomes["('die', 2)"].failure == outcomes["('die', 0)"].failure == "crashed"
    assert outcomes["('die', 2)"].results == [0, 1]
    assert [outcomes[str(task)].results for task in (1, 2, 4)] == [[10], [20, 21], [40]]


def test_a_worker_that_hangs_is_ended_after_its_limit() -> None:
    tasks = ["hang", 1, 2]
    limits = {"hang": 0.2}
    outcomes = {str(outcome.task): outcome for outcome in run_tasks(tasks, 1, lambda task: limits.get(task, 60.0))}
    assert outcomes["hang"].failure == "time-limit"
    assert outcomes["2"].results == [20, 21]


def test_a_worker_that_is_killed_once_costs_no_task(tmp_path: Path) -> None:
    mark = str(tmp_path / "killed")
    outcomes = {str(outcome.task): outcome for outcome in run_tasks([1, ("die once", mark), 2], 1)}
    assert outcomes[str(("die once", mark))] == Outcome(("die once", mark), ["done"], "")
    assert outcomes["2"].results == [20, 21]


def test_a_worker_that_is_killed_while_it_waits_is_replaced() -> None:
    with Pool(work, nothing, 1, lambda task: 60.0) as pool:
        assert [outcome.results for outcome in pool.outcomes([1])] == [[10]]
        pool._workers[0].process.kill()
        pool._workers[0].process.join()
        assert [outcome.results for outcome in pool.outcomes([2, 4])] == [[20, 21], [40]]


def test_results_are_handed_over_in_portions() -> None:
    with Pool(work, nothing, 1, lambda task: 60.0, portion=2) as pool:
        outcomes = [(outcome.results, outcome.done) for outcome in pool.outcomes([("many", 5), ("many", 4), 1])]
    assert outcomes == [
        ([0, 1], False),
        ([2, 3], False),
        ([4], True),
        ([0, 1], False),
        ([2, 3], False),
        ([], True),
        ([10], True),
    ]


def test_no_tasks_start_no_process() -> None:
    assert run_tasks([], 2) == []
