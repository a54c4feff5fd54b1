"""Makes the bad files of this folder anew: `python tests/data/bad_files/make.py`. The index tells what is wrong.

Whatever can be is plain text, to be looked at; large files are packed with gzip, and unpacked by whoever uses them.
"""

import gzip
import io
import json
import stat
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
TEXT = "Ada said no."
SPAN = {"id": "s1", "label": "Speaker", "fragments": [[0, 3]]}
CLAIM = {"id": "s2", "label": "Claim", "fragments": [[4, 11]]}
CAS = (
    '<?xml version="1.0" encoding="UTF-8"?>{head}<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" '
    'xmlns:cas="http:///uima/cas.ecore" xmlns:t="http:///t.ecore" xmi:version="2.0">'
    '{body}<cas:View sofa="1" members=""/></xmi:XMI>'
)
SOFA = '<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text" sofaString="{text}"/>'
TSV3 = "#FORMAT=WebAnno TSV 3.3\n#T_SP=custom.Span|label\n\n\n#Text=Ada said no.\n"


def line(*spans, text=TEXT, **members):
    """One line of our JSONL."""
    return json.dumps({"text": text, "annotator": "A", "spans": list(spans)} | members) + "\n"


def span(**members):
    """A line with one span that is not as it should be."""
    return line({key: value for key, value in (SPAN | members).items() if value is not None})


def related(**members):
    """A line with two spans and a relation that is not as it should be."""
    relation = {"id": "r1", "label": "attributed-to", "from": "s2", "to": "s1"} | members
    return line(SPAN, CLAIM, relations=[relation])


def packed(files, *, flags=0, mode=0, method=zipfile.ZIP_STORED):
    """A zip archive; `flags` and `mode` are set on each of its members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            member = zipfile.ZipInfo(name)
            member.compress_type, member.external_attr = method, mode << 16
            archive.writestr(member, data)
    data = bytearray(buffer.getvalue())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while flags and (at := data.find(signature, at + 1)) >= 0:
            data[at + place] |= flags
    return bytes(data)


def brat(ann, text=TEXT):
    """A text with brat's annotations."""
    return packed({"ada/one.txt": text, "ada/one.ann": ann})


def twice(name):
    """An archive with two members of one name."""
    return packed({f"{name}1": b"One.", f"{name}2": b"Two."}).replace(f"{name}2".encode(), f"{name}1".encode())


def doccano(**members):
    return json.dumps({"id": 1, "text": TEXT, "entities": [], "relations": []} | members) + "\n"


def entity(start, end):
    return {"id": 1, "label": "Speaker", "start_offset": start, "end_offset": end}


def task(*result, **members):
    annotations = [{"id": 1, "completed_by": 1, "result": list(result)}]
    return json.dumps([{"id": 1, "data": {"text": TEXT}, "annotations": annotations} | members])


def region(**value):
    return {"id": "a", "from_name": "label", "to_name": "text", "type": "labels", "value": value}


def page(**members):
    """A page of web annotations on a text beside it."""
    body = {"type": "TextualBody", "purpose": "tagging", "value": "Speaker"}
    target = {"source": "one.txt", "selector": {"type": "TextPositionSelector", "start": 0, "end": 99}}
    one = {"@context": "http://www.w3.org/ns/anno.jsonld", "id": "a1", "type": "Annotation", "body": body}
    return packed({"one.txt": TEXT, "one.jsonld": json.dumps([one | {"target": target} | members])})


BOMB = packed({"zeros.txt": b"0" * 12_000_000}, method=zipfile.ZIP_DEFLATED)
BILLION = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'

FILES = {
    # archives
    "bomb.zip": BOMB,
    "nested-bomb.zip": packed({"inner.zip": BOMB}),
    "climbing.zip": packed({"../out.txt": TEXT}),
    "climbing-backslash.zip": packed({"a\\..\\..\\out.txt": TEXT}),
    "absolute.zip": packed({"/etc/out.txt": TEXT}),
    "drive.zip": packed({"C:/out.txt": TEXT}),
    "link.zip": packed({"link.txt": "/etc/hostname"}, mode=stat.S_IFLNK | 0o777),
    "encrypted.zip": packed({"one.txt": TEXT}, flags=1),
    "cut-off.zip": packed({"one.txt": TEXT})[:-40],
    "damaged.zip": packed({"one.txt": TEXT}).replace(b"said", b"sang", 1),
    "unknown-packing.zip": packed({"one.txt": TEXT}).replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00\x00\x00",
                                                            b"PK\x01\x02\x14\x03\x14\x00\x00\x00\x63\x00"),
    "no-files.zip": packed({}),
    "same-name-twice.zip": twice("a.txt"),
    "only-hidden.zip": packed({"__MACOSX/._one.txt": "x", ".DS_Store": "x"}),
    "not-an-archive.zip": b"This is no archive.",
    "of-unknown-files.zip": packed({"table.xlsx": b"PK?", "photo.png": b"\x89PNG\r\n\x1a\n"}),
    # JSONL of our own
    "empty.jsonl": "",
    "only-spaces.jsonl": " \n\t\n\n",
    "not-json.jsonl": '{"text": "Ada said no."\n',
    "no-object.jsonl": '["Ada said no."]\n',
    "no-text.jsonl": '{"id": "d1", "meta": {}}\n',
    "text-is-a-number.jsonl": '{"text": 7, "meta": {}}\n',
    "text-of-spaces.jsonl": '{"text": " \\n ", "meta": {}}\n',
    "unknown-member.jsonl": '{"text": "Ada said no.", "txet": "x", "meta": {}}\n',
    "long-line.jsonl.gz": '{"text": "' + "a " * 5_500_000 + '", "meta": {}}\n',
    "nan.jsonl": '{"text": "Ada said no.", "meta": {"n": NaN}}\n',
    "infinity.jsonl": '{"text": "Ada said no.", "meta": {"n": -Infinity}}\n',
    "deep.jsonl": '{"text": "Ada said no.", "meta": ' + '{"a": ' * 2_000 + "1" + "}" * 2_001 + "\n",
    "nul.jsonl": '{"text": "Ada\\u0000 said no.", "meta": {}}\n',
    "nul-in-meta.jsonl": '{"text": "Ada said no.", "meta": {"a": ["\\u0000"]}}\n',
    "half-a-pair.jsonl": '{"text": "Ada \\ud83d said no.", "meta": {}}\n',
    "latin-1.jsonl": '{"text": "Ada sagte n\xe9in.", "meta": {}}\n'.encode("latin-1"),
    "utf-16.jsonl": "\ufeff" + '{"text": "Ada said no.", "meta": {}}\n',
    "wrong-checksum.jsonl": line(SPAN, sha256="0" * 64),
    "same-id-other-text.jsonl": line(id="d1") + line(id="d1", text="Ben said yes."),
    "control-in-id.jsonl": '{"id": "a\\u0007b", "text": "Ada said no."}\n',
    "long-id.jsonl": line(id="x" * 201),
    "meta-no-object.jsonl": line(meta=["a"]),
    "spans-no-list.jsonl": '{"text": "Ada said no.", "annotator": "A", "spans": {"id": "s1"}}\n',
    "annotators-no-object.jsonl": '{"text": "Ada said no.", "annotators": ["A"]}\n',
    "span-past-the-end.jsonl": span(fragments=[[4, 99]]),
    "span-negative.jsonl": span(fragments=[[-3, 3]]),
    "span-crossed.jsonl": span(fragments=[[8, 4]]),
    "span-empty.jsonl": span(fragments=[[4, 4]]),
    "span-huge-number.jsonl": span(fragments=[[0, 10**30]]),
    "span-fraction.jsonl": span(fragments=[[0, 3.5]]),
    "span-number-in-quotes.jsonl": span(fragments=[["0", "3"]]),
    "span-without-label.jsonl": span(label=None),
    "span-without-place.jsonl": span(fragments=[]),
    "span-overlapping-fragments.jsonl": span(label="Claim", fragments=[[0, 5], [3, 8]]),
    "span-second-fragment.jsonl": span(fragments=[[0, 3], [4, 8]]),
    "span-other-words.jsonl": span(text="Ben"),
    "span-words-in-two-places.jsonl": line(SPAN | {"fragments": [[1, 4]], "text": "Ada"}, text="Ada said: Ada."),
    "span-unknown-label.jsonl": span(label="Nobody"),
    "span-unknown-attribute.jsonl": span(attributes={"shoe size": "44"}),
    "span-unknown-value.jsonl": span(attributes={"kind": "teapot"}),
    "span-id-twice.jsonl": line(SPAN, CLAIM | {"id": "s1"}),
    "relation-to-nothing.jsonl": related(to="s9"),
    "relation-to-itself.jsonl": related(to="s2"),
    "relation-turned-round.jsonl": related(**{"from": "s1", "to": "s2"}),
    "relation-unknown.jsonl": related(label="married-to"),
    # records of other shapes
    "doccano-past-the-end.jsonl": doccano(entities=[entity(4, 99)]),
    "doccano-without-text.jsonl": json.dumps({"id": 1, "entities": [], "relations": [], "text": ""}) + "\n",
    "doccano-label-of-a-document.jsonl": json.dumps({"id": 1, "text": TEXT, "label": ["positive"]}) + "\n",
    "doccano-relation-to-nothing.jsonl":
        doccano(entities=[entity(0, 3)], relations=[{"id": 1, "from_id": 1, "to_id": 7, "type": "attributed-to"}]),
    "label-studio-without-text.json": task(data={"image": 7}),
    "label-studio-other-words.json": task(region(start=0, end=3, text="Ben", labels=["Speaker"])),
    "label-studio-no-value.json": task({"id": "a", "type": "labels", "from_name": "label"}),
    "label-studio-cut-off.json": task(region(start=0, end=3, labels=["Speaker"]))[:-30],
    "label-studio-two-arrays.json": task() + task(),
    "million-lines.json.gz":
        '[{"id": 1, "annotations": [], "data": {"text": "x", "many": [\n' + "1234567890,\n" * 1_000_000 + "1]}}]\n",
    "prodigy-past-the-end.jsonl":
        json.dumps({"text": TEXT, "_input_hash": 1, "_task_hash": 2, "answer": "accept", "tokens": [],
                    "spans": [{"start": 4, "end": 99, "label": "Speaker"}]}) + "\n",
    "huggingface-no-tokens.jsonl": json.dumps({"tokens": "Ada", "ner_tags": ["O"]}) + "\n",
    "spacy-past-the-end.jsonl":
        json.dumps({"text": TEXT, "ents": [{"start": 4, "end": 99, "label": "Speaker"}], "tokens": []}) + "\n",
    # tables and columns
    "no-text-column.csv": "id,body\n1,Ada said no.\n",
    "too-many-cells.csv": "id,text\n1,Ada said no.,and more\n",
    "open-quotation.csv": 'id,text\n1,"Ada said no.\n',
    "letters-for-offsets.csv": "id,start,end,label,text\n1,zero,three,Speaker,Ada said no.\n",
    "past-the-end.tsv": "id\tstart\tend\tlabel\ttext\n1\t4\t99\tSpeaker\tAda said no.\n",
    "no-tokens.conll": "\n\n",
    "webanno-no-text.tsv": "#FORMAT=WebAnno TSV 3.3\n#T_SP=custom.Span|label\n\n\n",
    "webanno-too-few-columns.tsv": TSV3 + "1-1\t0-3\tAda\n",
    "webanno-past-the-end.tsv": TSV3 + "1-1\t0-99\tAda\tSpeaker\n",
    # XML
    "billion-laughs.xmi": CAS.format(head=BILLION, body=SOFA.format(text="&c;")),
    "entity-from-outside.xmi": CAS.format(head=OUTSIDE, body=SOFA.format(text="&a;")),
    "cut-off.xmi": CAS.format(head="", body=SOFA.format(text=TEXT))[:-30],
    "no-text.xmi": CAS.format(head="", body=""),
    "past-the-end.xmi": CAS.format(
        head="", body=SOFA.format(text=TEXT) + '<t:Speaker xmi:id="2" sofa="1" begin="4" end="99" label="Speaker"/>'
    ),
    # brat and web annotations
    "brat-no-text.zip": packed({"ada/one.ann": "T1\tSpeaker 0 3\tAda\n"}),
    "brat-annotations-of-nothing.zip": packed({"one.txt": TEXT, "two.ann": "T1\tSpeaker 0 3\tAda\n"}),
    "brat-other-words.zip": brat("T1\tSpeaker 0 3\tBen\n"),
    "brat-past-the-end.zip": brat("T1\tSpeaker 4 99\n"),
    "brat-letters-for-offsets.zip": brat("T1\tSpeaker zero three\tAda\n"),
    "brat-no-line-of-brat.zip": brat("Speaker: Ada\n"),
    "brat-relation-to-nothing.zip": brat("T1\tSpeaker 0 3\tAda\nR1\tby Arg1:T1 Arg2:T9\n"),
    "brat-relation-of-one.zip": brat("T1\tSpeaker 0 3\tAda\nR1\tby Arg1:T1\n"),
    "brat-event-without-trigger.zip": brat("T1\tSpeaker 0 3\tAda\nE1\tSaying:T9 Who:T1\n"),
    "brat-events-in-a-circle.zip": brat("T1\tClaim 4 8\tsaid\nE1\tClaim:E2\nE2\tClaim:E1 What:T1\n"),
    "brat-latin-1.zip": packed({"ada/one.txt": "n\xe9in".encode("latin-1"), "ada/one.ann": ""}),
    "web-annotation-past-the-end.zip": page(),
    "web-annotation-not-json.zip": packed({"one.txt": TEXT, "one.jsonld": '[{"type": "Annotation"'}),
    # texts
    "empty.txt": "",
    "only-spaces.txt": " \n \r\n",
    "nul.txt": "Ada\0said no.",
    "latin-1.txt": "Ada sagte n\xe9in.".encode("latin-1"),
    "utf-16-cut-off.txt": "\ufeffAda".encode("utf-16-le")[:-1],
    "binary.txt": bytes(range(256)),
    "photo.png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "table.xlsx": packed({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"}),
}  # fmt: skip


def main():
    """Write every file."""
    for name, content in FILES.items():
        data = content if isinstance(content, bytes) else content.encode("utf-16" if "utf-16" in name else "utf-8")
        (HERE / name).write_bytes(gzip.compress(data, 9, mtime=0) if name.endswith(".gz") else data)
    sys.stdout.write(f"{len(FILES)} files\n")


if __name__ == "__main__":
    main()
