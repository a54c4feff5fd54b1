"""What one document says, read from spans and relations."""

from annotator.ledger.reading.statements import Role, Statement, Status, hollow_denials, read_document, status_of
from annotator.measures.alignment import RelationContent, SetContent, SpanContent
from tests.notation import make_spans
from tests.reference.corpus import sample_records


def read(marked, *relations):
    text, spans = make_spans(marked)
    content = SetContent(
        [SpanContent(span["label"], tuple(map(tuple, span["fragments"])), span["attributes"]) for span in spans],
        [RelationContent(label, source - 1, target - 1) for label, source, target in relations],
    )
    return read_document(text, content)


def sample(name):
    record = next(record for record in sample_records() if record["id"] == name)
    layer = record["annotators"]["adjudicated"]
    rows = {span["id"]: row for row, span in enumerate(layer["spans"])}
    content = SetContent(
        [
            SpanContent(span["label"], tuple(map(tuple, span["fragments"])), span["attributes"])
            for span in layer["spans"]
        ],
        [RelationContent(one["label"], rows[one["from"]], rows[one["to"]]) for one in layer["relations"]],
    )
    return read_document(record["text"], content)


def said(proposition, role):
    return [(", ".join(one.speakers), one.kind, one.defers_to) for one in proposition.statements if one.role == role]


def test_sample_02_reads_as_designed():
    propositions = {proposition.text: proposition for proposition in sample("02-no-comment").propositions}

    post = propositions["it had built a listening post on Mount Ebra"]
    assert status_of(post.statements) == Status.CONTESTED_AND_EVADED
    claims = [claim for claim in post.statements if claim.role == Role.CLAIM and claim.speakers]
    assert [(claim.speakers, claim.kind) for claim in claims] == [(("Jorun Velk",), "direct")]
    assert said(post, Role.DENIAL) == [("Hanno Silt", "counter-claim", ()), ("Hanno Silt", "counter-claim", ())]
    assert said(post, Role.EVASION) == [
        ("Norvane Ministry of Defence", "non-answer", ()),
        ("Rika Dahl", "non-answer", ()),
        ("Rika Dahl", "non-answer", ()),
        ("Rika Dahl", "deflection", ("Prime minister's office",)),
        ("Prime minister's office", "non-answer", ()),
        ("Alda Brix", "non-answer", ()),
        ("Alda Brix", "deflection", ()),
    ]
    lying = propositions["the ambassador was lying"]
    assert said(lying, Role.EVASION) == [("Alda Brix", "deflection", ("Jorun Velk",))]
    assert not any(statement.speakers for statement in lying.statements if statement.role == Role.CLAIM)
    own = propositions["the domes were its own"]
    assert said(own, Role.EVASION) == [("National weather service", "non-answer", ())]
    evaded_or_contested = [one for one in propositions.values() if status_of(one.statements) != Status.ASSERTED]
    assert len(evaded_or_contested) == 3


def test_answers_to_a_denial_say_nothing_about_the_proposition():
    reading = read(
        "[It rained](Claim). [Not so](Denial), he[Speaker] said. [No comment](Hedge kind=non-answer).",
        ("denies", 2, 1), ("attributed-to", 2, 3), ("hedges", 4, 2),
    )  # fmt: skip

    denial = reading.propositions[0].statements[1]
    assert [answer.text for answer in denial.answers] == ["No comment"]
    assert status_of(reading.propositions[0].statements) == Status.CONTESTED


def test_a_hedge_inside_a_claim_belongs_to_its_speaker():
    reading = read(
        "[[may](Hedge kind=epistemic) fall](Claim), Ada[Speaker] said.",
        ("attributed-to", 2, 3),
        ("hedges", 1, 2),
    )

    weakening = next(one for one in reading.propositions[0].statements if one.role == Role.WEAKENING)
    assert weakening.speakers == ("Ada",)


def test_statements_without_target_are_counted():
    reading = read("[It rained](Claim). [Not so](Denial). [No comment](Hedge kind=non-answer).")

    assert reading.without_target == 2
    assert len(reading.propositions) == 1


def test_restating_in_a_circle_is_one_proposition():
    reading = read("[a](Claim) [b](Claim) [c](Claim)", ("restates", 1, 2), ("restates", 2, 3), ("restates", 3, 1))

    assert [proposition.text for proposition in reading.propositions] == ["a"]


def statement(role, speaker, form, **fields):
    return Statement(role, (speaker,), "kind", form, ((0, 1),), "words", **fields)


def test_a_reported_denial_beside_evasive_words_is_hollow():
    denial = statement(Role.DENIAL, "Kremlin", "reported")
    words = statement(Role.EVASION, "Peskov", "performed")
    other = statement(Role.DENIAL, "Trump", "performed")

    assert hollow_denials([denial, words]) == [denial]
    assert hollow_denials([denial, words, other]) == []
    assert hollow_denials([denial, statement(Role.EVASION, "Kremlin", "performed"), other]) == [denial]
    assert hollow_denials([denial]) == []


def test_a_statement_is_stored_whole():
    answer = statement(Role.EVASION, "Ada", "performed")
    whole = statement(Role.DENIAL, "Ben", "reported", defers_to=("Clara",), answers=(answer,))

    assert Statement.of_json(whole.as_json()) == whole
