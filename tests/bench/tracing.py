"""What the main thread of a page of Chromium did, out of the browser's own trace."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

Event = dict[str, Any]

CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel"]
TASKS = ("ThreadControllerImpl::RunTask", "RunTask")


@dataclass(frozen=True)
class Handled:
    """One event of the page, in milliseconds of CPU of the main thread.

    `listeners` is what our own code took, `task` the whole task around it, `frame` the task that shows the outcome.
    """

    listeners: float
    task: float
    frame: float

    @property
    def work(self) -> float:
        """All that lies between the event and its outcome on the screen."""
        return self.task + self.frame


@dataclass
class Trace:
    """The events of a trace, once it has ended."""

    events: list[Event] = field(default_factory=list)

    def handled(self, kind: str) -> Sequence[Handled]:
        """What each event of a kind such as "keydown" took, in order."""
        dispatches = [event for event in self._spans() if _dispatched(event) == kind]
        threads = Counter((event["pid"], event["tid"]) for event in dispatches)
        if not threads:
            return []
        main = threads.most_common(1)[0][0]
        own = [event for event in self._spans() if (event["pid"], event["tid"]) == main]
        tasks = [event for event in own if event["name"] in TASKS]
        commits = sorted((event for event in own if event["name"] == "Commit"), key=_start)
        found = [_handled(event, tasks, commits) for event in dispatches if (event["pid"], event["tid"]) == main]
        return [each for each in found if each]

    def timers(self) -> Sequence[float]:
        """What each timer of the page took when it went off, in milliseconds of CPU, in order."""
        return [_cpu(event) for event in sorted(self._spans(), key=_start) if event["name"] == "TimerFire"]

    def _spans(self) -> Iterator[Event]:
        return (event for event in self.events if event.get("ph") == "X")


@contextmanager
def traced(page: Page) -> Iterator[Trace]:
    """Trace what happens inside; the events are there afterwards."""
    trace = Trace()
    ended: list[bool] = []
    session = page.context.new_cdp_session(page)
    session.on("Tracing.dataCollected", lambda part: trace.events.extend(part["value"]))
    session.on("Tracing.tracingComplete", lambda _: ended.append(True))
    configuration = {"includedCategories": CATEGORIES}
    session.send("Tracing.start", {"traceConfig": configuration, "transferMode": "ReportEvents"})
    try:
        yield trace
    finally:
        session.send("Tracing.end")
        while not ended:
            page.wait_for_timeout(20)
        session.detach()


def _handled(dispatch: Event, tasks: Sequence[Event], commits: Sequence[Event]) -> Handled | None:
    task = _around(dispatch, tasks)
    commit = next((each for each in commits if _start(each) >= _start(dispatch)), None)
    frame = _around(commit, tasks) if commit else None
    if task is None or frame is None:
        return None
    return Handled(_cpu(dispatch), _cpu(task), 0.0 if frame is task else _cpu(frame))


def _around(event: Event, tasks: Sequence[Event]) -> Event | None:
    """The outermost task that an event lies in."""
    found = [task for task in tasks if _start(task) <= _start(event) and _end(task) >= _end(event)]
    return max(found, key=lambda task: float(task["dur"]), default=None)


def _dispatched(event: Event) -> str:
    return str(event["args"]["data"]["type"]) if event["name"] == "EventDispatch" else ""


def _start(event: Event) -> float:
    return float(event["ts"])


def _end(event: Event) -> float:
    return float(event["ts"] + event.get("dur", 0))


def _cpu(event: Event) -> float:
    """Milliseconds of the thread's own clock; those of the wall where the trace has no other."""
    return float(event["tdur"] if "tdur" in event else event["dur"]) / 1000
