"""The data card: metadata, text and escaping."""

import json

import pytest
from markdown_it import MarkdownIt

from annotator.datasets.releases.layouts.layout_1.card import card
from annotator.datasets.releases.layouts.layout_1.markdown import escaped
from projects.guidelines import render_markdown
from tests.unit.datasets.releases.conftest import members_of

HOSTILE = "<script>alert(1)</script>|`*_#[x](javascript:alert(1))\n---\nlicense: mit"
SCHEMA = {"labels": [{"id": HOSTILE, "name": HOSTILE, "description": HOSTILE, "optional": False}]}


def metadata_of(text):
    """Return the lines of the metadata, and the rest of the card."""
    head, rule, rest = text.removeprefix("---\n").partition("\n---\n")
    assert rule
    return head.split("\n"), rest


def test_metadata_have_licence_language_and_files(work, released):
    release = released(licence="cc-by-4.0", languages=["en"], formats=["span-ner"], splits={"shares": {"train": 1.0}})

    lines, _ = metadata_of(members_of(release)["README.md"].decode())

    assert lines[0] == 'license: "cc-by-4.0"'
    assert lines[lines.index("language:") + 1] == '- "en"'
    assert lines[lines.index("configs:") :] == [
        "configs:",
        '- config_name: "default"',
        "  data_files:",
        "  - split: train",
        '    path: "data/train.jsonl"',
        '- config_name: "span-ner"',
        "  data_files:",
        "  - split: train",
        '    path: "span-ner/train.jsonl"',
    ]


def test_data_without_splits_are_train_for_hubs(work, released):
    lines, _ = metadata_of(members_of(released())["README.md"].decode())

    assert lines[-2:] == ["  - split: train", '    path: "data/all.jsonl"']


def test_card_has_labels_and_agreement_method(work, released):
    text = members_of(released())["README.md"].decode()

    assert "| **spans** | 10 |" in text
    assert "| Speaker | 4 | 1.000 | 1.000 | 1.000 |" in text
    assert "resamples of whole documents, seed" in text
    assert "2 annotators, with the documents of each: ada (3), ben (3)." in text


@pytest.mark.parametrize("render", [render_markdown, MarkdownIt("commonmark").enable("table").render])
def test_hostile_names_are_escaped(work, released, render):
    manifest = json.loads(json.dumps(released(formats=["span-ner"]).manifest).replace("Speaker", "HOSTILE"))
    manifest["project"] |= {"name": HOSTILE, "description": HOSTILE}
    manifest["release"]["name"] = HOSTILE
    manifest["annotators"]["sets"] = {HOSTILE: 3}
    for counts in (manifest["counts"], *manifest["splits"]["by_split"].values()):
        counts["spans"]["by_label"][HOSTILE] = 1
    manifest["agreement"]["labels"][HOSTILE] = manifest["agreement"]["labels"]["Claim"]

    text = card(manifest, schema=SCHEMA, notes="")
    lines, rest = metadata_of(text)
    html = str(render(rest))

    assert "license: mit" not in lines
    assert "<script" not in html
    assert 'href="javascript:' not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;|`*_#[x](javascript:alert(1)) --- license: mit") >= 6


def test_escaped_text_has_no_markdown():
    render = MarkdownIt("commonmark").enable("table").render
    for words in ("1. a", "# a", "- a", "+ a", "=a", "***", "a_b_c", "`x`", "<br>", "&lt;", "[a](b)", "a|b", "\\*"):
        shown = render(f"{escaped(words)}\n").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        assert shown == f"<p>{words}</p>\n"
