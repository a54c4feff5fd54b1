"""Collect the strings of pages and scripts in `locale/`: `make messages`; `--check` compares without writing.

The catalogues of English hold no translations: they list what a translator has to translate. GNU gettext extracts the
strings; it is installed when it is missing and this process may do so.
"""

import argparse
import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from tools.services import ServiceMissing
from tools.services.packages import apt_install, can_use_apt
from tools.sources import files

CATALOGUES = {"django": ("html", "py"), "djangojs": ("js",)}
SOURCES = ("annotator", "projects", "static")
LANGUAGE = "en"
FOLDER = Path("locale", LANGUAGE, "LC_MESSAGES")
HEADER = r"""# Written by `make messages`.
msgid ""
msgstr ""
"Language: en\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"""


def main() -> int:
    """Write both catalogues, or return 1 when one of those in `locale/` is out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare the catalogues with the strings; write nothing")
    check = parser.parse_args().check
    if not shutil.which("xgettext"):
        _install_gettext()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
    django.setup()
    outdated = False
    for domain, extensions in CATALOGUES.items():
        text = _extract(domain, extensions)
        path = FOLDER / f"{domain}.po"
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        elif not path.is_file() or path.read_text("utf-8") != text:
            print(f"{path} is out of date. Run: make messages")
            outdated = True
    return int(outdated)


def _install_gettext() -> None:
    if not can_use_apt():
        sys.exit("GNU gettext is missing. On Debian or Ubuntu: sudo apt-get install gettext")
    try:
        apt_install(["gettext"])
    except ServiceMissing as error:
        sys.exit(str(error))


def _extract(domain: str, extensions: tuple[str, ...]) -> str:
    """Return a new catalogue of a domain, with a header that is the same for every version of gettext.

    Django writes intermediate files beside those it reads, so it reads a copy: other checks run at the same time.
    """
    with tempfile.TemporaryDirectory(prefix="annotator-messages-") as scratch:
        for path in files(*(f"{folder}/*.{extension}" for folder in SOURCES for extension in extensions)):
            copy = Path(scratch, path)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        catalogues = Path(scratch, "locale")
        catalogues.mkdir()
        settings.LOCALE_PATHS = [str(catalogues)]
        options = {"extensions": list(extensions), "no_wrap": True, "add_location": "file", "verbosity": 0}
        with contextlib.chdir(scratch):
            call_command("makemessages", domain=domain, locale=[LANGUAGE], **options)
        written = Path(catalogues, LANGUAGE, "LC_MESSAGES", f"{domain}.po")
        entries = written.read_text("utf-8").partition("\n\n")[2] if written.is_file() else ""
    return f"{HEADER}\n{entries}" if entries else HEADER


if __name__ == "__main__":
    sys.exit(main())
