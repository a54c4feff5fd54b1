"""Releases of layout 1 keep the bytes of formats whose writers have changed."""

from annotator.datasets.releases.layouts.layout_1.writers import WRITERS
from annotator.formats.outgoing import ExportContext
from tests.formats import SCHEMA, Losses, entry, span


def test_brat_of_layout_1_does_not_cut_spans_at_line_breaks():
    losses = Losses()
    document = entry("One\r\ntwo.", {"ada": {"spans": [span("s1", "Claim", (0, 8), origin="imported")]}})
    files = dict(WRITERS["brat"](iter([document]), ExportContext(SCHEMA, losses)))

    assert files["ada/d1.ann"] == b"T1\tClaim 0 8\tOne  two\n"
    assert [(loss[2], loss[3]) for loss in losses.all] == [("s1", "id"), ("s1", "origin")]
