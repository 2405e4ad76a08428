"""Worker processes that may hang or die without taking the batch with them.

``concurrent.futures`` breaks as a whole when one worker is killed, and cannot end a task that hangs. Here each worker
has its own pipe and one task at a time, so the driver always knows which file a dead worker was at.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
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
        with suppress(OSError):  # it is dead: the end of its pipe will say so
            self.pipe.send(task)

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


class Pool:
    """Up to ``workers`` processes that call ``work(task)``, each after ``setup()``; a context manager that ends them.

    ``work`` and ``setup`` must be importable functions; ``work`` gives picklable results. Processes are started when
    there is work for them, and what they have loaded serves until the end.
    """

    def __init__(
        self,
        work: Callable[[Any], Iterable[Any]],
        setup: Callable[[], None],
        workers: int,
        seconds: Callable[[Any], float],
    ) -> None:
        self._work = work
        self._setup = setup
        self._size = max(1, workers)
        self._seconds = seconds
        self._context = multiprocessing.get_context(
            "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
        )
        self._workers: list[_Worker] = []

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *exception: object) -> None:
        for worker in list(self._workers):
            self._end(worker)

    def outcomes(self, tasks: Iterable[Any]) -> Iterator[Outcome]:
        """The outcome of each task, in the order they finish. ``tasks`` is read as there is room for more.

        A task that takes longer than ``seconds(task)``, or kills its process twice, has a ``failure``: once it may have
        been hit by what was meant for another (a system short of memory kills the largest process).
        """
        waiting = iter(tasks)
        again: deque[Any] = deque()
        crashed = set()
        try:
            while True:
                self._feed(waiting, again)
                busy = [worker for worker in self._workers if worker.tasks]
                if not busy:
                    return
                limit = min(worker.since + self._seconds(worker.tasks[0]) for worker in busy) - time.monotonic()
                ready = wait([worker.pipe for worker in busy], timeout=max(0.0, min(limit, 1.0)))
                for worker in busy:
                    failure = ""
                    if worker.pipe in ready:
                        try:
                            yield from _receive(worker)
                        except (EOFError, OSError):
                            failure = "crashed"
                    elif time.monotonic() - worker.since > self._seconds(worker.tasks[0]):
                        failure = "time-limit"
                    if failure:
                        self._end(worker)
                        if failure == "crashed" and worker.tasks and worker.tasks[0] not in crashed:
                            crashed.add(worker.tasks[0])
                        elif worker.tasks:
                            yield Outcome(worker.tasks.popleft(), worker.results, failure)
                        again.extend(worker.tasks)
        finally:
            for worker in list(self._workers):
                if worker.tasks:
                    self._end(worker)

    def _feed(self, waiting: Iterator[Any], again: deque[Any]) -> None:
        """Give each worker tasks, the emptiest first, starting workers as needed."""
        while True:
            open_workers = [worker for worker in self._workers if len(worker.tasks) < _AHEAD]
            if not open_workers and len(self._workers) >= self._size:
                return
            task = again.popleft() if again else next(waiting, None)
            if task is None:
                return
            chosen = min(open_workers, key=lambda worker: len(worker.tasks)) if open_workers else None
            if chosen is None or (chosen.tasks and len(self._workers) < self._size):
                chosen = _Worker(self._context, self._work, self._setup, self._workers)
                self._workers.append(chosen)
            chosen.give(task)

    def _end(self, worker: _Worker) -> None:
        worker.end()
        self._workers.remove(worker)


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
    # Matrix libraries, loaded from here on, use one thread: more would wait for the other processes, and not idly.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    setup()
    try:
        while True:
            for result in work(pipe.recv()):
                pipe.send((True, result))
            pipe.send((False, None))
    except (EOFError, BrokenPipeError):
        return
