"""Worker processes that may hang or die without taking the batch with them.

``concurrent.futures`` breaks as a whole when one worker is killed, and cannot end a task that hangs. Here each worker
has its own pipe and one task at a time, so the driver always knows which file a dead worker was at.
"""

from __future__ import annotations

import multiprocessing
import os
import selectors
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, NamedTuple

# Tasks handed to a worker ahead of the one it works at: hides the driver's latency, bounds its memory.
_AHEAD = 4


class Outcome(NamedTuple):
    """What became of a task: its results in order, and why there are no more ("time-limit", "crashed", else "")."""

    task: Any
    results: list[Any]
    failure: str
    done: bool = True  # False: another outcome of this task follows, with the next results


class _Worker:
    """One process, its pipe, and the tasks it has been given but not finished, each with its seconds."""

    def __init__(
        self, context: Any, work: Callable[[Any], Iterable[Any]], setup: Callable[[], None], others: list[_Worker]
    ) -> None:
        self.pipe, there = context.Pipe()
        # A process that kept a copy of the driver's ends would never learn that the driver is gone.
        ends = [self.pipe, *(worker.pipe for worker in others)]
        self.process: BaseProcess = context.Process(target=_serve, args=(there, ends, work, setup), daemon=True)
        self.process.start()
        there.close()
        self.tasks: deque[tuple[Any, float]] = deque()
        self.results: list[Any] = []
        self.since = time.monotonic()  # its last sign of life at the present task

    @property
    def deadline(self) -> float:
        return self.since + self.tasks[0][1]

    def give(self, task: Any, seconds: float) -> None:
        if not self.tasks:
            self.since = time.monotonic()
        self.tasks.append((task, seconds))
        with suppress(OSError):  # it is dead: the end of its pipe will say so
            self.pipe.send(task)

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


class Pool:
    """Up to ``workers`` processes that call ``work(task)``, each after ``setup()``; a context manager that ends them.

    ``work`` and ``setup`` must be importable functions; ``work`` gives picklable results. Processes are started when
    there is work for them, and what they have loaded serves until the end. Results of a task are handed over
    ``portion`` at a time, so that one task may have more of them than memory holds.
    """

    def __init__(
        self,
        work: Callable[[Any], Iterable[Any]],
        setup: Callable[[], None],
        workers: int,
        seconds: Callable[[Any], float],
        portion: int = sys.maxsize,
    ) -> None:
        self._portion = portion
        self._work = work
        self._setup = setup
        self._size = max(1, workers)
        self._seconds = seconds
        self._context = multiprocessing.get_context(
            "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
        )
        self._workers: list[_Worker] = []
        self._pipes = selectors.DefaultSelector()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *exception: object) -> None:
        for worker in list(self._workers):
            self._end(worker)
        self._pipes.close()

    def outcomes(self, tasks: Iterable[Any]) -> Iterator[Outcome]:
        """The outcome of each task, in the order they finish. ``tasks`` is read as there is room for more.

        A task that takes longer than ``seconds(task)``, or kills its process twice, has a ``failure``: once it may have
        been hit by what was meant for another (a system short of memory kills the largest process). It then begins
        again, and results that were handed over come twice.
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
                ready = self._wait(min(worker.deadline for worker in busy) - time.monotonic())
                for worker in list(self._workers):
                    failure = ""
                    if worker.pipe in ready:
                        try:
                            yield from self._receive(worker)
                        except (EOFError, OSError):
                            failure = "crashed"
                    elif worker.tasks and time.monotonic() > worker.deadline:
                        failure = "time-limit"
                    if not failure:
                        continue
                    self._end(worker)
                    left = [task for task, _ in worker.tasks]
                    if failure == "crashed" and left and left[0] not in crashed:
                        crashed.add(left[0])
                    elif left:
                        yield Outcome(left.pop(0), worker.results, failure)
                    again.extend(left)
        finally:
            for worker in list(self._workers):
                if worker.tasks:
                    self._end(worker)

    def _receive(self, worker: _Worker) -> Iterator[Outcome]:
        """Take one message of a worker: ``(True, result)``, or ``(False, None)`` at the end of a task."""
        more, result = worker.pipe.recv()
        worker.since = time.monotonic()
        if more:
            worker.results.append(result)
            if len(worker.results) < self._portion:
                return
        results, worker.results = worker.results, []
        task, _ = worker.tasks[0] if more else worker.tasks.popleft()
        yield Outcome(task, results, "", done=not more)

    def _wait(self, seconds: float) -> set[Any]:
        """The pipes that have something to read, as soon as there are any, or none after so many seconds."""
        return {key.fileobj for key, _ in self._pipes.select(max(0.0, min(seconds, 1.0)))}

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
                self._pipes.register(chosen.pipe, selectors.EVENT_READ)
            chosen.give(task, self._seconds(task))

    def _end(self, worker: _Worker) -> None:
        self._pipes.unregister(worker.pipe)
        worker.end()
        self._workers.remove(worker)


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
