"""A process for work on what others sent: bounded in memory and time, so that no file can take the machine.

It is forked, which takes a hundredth of a second, and answers one request after the other. Requests and answers are
lines of JSON on two pipes; nothing is unpickled. It must not use the database or the broker, whose connections belong
to its parent, and it ends with its parent.
"""

import ctypes
import gc
import json
import os
import resource
import select
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self, TypeVar, cast

Handler = Callable[[Any], Iterable[Any]]
ANSWER, END, OUT_OF_MEMORY, SYSTEM_ERROR, BUG = range(5)
# Seconds between two looks at whether the work is still wanted.
LOOK_EVERY = 1.0
# A process that waits, for example for a broken disk, uses no processor time.
WALL_FACTOR = 6
READ_AT_ONCE = 1 << 16
LONGEST_ANSWER = 64 << 20
SHORTEST_ALARM = 0.01
_NO_ITEM = object()
Item = TypeVar("Item")
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one request may use: memory beyond that of the parent, in MB, and processor time in seconds."""

    megabytes: int
    seconds: int


class BoundExceeded(Exception):
    """The process ended because of its bounds, or for another reason outside Python.

    `kind` is "memory", "time", or the name of the signal that ended it.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class BoundedProcess:
    """A process that answers requests by `handler` within bounds; it is started when it is needed."""

    def __init__(self, handler: Handler, bounds: Bounds) -> None:
        self._handler = handler
        self._bounds = bounds
        self._pid = 0
        self._requests = self._answers = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def answers(self, request: Any, *, while_waiting: Callable[[], None]) -> Iterator[Any]:
        """Yield the answers to a request; `while_waiting` is called every second and may raise.

        Raises `BoundExceeded` when the process ended, `OSError` as the handler raised it, and `RuntimeError` with the
        traceback of any other exception. After an error the next request starts another process.
        """
        if not self._pid:
            self._start()
        is_complete = False
        try:
            os.write(self._requests, json.dumps(request).encode() + b"\n")
            for kind, value in self._messages(while_waiting):
                if kind == END:
                    is_complete = True
                    return
                if kind == ANSWER:
                    yield value
                elif kind == OUT_OF_MEMORY:
                    raise BoundExceeded("memory")
                elif kind == SYSTEM_ERROR:
                    raise OSError(*value)
                else:
                    raise RuntimeError(value)
        except BrokenPipeError:
            raise BoundExceeded(self._cause_of_end()) from None
        finally:
            if not is_complete:
                self._stop()

    def _messages(self, while_waiting: Callable[[], None]) -> Iterator[tuple[int, Any]]:
        """Yield the messages of the process as they come."""
        until = time.monotonic() + self._bounds.seconds * WALL_FACTOR
        poll = select.poll()
        poll.register(self._answers, select.POLLIN)
        pieces, size = [], 0
        while True:
            if not poll.poll(LOOK_EVERY * 1000):
                while_waiting()
                if time.monotonic() > until:
                    raise BoundExceeded("time")
                continue
            data = os.read(self._answers, READ_AT_ONCE)
            if not data:
                raise BoundExceeded(self._cause_of_end())
            pieces.append(data)
            size += len(data)
            if size > LONGEST_ANSWER:
                raise BoundExceeded("memory")
            if b"\n" in data:
                *lines, rest = b"".join(pieces).split(b"\n")
                pieces, size = [rest], len(rest)
                for line in lines:
                    kind, value = json.loads(line)
                    yield kind, value

    def _cause_of_end(self) -> str:
        """Wait for the end of the process and return what ended it."""
        pid, self._pid = self._pid, 0
        try:
            status = os.waitpid(pid, 0)[1]
        except ChildProcessError:
            return "an unknown signal"
        if not os.WIFSIGNALED(status):
            return "an unknown signal"
        number = os.WTERMSIG(status)
        return "time" if number == signal.SIGXCPU else signal.Signals(number).name

    def _start(self) -> None:
        request_source, self._requests = os.pipe()
        self._answers, answer_target = os.pipe()
        parent = os.getpid()
        with warnings.catch_warnings():
            # Python warns of locks that other threads hold; the process uses none but those that Python renews.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._pid = os.fork()
        if self._pid == 0:
            _serve(self._handler, self._bounds, request_source, answer_target, parent)
        os.close(request_source)
        os.close(answer_target)

    def _stop(self) -> None:
        if self._pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(self._pid, 0)
            self._pid = 0
        for descriptor in (self._requests, self._answers):
            if descriptor >= 0:
                os.close(descriptor)
        self._requests = self._answers = -1


@contextmanager
def bounded_memory(megabytes: int) -> Iterator[None]:
    """Bound the memory that this process may use inside, beyond what it has; raise `BoundExceeded` for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    _limit_memory(megabytes)
    try:
        yield
    except MemoryError:
        raise BoundExceeded("memory") from None
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def bounded_time(items: Iterable[Item], seconds: float) -> Iterator[Item]:
    """Yield items while making them takes no more processor time than this; raise `BoundExceeded` for more.

    What is done with the items does not count. In the main thread, which workers and commands use, an item that takes
    too long is interrupted; in other threads the time is compared after each item.
    """
    left, source = seconds, iter(items)
    while True:
        began = time.thread_time()
        with _alarm(left):
            item = next(source, _NO_ITEM)
        left -= time.thread_time() - began
        if item is _NO_ITEM:
            return
        if left <= 0:
            raise BoundExceeded("time")
        yield cast("Item", item)


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise `BoundExceeded` inside after some processor time of this process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, _raise_time)
    signal.setitimer(signal.ITIMER_PROF, max(seconds, SHORTEST_ALARM))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _raise_time(_number: int, _frame: FrameType | None) -> None:
    raise BoundExceeded("time")


def _limit_memory(megabytes: int) -> None:
    """Limit the addresses of this process to what it has and some megabytes more."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        # Not Linux: its limit would not hold either.
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    allowed = pages * resource.getpagesize() + (megabytes << 20)
    known = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min([allowed, *known]), hard))


def _serve(handler: Handler, bounds: Bounds, source: int, target: int, parent: int) -> None:
    """Answer requests until the pipe is closed, in the forked process; never return."""
    try:
        _prepare(bounds, parent)
        with os.fdopen(source, "rb") as requests, os.fdopen(target, "wb", buffering=0) as answers:
            for line in requests:
                _limit_time(bounds.seconds)
                if not _answer(handler, json.loads(line), answers.write):
                    break
    except BaseException:  # noqa: BLE001 - the parent is gone, or the process cannot even report
        os._exit(1)
    os._exit(0)


def _prepare(bounds: Bounds, parent: int) -> None:
    # The parent decides when this process ends: a signal to its whole group is no fault of the file.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
    # Arrow's other pools reserve a gigabyte of addresses at once.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    gc.freeze()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _limit_memory(bounds.megabytes)


def _limit_time(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    allowed = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (allowed if hard == resource.RLIM_INFINITY else min(allowed, hard), hard))


def _answer(handler: Handler, request: Any, write: Callable[[bytes], Any]) -> bool:
    """Write the answers to a request; return whether this process is fit for another one."""

    def send(kind: int, value: Any = None) -> None:
        data = json.dumps([kind, value]).encode() + b"\n"
        while data:
            data = data[write(data) :]

    try:
        for answer in handler(request):
            send(ANSWER, answer)
        send(END)
    except BrokenPipeError:
        return False
    except MemoryError:
        send(OUT_OF_MEMORY)
        return False
    except OSError as error:
        send(SYSTEM_ERROR, [error.errno, error.strerror or str(error)])
    except Exception:  # noqa: BLE001 - the parent raises it again
        send(BUG, traceback.format_exc())
    return True
