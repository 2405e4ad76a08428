"""Worker processes that may hang or die without taking the batch with them.

``concurrent.futures`` breaks as a whole when one worker is killed, and cannot end a task that hangs. Here each worker
has its own pipe and one task at a time, so the driver always knows which file a dead worker was at.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, NamedTuple

# Tasks handed to a worker ahead of the one it works at: hides the driver's latency, bounds its memory.
_AHEAD = 4


class Outcome(NamedTuple):
    """What became of a task: its results in order, and why there are no more ("time-limit", "crashed", else "")."""

    task: Any
    results: list[Any]
    failure: str


class _Worker:
    """One process, its pipe, and the tasks it has been given but not finished."""

    def __init__(
        self, context: Any, work: Callable[[Any], Iterable[Any]], setup: Callable[[], None], others: list[_Worker]
    ) -> None:
        self.pipe, there = context.Pipe()
        # A process that kept a copy of the driver's ends would never learn that the driver is gone.
        ends = [self.pipe, *(worker.pipe for worker in others)]
        self.process: BaseProcess = context.Process(target=_serve, args=(there, ends, work, setup), daemon=True)
        self.process.start()
        there.close()
        self.tasks: deque[Any] = deque()
        self.results: list[Any] = []
        self.since = time.monotonic()

    def give(self, task: Any) -> None:
        if not self.tasks:
            self.since = time.monotonic()
        self.tasks.append(task)
        self.pipe.send(task)

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def run_tasks(
    tasks: Iterable[Any],
    work: Callable[[Any], Iterable[Any]],
    setup: Callable[[], None],
    workers: int,
    seconds: Callable[[Any], float],
) -> Iterator[Outcome]:
    """Outcomes of ``work(task)`` in ``workers`` processes, in the order they finish.

    ``work`` and ``setup`` (called once in each process) must be importable functions; ``work`` gives picklable
    results. A task that takes longer than ``seconds(task)`` or kills its process is an outcome with ``failure``; the
    tasks behind it go to a new process.
    """
    context = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")
    waiting = iter(tasks)
    again: deque[Any] = deque()
    pool: list[_Worker] = []
    try:
        while True:
            _feed(pool, context, work, setup, workers, waiting, again)
            if not pool:
                return
            limit = min(worker.since + seconds(worker.tasks[0]) for worker in pool) - time.monotonic()
            ready = wait([worker.pipe for worker in pool], timeout=max(0.0, min(limit, 1.0)))
            for worker in list(pool):
                failure = ""
                if worker.pipe in ready:
                    try:
                        yield from _receive(worker)
                    except (EOFError, OSError):
                        failure = "crashed"
                elif time.monotonic() - worker.since > seconds(worker.tasks[0]):
                    failure = "time-limit"
                if failure:
                    worker.end()
                    pool.remove(worker)
                    yield Outcome(worker.tasks.popleft(), worker.results, failure)
                    again.extend(worker.tasks)
    finally:
        for worker in pool:
            worker.end()


def _feed(
    pool: list[_Worker],
    context: Any,
    work: Callable[[Any], Iterable[Any]],
    setup: Callable[[], None],
    workers: int,
    waiting: Iterator[Any],
    again: deque[Any],
) -> None:
    """Give each worker tasks, the emptiest first, starting workers as needed and ending those without work."""
    while True:
        open_workers = [worker for worker in pool if len(worker.tasks) < _AHEAD]
        if not open_workers and len(pool) >= workers:
            return
        task = again.popleft() if again else next(waiting, None)
        if task is None:
            break
        idle = min(open_workers, key=lambda worker: len(worker.tasks)) if open_workers else None
        if len(pool) < workers and (idle is None or idle.tasks):
            idle = _Worker(context, work, setup, pool)
            pool.append(idle)
        assert idle is not None
        idle.give(task)
    for worker in [worker for worker in pool if not worker.tasks]:
        worker.end()
        pool.remove(worker)


def _receive(worker: _Worker) -> Iterator[Outcome]:
    """Take what a worker has sent; a message is ``(True, result)``, or ``(False, None)`` at the end of a task."""
    while worker.pipe.poll():
        more, result = worker.pipe.recv()
        worker.since = time.monotonic()
        if more:
            worker.results.append(result)
            continue
        results, worker.results = worker.results, []
        yield Outcome(worker.tasks.popleft(), results, "")


def _serve(
    pipe: Connection, ends: list[Connection], work: Callable[[Any], Iterable[Any]], setup: Callable[[], None]
) -> None:
    """A worker process: one task after the other until the driver closes the pipe or ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the driver's to handle
    for end in ends:
        end.close()
    setup()
    try:
        while True:
            for result in work(pipe.recv()):
                pipe.send((True, result))
            pipe.send((False, None))
    except (EOFError, BrokenPipeError):
        return
