"""Fonts of their own for the browser tests, so that they do not depend on those of the machine.

`dejavu` has the fonts of a bare Debian. `noto` has fonts for all scripts and emoji that the tests use, for the
tests of layout. Each is a folder of font files with a configuration that a browser finds in `FONTCONFIG_FILE`.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.services import ServiceMissing
from tools.services.packages import LOG, apt_update, can_use_apt
from tools.services.processes import last_line

FOLDER = Path(".cache/fonts")
SYSTEM_FOLDER = Path("/usr/share/fonts")


# What browsers ask for when a page names only a kind of font, as in Debian's own configuration.
GENERIC = {
    "serif": ("serif", "Times New Roman"),
    "sans-serif": ("sans-serif", "system-ui", "sans", "Arial", "Helvetica"),
    "monospace": ("monospace", "Monospace", "Courier New"),
}


@dataclass(frozen=True)
class FontSet:
    """Files of Debian packages, and the family for each kind of font."""

    packages: Mapping[str, tuple[str, ...]]
    families: Mapping[str, str]
    fallback: tuple[str, ...] = ()


DEJAVU = FontSet(
    packages={
        "fonts-dejavu-core": (
            "DejaVuSans.ttf",
            "DejaVuSans-Bold.ttf",
            "DejaVuSansMono.ttf",
            "DejaVuSansMono-Bold.ttf",
            "DejaVuSerif.ttf",
            "DejaVuSerif-Bold.ttf",
        )
    },
    families={"sans-serif": "DejaVu Sans", "serif": "DejaVu Serif", "monospace": "DejaVu Sans Mono"},
)
NOTO = FontSet(
    packages={
        "fonts-noto-core": (
            *(f"NotoSans-{style}.ttf" for style in ("Regular", "Bold", "Italic", "BoldItalic")),
            *(f"NotoSerif-{style}.ttf" for style in ("Regular", "Bold", "Italic", "BoldItalic")),
            "NotoSansArabic-Regular.ttf",
            "NotoSansArabic-Bold.ttf",
            "NotoSansHebrew-Regular.ttf",
        ),
        "fonts-noto-mono": ("NotoSansMono-Regular.ttf",),
        "fonts-noto-cjk": ("NotoSansCJK-Regular.ttc",),
        "fonts-noto-color-emoji": ("NotoColorEmoji.ttf",),
    },
    families={"sans-serif": "Noto Sans", "serif": "Noto Serif", "monospace": "Noto Sans Mono"},
    fallback=("Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans CJK SC", "Noto Color Emoji"),
)
FONT_SETS = {"dejavu": DEJAVU, "noto": NOTO}


def ready_fonts(name: str) -> str:
    """Return the path of the configuration of a set of fonts, which is made first where it is missing.

    Raises `ServiceMissing` in one line.
    """
    fonts, folder = FONT_SETS[name], FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    for package, files in fonts.packages.items():
        _take_from_system(files, folder)
        missing = [file for file in files if not (folder / file).exists()]
        if missing:
            _take_from_package(package, missing, folder)
    path = folder / "fonts.conf"
    path.write_text(configuration(fonts, folder.absolute()), "utf-8")
    return str(path.absolute())


def _take_from_system(files: tuple[str, ...], folder: Path) -> None:
    for path in SYSTEM_FOLDER.rglob("*"):
        if path.name in files and not (folder / path.name).exists():
            _copy(path, folder)


def _take_from_package(package: str, files: list[str], folder: Path) -> None:
    """Take files out of a Debian package without installing it, so that no other program sees these fonts."""
    if shutil.which("apt-get") is None:
        raise ServiceMissing(f"Fonts: {files[0]} was not found below {SYSTEM_FOLDER}; install {package}")
    with tempfile.TemporaryDirectory(prefix="annotator-fonts-") as scratch:
        if not _download(package, Path(scratch)) and can_use_apt():
            apt_update()
            _download(package, Path(scratch))
        for archive in Path(scratch).glob("*.deb"):
            subprocess.run(["dpkg-deb", "--extract", archive, scratch], check=True)
        for path in Path(scratch).rglob("*"):
            if path.name in files:
                _copy(path, folder)
    missing = [file for file in files if not (folder / file).exists()]
    if missing:
        raise ServiceMissing(f"Fonts: {missing[0]} cannot be had: {last_line(LOG)}; install {package} (log: {LOG})")


def _download(package: str, scratch: Path) -> bool:
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("ab") as output:
        done = subprocess.run(
            ["apt-get", "download", package],
            cwd=scratch,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
        )
    return done.returncode == 0


def _copy(path: Path, folder: Path) -> None:
    """Copy a file so that a half-written one is never taken for it."""
    new = folder / f".{path.name}"
    shutil.copyfile(path, new)
    new.rename(folder / path.name)


def configuration(fonts: FontSet, folder: Path) -> str:
    """Return the configuration of fontconfig for the files in a folder and no others."""
    aliases = []
    for kind, names in GENERIC.items():
        families = "".join(f"<family>{family}</family>" for family in (fonts.families[kind], *fonts.fallback))
        aliases += [
            f'  <alias binding="same"><family>{name}</family><prefer>{families}</prefer></alias>\n' for name in names
        ]
    last = f"<string>{fonts.families['sans-serif']}</string>"
    aliases.append(f'  <match><edit name="family" mode="append_last">{last}</edit></match>\n')
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        f"  <dir>{folder}</dir>\n  <cachedir>{folder}/cache</cachedir>\n{''.join(aliases)}</fontconfig>\n"
    )
