"""Modules joined into one file: what runs, and what is refused."""

import subprocess
import sys
from pathlib import Path

import minify
import pytest

from annotator.platform.http.modules import join_modules

ROOT = Path(__file__).resolve().parents[4]
# The Node of the environment: a new machine has no other.
NODE = Path(sys.executable).with_name("node")


def write_modules(folder: Path, **modules: str) -> Path:
    for name, source in modules.items():
        (folder / f"{name}.js").write_text(source, encoding="utf-8")
    return folder / "main.js"


def run(source: str, folder: Path) -> str:
    joined = folder / "joined.mjs"
    joined.write_text(source, encoding="utf-8")
    return subprocess.run([NODE, joined], capture_output=True, text=True, check=True).stdout


def test_a_module_is_run_once_after_those_it_imports_and_keeps_its_names_to_itself(tmp_path: Path) -> None:
    entry = write_modules(
        tmp_path,
        words='const hidden = "low";\nconsole.log("once");\nexport const word = () => hidden;\n',
        more_words='import { word } from "./words.js";\nexport { word as low } from "./words.js";\n'
        'const hidden = "high";\nexport async function both() {\n  return word() + hidden;\n}\n'
        "export class Empty {}\n",
        main='import {\n  both,\n  low as first,\n} from "./more_words.js";\nimport { word } from "./words.js";\n'
        "both().then((found) => console.log(found, first(), word()));\n",
    )

    joined = join_modules(entry)
    assert run(joined, tmp_path) == "once\nlowhigh low low\n"
    assert run(minify.string("application/javascript", joined), tmp_path) == "once\nlowhigh low low\n"


def test_modules_run_in_order_after_they_are_made_small(tmp_path: Path) -> None:
    entry = write_modules(
        tmp_path,
        first="const hidden = 1;\nexport const one = hidden;\nexport const same = 1;\n",
        second='import { one } from "./first.js";\nconst hidden = one + 1;\nexport const two = hidden;\n'
        "const [left] = [two];\nexport const third = left;\n",
        third='import { same as other } from "./first.js";\nimport { two } from "./second.js";\n'
        "export const three = two + other;\n",
        fourth='import { three } from "./third.js";\nconst hidden = three;\nexport const same = hidden + 1;\n',
        main='import { same } from "./fourth.js";\nimport { three } from "./third.js";\nconsole.log(three, same);\n',
    )

    small = minify.string("application/javascript", join_modules(entry))

    assert run(small, tmp_path) == "3 4\n"


def test_modules_of_other_folders_keep_apart_under_one_name(tmp_path: Path) -> None:
    for folder in ("model", "views"):
        (tmp_path / "editor" / folder).mkdir(parents=True)
    (tmp_path / "text.js").write_text("export const shout = (word) => word.toUpperCase();\n")
    (tmp_path / "editor/model/spans.js").write_text('export const name = "spans";\n')
    (tmp_path / "editor/views/spans.js").write_text(
        'import { shout } from "../../text.js";\nimport { name } from "../model/spans.js";\n'
        "export const drawn = () => shout(name);\n"
    )
    source = 'import { drawn } from "./views/spans.js";\nconsole.log(drawn());\n'
    entry = write_modules(tmp_path / "editor", main=source)

    assert run(join_modules(entry), tmp_path) == "SPANS\n"


def test_modules_that_import_each_other_are_refused(tmp_path: Path) -> None:
    entry = write_modules(
        tmp_path,
        main='import { a } from "./other.js";\nexport const b = a;\n',
        other='import { b } from "./main.js";\nexport const a = b;\n',
    )

    with pytest.raises(ValueError, match="in a circle: main -> other -> main"):
        join_modules(entry)


@pytest.mark.parametrize(
    "statement",
    [
        'import other from "./other.js";',
        'import * as other from "./other.js";',
        'import "./other.js";',
        "export default 1;",
    ],
)
def test_other_forms_of_import_and_export_are_refused_by_name(tmp_path: Path, statement: str) -> None:
    entry = write_modules(tmp_path, main=f"{statement}\n", other="export const a = 1;\n")

    with pytest.raises(ValueError, match=r"main\.js has a statement that cannot be joined"):
        join_modules(entry)


def test_a_file_loaded_later_shares_the_modules_of_the_first_and_runs_none_twice(tmp_path: Path) -> None:
    entry = write_modules(
        tmp_path,
        count='console.log("counted");\nlet count = 0;\nexport const next = () => (count += 1);\n',
        private="export const hidden = 1;\n",
        main='import { next } from "./count.js";\nimport { hidden } from "./private.js";\n'
        'console.log(next(), hidden);\nconst soon = import("./later.js");\n'
        "soon.then((later) => console.log(later.more()));\n",
        own="export const ten = 10;\n",
        later='import { next } from "./count.js";\nimport { ten } from "./own.js";\n'
        "export const more = () => ten + next();\n",
    )
    later = tmp_path / "later.js"
    first, second = join_modules(entry, lends_to=[later]), join_modules(later, upon=entry)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    later.write_text(second)
    entry.write_text(first)
    printed = subprocess.run([NODE, entry], capture_output=True, text=True, check=True).stdout

    assert printed == "counted\n1 1\n12\n"
    assert "return [next];" in first
    assert "export const $lent = " in first


def test_files_loaded_later_find_what_each_needs_in_one_list(tmp_path: Path) -> None:
    entry = write_modules(
        tmp_path,
        count="let count = 0;\nexport const next = () => (count += 1);\nexport const hidden = 1;\n",
        names='export { next as more } from "./count.js";\nexport const both = "both";\nexport const other = 1;\n',
        main='import { next } from "./count.js";\nimport { other } from "./names.js";\n'
        'const files = [import("./first.js"), import("./second.js")];\n'
        "Promise.all(files).then((all) => console.log(next(), other, ...all.map((file) => file.shown())));\n",
        first='import { both, more } from "./names.js";\nexport { next as again } from "./count.js";\n'
        "const hidden = more();\nexport const shown = () => both + hidden + more();\n",
        second='import { next } from "./count.js";\nexport const shown = () => next();\n',
    )
    later = [tmp_path / "first.js", tmp_path / "second.js"]
    joined = [join_modules(entry, lends_to=later), *(join_modules(file, upon=entry, lends_to=later) for file in later)]
    (tmp_path / "package.json").write_text('{"type": "module"}')
    for file, source in zip([entry, *later], joined, strict=True):
        file.write_text(minify.string("application/javascript", source))

    assert subprocess.run([NODE, entry], capture_output=True, text=True, check=True).stdout == "2 1 both13 4\n"


def test_a_template_within_a_template_is_refused_because_it_would_lose_its_blanks(tmp_path: Path) -> None:
    entry = write_modules(tmp_path, main="const a = 1;\nexport const b = `${a ? `${a} this` : `that`}: `;\n")

    with pytest.raises(ValueError, match=r"main\.js has a template within a template"):
        join_modules(entry)


def test_the_editor_is_joined_without_any_import_left() -> None:
    main, extras = ROOT / "static/editor/main.js", ROOT / "static/editor/extras.js"
    joined, later = join_modules(main, lends_to=[extras]), join_modules(extras, upon=main)

    assert "\nimport " not in joined
    assert joined.count("class SpanStore ") == 1
    assert later.count("import ") == 1
    assert "class SpanStore " not in later


@pytest.mark.parametrize(
    "declarations",
    [
        "const one = f(); const { a } = one;",
        "const one = f(); const [a] = [g(one.b)];",
        "const one = f(), two = g(); const { a } = g(x, { one }, one);",
        "const { b } = f(); const one = 1; const { a } = g({ one });",
        "const one = f(); let { a } = g({ one });",
        "const one = f(); if (one) h(); const { a } = g({ one });",
    ],
)
def test_the_minifier_keeps_the_order_that_the_lint_rule_asks_for(declarations: str) -> None:
    # It moves what destructures before `const one = f();` where it does not see that the value uses `one`. ESLint
    # refuses that (minifier/order); this is what it accepts.
    minify.config({"js-keep-var-names": True})
    try:
        small = minify.string("application/javascript", f"function run(x) {{ {declarations} return [one, a]; }}\n")
    finally:
        minify.config({"js-keep-var-names": False})

    assert small.index("one=") < small.index("a}=" if "{ a }" in declarations else "a]=")


def test_missing_export_is_refused(tmp_path: Path) -> None:
    entry = write_modules(tmp_path, main='import { b } from "./other.js";\nb();\n', other="export const a = 1;\n")

    with pytest.raises(ValueError, match=r"other\.js does not export b"):
        join_modules(entry)
