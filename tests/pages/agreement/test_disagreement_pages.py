import re

import pytest
from django.urls import reverse
from django.utils import timezone

from annotator.agreement import services
from annotator.agreement.filters import DisagreementFilters
from annotator.agreement.models import Disagreement
from annotator.agreement.selectors import disagreements as disagreement_selectors
from annotator.platform.jobs import services as jobs
from tests.notation import make_spans

pytestmark = pytest.mark.django_db(transaction=True)

TEXT, SPANS = make_spans(
    "Ada[Speaker] said [it <b>rained</b>](Claim kind=fact) and [it did](Claim kind=fact). Ben[Speaker] left."
)


def measure(project):
    report = services.start_report(project, started_by=None, now=timezone.now(), own_process=True)
    jobs.run_here(services.job_of(report))
    report.refresh_from_db()
    return report


@pytest.fixture
def document(project, ada, ben, make_document, make_set):
    """Ben has wider boundaries, another value, another label, and lacks the last speaker."""
    document = make_document(TEXT, title="<script>alert(1)</script>")
    speaker, rained, did, _ = SPANS
    start, end = rained["fragments"][0]
    make_set(document, ada, SPANS, state="submitted", revision=4)
    wider = {**rained, "fragments": [[start, end + 4]]}
    other = {**did, "attributes": {"kind": "position"}}
    make_set(document, ben, [{**speaker, "label": "Hedge"}, wider, other], state="submitted", revision=3)
    return document


@pytest.fixture
def report(document, project):
    return measure(project)


@pytest.fixture
def address_of():
    return lambda report: reverse("agreement:disagreements", args=["news", report.pk])


@pytest.fixture
def address(report, address_of):
    return address_of(report)


def text_of(response):
    return " ".join(response.content.decode().split())


def number(response):
    return int(re.search(r"<strong>(\d+)</strong> disagreement", text_of(response))[1])


def test_every_disagreement_is_stored_once(report):
    found = Disagreement.objects.order_by("start", "id").values_list("kind", "label", "other", "attribute")

    assert list(found) == [
        ("label", "Speaker", "Hedge", ""),
        ("boundary", "Claim", "Claim", ""),
        ("attribute", "Claim", "Claim", "kind"),
        ("missed", "Speaker", "", ""),
    ]


def test_the_list_shows_both_versions_and_leads_to_them(address, report, document, page, viewer):
    body = page(viewer).get(f"{address}?kind=boundary").content.decode()

    assert body.count('class="version__text"') == 2
    assert (
        '<mark class="mark lane-0 label-0 pattern-0 differs-boundary">it &lt;b&gt;rained&lt;/b&gt; and</mark>' in body
    )
    target = re.search(r'href="([^"]*agreement/[^"]*documents/[^"]*)"', body)[1].replace("&amp;", "&")
    opened = page(viewer).get(target.split("#")[0]).content.decode()
    assert f'id="{target.split("#")[1]}"' in opened
    assert 'class="is-chosen" aria-current="true"' in opened


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", 4),
        ("kind=missed", 1),
        ("label=Speaker", 2),
        ("label=Speaker&other=Hedge", 1),
        ("label=Hedge&other=Speaker", 1),
        ("label=Speaker&other=nothing", 1),
        ("one=ada&another=ben", 4),
        ("one=ben", 4),
        ("one=nobody", 0),
        ("attribute=kind", 1),
        ("kind=nonsense", 4),
    ],
)
def test_filters_count_what_they_list(address, page, viewer, query, expected):
    response = page(viewer).get(f"{address}?{query}")

    assert number(response) == expected
    assert response.content.decode().count("data-open") == expected


def test_stored_counts_equal_counted_rows(report, document):
    limited = DisagreementFilters(document=str(document.pk))
    stored, counted = (
        sorted((sorted(map(tuple, types)), number) for types, number in rows)
        for rows in (
            disagreement_selectors.counted_locations(report, DisagreementFilters()),
            disagreement_selectors.counted_locations(report, limited),
        )
    )

    assert counted == stored


def test_pages_have_no_gap_or_repetition_in_any_order(report, monkeypatch):
    monkeypatch.setattr(disagreement_selectors, "A_PAGE", 3)
    for order in disagreement_selectors.ORDERS:
        filters = DisagreementFilters(order=order)
        first = disagreement_selectors.page_of(report, filters)
        second = disagreement_selectors.page_of(report, filters, after=first.after)
        back = disagreement_selectors.page_of(report, filters, before=second.before)

        assert [row.pk for row in back.rows] == [row.pk for row in first.rows]
        assert len({row.pk for row in first.rows} | {row.pk for row in second.rows}) == 4
        assert (first.before, second.after, back.before) == ("", "", "")


@pytest.mark.parametrize("few", [(), (1,), (1, 2), (3, 50)])
def test_pages_of_the_worst_documents_hold_all_rows_in_order(
    project, ada, ben, make_document, make_set, monkeypatch, few
):
    for number, same in enumerate([2, 0, 3, 1, 4, 2]):
        document = make_document(f"{number}: {TEXT}")
        ours = [{**span, "fragments": [[a + 3, b + 3] for a, b in span["fragments"]]} for span in SPANS]
        make_set(document, ada, ours, state="submitted")
        make_set(document, ben, ours[:same], state="submitted")
    report, filters = measure(project), DisagreementFilters(order="worst")
    rows = disagreement_selectors.disagreements_of(report, filters)
    expected = sorted((row.worst, row.document, row.start, row.end, row.pk) for row in rows)
    monkeypatch.setattr(disagreement_selectors, "A_PAGE", 3)
    monkeypatch.setattr(disagreement_selectors, "FEW_DOCUMENTS", few)

    pages = [disagreement_selectors.page_of(report, filters)]
    while pages[-1].after:
        pages.append(disagreement_selectors.page_of(report, filters, after=pages[-1].after))
    back = [pages[-1]]
    while back[-1].before:
        back.append(disagreement_selectors.page_of(report, filters, before=back[-1].before))

    assert [row.pk for page in pages for row in page.rows] == [key[-1] for key in expected]
    assert len(expected) == 12
    assert [row.pk for page in reversed(back) for row in page.rows] == [key[-1] for key in expected]


@pytest.mark.parametrize("cursor", ["x", "e30", "WzEsMl0", "Wzhb"])
def test_an_invalid_cursor_is_not_found(address, page, viewer, cursor):
    assert page(viewer).get(f"{address}?after={cursor}").status_code == 404


def test_titles_texts_and_filters_are_escaped(address, page, viewer):
    for query in ("", "words=<script>alert(2)</script>", "boundary=<script>alert(2)</script>"):
        body = page(viewer).get(f"{address}?{query}").content.decode()
        assert "<script>alert" not in body
        assert "<b>rained" not in body


def test_a_document_of_another_report_is_not_found(address, page, viewer, make_document):
    other = make_document("Another text.")

    assert page(viewer).get(f"{address}?document={other.pk}").status_code == 404


@pytest.mark.parametrize("who", ["ada", "stranger"])
def test_annotators_and_strangers_find_nothing(address, page, request, who):
    assert page(request.getfixturevalue(who)).get(address).status_code == 404


def test_a_location_counts_once_however_many_disagree(
    document, project, address_of, make_user, make_set, page, viewer, api
):
    """Four annotators: ben lacks the last speaker, the others have it."""
    for name in ("cleo", "dan"):
        make_set(document, make_user(name), SPANS, state="submitted", revision=4)
    report = measure(project)
    address = address_of(report)

    missed = page(viewer).get(f"{address}?kind=missed")
    assert number(missed) == missed.content.decode().count("data-open") == 1
    assert "<strong>3 ×</strong> <span>ada, cleo, dan</span>" in text_of(missed)
    assert number(page(viewer).get(f"{address}?apart=ben")) == 4
    assert number(page(viewer).get(f"{address}?apart=ada")) == 0
    rows = b"".join(page(viewer).get(address.replace("disagreements/", "locations.csv")).streaming_content).decode()
    assert "3 × Speaker, 1 × nothing" in rows
    assert len(rows.splitlines()) == 5
    listed = api(viewer).get(f"/api/v1/agreement-reports/{report.pk}/locations/?kind=missed").json()["results"]
    assert [place["summary"] for place in listed] == ["3 × Speaker, 1 × nothing"]
    assert listed[0]["versions"][0]["spans"][0]["text"] == "Ben"

    # A report of an earlier version has no locations: its list counts disagreements of pairs, and says so.
    Disagreement.objects.update(location=None, apart=0)
    del report.result["locations"], report.result["apart"]
    report.save()
    earlier = page(viewer).get(f"{address}?kind=missed")
    assert number(earlier) == earlier.content.decode().count("data-open") == 3
    assert "counted every two annotators who disagree" in text_of(earlier)
    assert page(viewer).get(address.replace("disagreements/", "patterns/")).status_code == 200
