"""Properties of all changes: undo, replay, resend, and two clients at once."""

import json
import random
from collections import Counter

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from annotator.corpus.spans import changes as log
from annotator.corpus.spans import selectors, services
from annotator.corpus.spans.changes import UpdateSpan
from annotator.corpus.spans.problems import StaleRevision
from annotator.corpus.spans.state import Rules, State, apply, with_fields
from annotator.corpus.spans.values import ChangeError, RelationValue, SpanValue
from projects.schema_reader import read_schema
from projects.selectors import current_guideline, current_schema
from tests.examples import examples
from tests.unit.corpus.spans.builders import add, new_id, remove, update

LENGTH = 40
SCHEMA = read_schema(
    json.loads((settings.BASE_DIR / "projects/builtin/claims-attribution/schema.json").read_text("utf-8"))
)
RULES = Rules(LENGTH, SCHEMA)
SEEDS = st.integers(0, 2**32)


def random_span(generator, uid):
    """Return a span that the schema allows."""
    label = generator.choice(list(SCHEMA.labels.values()))
    count = generator.choice([1, 1, 1, 2, 3]) if label.discontinuous else 1
    offsets = sorted(generator.sample(range(LENGTH), 2 * count))
    fragments = tuple(zip(offsets[::2], offsets[1::2], strict=True))
    choices = {attribute.id: list(attribute.choices) for attribute in label.attributes.values() if attribute.choices}
    attributes = {name: generator.choice(values) for name, values in choices.items() if generator.random() < 0.5}
    return SpanValue(uid, label.id, fragments, attributes, generator.choice(["", "hm", "\u202e<b>𝄞"]))


def random_change(generator, state):
    """Return a change that may or may not fit a state; few ids make collisions likely."""
    uid = f"s{generator.randrange(8)}"
    current = state.spans.get(uid)
    fresh = random_span(generator, uid)
    kind = generator.randrange(6)
    if kind in (0, 1) or not state.spans:
        return add(fresh)
    if kind == 2:
        return remove(current or fresh)
    if kind == 3 and current:
        return random_update(generator, current, fresh)
    if state.relations and kind == 4:
        return remove(generator.choice(list(state.relations.values())))
    ends = [generator.choice(list(state.spans)) for _ in range(2)]
    return add(RelationValue(f"r{generator.randrange(6)}", generator.choice(list(SCHEMA.relations)), *ends))


def random_update(generator, current, fresh):
    """Return an update of some fields of a span to those of another."""
    names = current.attributes.keys() | fresh.attributes.keys()
    pairs = {
        "label": (current.label, fresh.label),
        "fragments": (current.fragments, fresh.fragments),
        "note": (current.note, fresh.note),
        "attributes": tuple({name: span.attributes.get(name) for name in names} for span in (current, fresh)),
    }
    chosen = generator.sample(list(pairs), generator.randrange(1, 5))
    return update(current.id, {key: pairs[key][0] for key in chosen}, {key: pairs[key][1] for key in chosen})


def random_history(generator, steps):
    """Return the state after valid changes, and the changes."""
    state, history = State(), []
    for _ in range(steps):
        change = random_change(generator, state)
        try:
            apply(state, change, RULES)
        except ChangeError:
            continue
        history.append(change)
    return state, history


PURE = how(deadline=None)


@PURE
@given(SEEDS)
def test_inverse_changes_restore_the_earlier_state(seed):
    generator = random.Random(seed)
    state, history = random_history(generator, 40)
    final = state.copy()

    for change in reversed(history):
        apply(state, log.invert(change, change_id=new_id()), RULES)
    assert state == State()
    for change in history:
        apply(state, change, RULES)
    assert state == final


@PURE
@given(SEEDS)
def test_refused_change_leaves_the_state_unchanged(seed):
    generator = random.Random(seed)
    state, _ = random_history(generator, 20)
    for _ in range(10):
        before, change = state.copy(), random_change(generator, state)
        try:
            apply(state, change, RULES)
        except ChangeError:
            assert state == before
        else:
            apply(state, log.invert(change, change_id=new_id()), RULES)
            assert state == before


@PURE
@given(SEEDS)
def test_every_change_survives_the_wire(seed):
    _, history = random_history(random.Random(seed), 20)

    assert [log.read_change(json.loads(json.dumps(log.wire(change)))) for change in history] == history


@pytest.fixture
def annotation_set(make_document, ada, now):
    document = make_document("x" * LENGTH)
    return services.create_annotation_set(
        document,
        kind="annotator",
        annotator=ada,
        name="ada",
        schema_version=current_schema(document.project),
        guideline_version=current_guideline(document.project),
        now=now,
    )


@pytest.fixture
def fresh_set(annotation_set):
    """Return a function that empties the set: Hypothesis runs many examples in one test."""

    def empty():
        services.rows.rewrite(annotation_set, State())
        annotation_set.changes.all().delete()
        type(annotation_set).objects.filter(pk=annotation_set.pk).update(revision=0)
        return annotation_set

    return empty


def send(annotation_set, changes, base, now):
    document = annotation_set.document
    return services.apply_changes(
        annotation_set, changes, base_revision=base, sha256=document.sha256, author=annotation_set.annotator, now=now
    )


def batches(generator, history):
    while history:
        size = generator.randrange(1, 6)
        yield history[:size]
        history = history[size:]


DATABASE = how(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.stores
@pytest.mark.django_db
@DATABASE
@given(SEEDS)
def test_rows_equal_a_replay_of_the_log(fresh_set, now, seed):
    generator, annotation_set = random.Random(seed), fresh_set()
    expected, history = random_history(generator, 30)

    base = 0
    for batch in batches(generator, history):
        base = send(annotation_set, batch, base, now).revision

    assert selectors.state_of_rows(annotation_set) == selectors.replay(annotation_set) == expected
    assert [change["id"] for change in selectors.changes_since(annotation_set, 0)] == [change.id for change in history]
    middle = generator.randrange(len(history) + 1)
    at_middle = State()
    for change in history[:middle]:
        apply(at_middle, change, RULES)
    assert selectors.replay(annotation_set, revision=middle) == at_middle
    annotation_set.refresh_from_db()
    assert selectors.state_at(annotation_set, middle) == at_middle


@pytest.mark.stores
@pytest.mark.django_db
@DATABASE
@given(SEEDS)
def test_resent_changes_are_applied_once(fresh_set, now, seed):
    generator, annotation_set = random.Random(seed), fresh_set()
    expected, history = random_history(generator, 20)

    base = 0
    for batch in batches(generator, history):
        answer = send(annotation_set, batch, base, now)
        # The response is lost, and the client sends the whole batch again.
        again = send(annotation_set, batch, base, now)
        assert (again.revision, again.applied, again.duplicates) == (
            answer.revision,
            [],
            [change.id for change in batch],
        )
        base = answer.revision

    assert selectors.state_of_rows(annotation_set) == expected
    assert annotation_set.changes.count() == len(history)


class Client:
    """One browser tab: sends its changes in order, and rebases them after a stale revision."""

    def __init__(self, annotation_set, generator, now):
        self.annotation_set, self.generator, self.now = annotation_set, generator, now
        self.base, self.state, self.pending, self.acknowledged = 0, State(), [], []

    def work(self):
        change = random_change(self.generator, self.state)
        try:
            apply(self.state, change, RULES)
        except ChangeError:
            return
        self.pending.append(change)

    def sync(self):
        batch = self.pending[: self.generator.randrange(1, 4)]
        if not batch:
            return
        try:
            answer = send(self.annotation_set, batch, self.base, self.now)
        except StaleRevision as stale:
            self.rebase(stale.extra)
            return
        if self.generator.random() < 0.3:
            return  # The response was lost: the same changes will be sent again.
        assert sorted(answer.applied + answer.duplicates) == sorted(change.id for change in batch)
        self.acknowledged += [change.id for change in batch]
        self.pending = self.pending[len(batch) :]
        self.base = answer.revision

    def rebase(self, newer):
        known = [log.read_change({key: entry[key] for key in entry.keys() - {"revision", "by", "at"}})
                 for entry in newer["changes"]]  # fmt: skip
        saved = {change.id for change in known}
        self.acknowledged += [change.id for change in self.pending if change.id in saved]
        remaining, state = [], selectors.replay(self.annotation_set, revision=newer["revision"])
        for change in self.pending:
            if change.id not in saved:
                try:
                    apply(state, change, RULES)
                except ChangeError:
                    continue  # A conflict: the page reports it; the change was never acknowledged.
                remaining.append(change)
        self.pending, self.base, self.state = remaining, newer["revision"], state


@pytest.mark.stores
@pytest.mark.django_db
@DATABASE
@given(SEEDS)
def test_two_clients_lose_no_acknowledged_change(fresh_set, now, seed):
    generator, annotation_set = random.Random(seed), fresh_set()
    clients = [Client(annotation_set, generator, now) for _ in range(2)]
    for _ in range(40):
        client = generator.choice(clients)
        generator.choice([client.work, client.work, client.sync])()

    logged = Counter(annotation_set.changes.values_list("change_id", flat=True))
    acknowledged = [change_id for client in clients for change_id in client.acknowledged]
    assert all(logged[change_id] == 1 for change_id in acknowledged)
    assert set(logged.values()) <= {1}
    assert selectors.state_of_rows(annotation_set) == selectors.replay(annotation_set)


@PURE
@given(SEEDS)
def test_update_changes_only_the_fields_it_names(seed):
    generator = random.Random(seed)
    current, fresh = random_span(generator, "s1"), random_span(generator, "s1")
    change = random_update(generator, current, fresh)
    assert isinstance(change, UpdateSpan)

    updated = with_fields(current, change.after)

    for name in {"label", "fragments", "note"} - change.after.keys():
        assert getattr(updated, name) == getattr(current, name)
    assert with_fields(updated, change.before) == current
