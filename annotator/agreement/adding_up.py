"""Adding up the documents of a report, out of the sums of the one before where only some have moved."""

from collections.abc import Iterable

import orjson
from django.db.models import TextField
from django.db.models.functions import Cast

from annotator.agreement import selectors
from annotator.agreement.models import AgreementReport, DocumentAgreement, Measurement
from annotator.agreement.tally_records import Record, add_record, without_zeros

READ_AT_ONCE = 500


def sums_by_import(report: AgreementReport) -> dict[str, Record]:
    """Return the sum of tallies of the documents of each import, by its moment."""
    sums: dict[str, Record] = {}
    wanted = _measurements(report)
    base = selectors.report_to_build_on(report)
    known = _measurements(base) if base else set()
    if base is None or len(wanted ^ known) > len(wanted) / 2:
        _add(sums, wanted, sign=1)
        return sums
    sums.update(base.sums or {})
    _add(sums, known - wanted, sign=-1)
    _add(sums, wanted - known, sign=1)
    return {at: left for at, left in ((at, without_zeros(record)) for at, record in sums.items()) if left}


def _measurements(report: AgreementReport) -> set[int]:
    rows = DocumentAgreement.objects.filter(report=report).order_by()
    return set(rows.values_list("measurement_id", flat=True))


def _add(sums: dict[str, Record], measurements: Iterable[int], *, sign: int) -> None:
    ids = sorted(measurements)
    for at in range(0, len(ids), READ_AT_ONCE):
        rows = Measurement.objects.filter(pk__in=ids[at : at + READ_AT_ONCE]).order_by("id")
        for came_in, tally in rows.values_list("document__created_at", Cast("tally", TextField())):
            add_record(sums.setdefault(came_in.isoformat(), {}), orjson.loads(tally), sign=sign)


def statistics_of_documents(report: AgreementReport) -> list[Record]:
    """Return what intervals need of every document, in their order."""
    rows = DocumentAgreement.objects.filter(report=report).order_by("document_id")
    texts = rows.values_list(Cast("measurement__statistics", TextField()), flat=True)
    return [orjson.loads(text) for text in texts.iterator(chunk_size=READ_AT_ONCE)]
