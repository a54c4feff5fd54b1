"""Events of the main thread of a page in Chromium, from the browser's own trace."""

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
class EventCost:
    """The cost of one event of the page, in milliseconds of CPU of the main thread.

    `listeners` is the time of our own code, `task` the whole task around it, `frame` the task that shows the effect.
    """

    listeners: float
    task: float
    frame: float

    @property
    def work(self) -> float:
        """The sum of the tasks between the event and its effect on the screen."""
        return self.task + self.frame


@dataclass
class Trace:
    """The events of a trace; complete after it has ended."""

    events: list[Event] = field(default_factory=list)

    def costs_of(self, kind: str) -> Sequence[EventCost]:
        """Return the cost of each event of a kind such as "keydown", in order."""
        dispatches = [event for event in self._complete_events() if _dispatched_kind(event) == kind]
        threads = Counter((event["pid"], event["tid"]) for event in dispatches)
        if not threads:
            return []
        main = threads.most_common(1)[0][0]
        own = [event for event in self._complete_events() if (event["pid"], event["tid"]) == main]
        tasks = [event for event in own if event["name"] in TASKS]
        commits = sorted((event for event in own if event["name"] == "Commit"), key=_start)
        costs = [_cost(event, tasks, commits) for event in dispatches if (event["pid"], event["tid"]) == main]
        return [cost for cost in costs if cost]

    def listeners_of(self, kind: str) -> Sequence[float]:
        """Return the time of our own code for each event of a kind, in milliseconds of CPU, also without a frame."""
        return [_cpu(event) for event in self._complete_events() if _dispatched_kind(event) == kind]

    def _complete_events(self) -> Iterator[Event]:
        return (event for event in self.events if event.get("ph") == "X")


@contextmanager
def traced(page: Page) -> Iterator[Trace]:
    """Trace a block of code; the events are complete after it."""
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


def _cost(dispatch: Event, tasks: Sequence[Event], commits: Sequence[Event]) -> EventCost | None:
    task = _around(dispatch, tasks)
    commit = next((commit for commit in commits if _start(commit) >= _start(dispatch)), None)
    frame = _around(commit, tasks) if commit else None
    if task is None or frame is None:
        return None
    return EventCost(_cpu(dispatch), _cpu(task), 0.0 if frame is task else _cpu(frame))


def _around(event: Event, tasks: Sequence[Event]) -> Event | None:
    """Return the outermost task that contains an event."""
    around = [task for task in tasks if _start(task) <= _start(event) and _end(task) >= _end(event)]
    return max(around, key=lambda task: float(task["dur"]), default=None)


def _dispatched_kind(event: Event) -> str:
    return str(event["args"]["data"]["type"]) if event["name"] == "EventDispatch" else ""


def _start(event: Event) -> float:
    return float(event["ts"])


def _end(event: Event) -> float:
    return float(event["ts"] + event.get("dur", 0))


def _cpu(event: Event) -> float:
    """Return milliseconds of the thread's own clock, or wall-clock time where the trace has no other."""
    return float(event["tdur"] if "tdur" in event else event["dur"]) / 1000
