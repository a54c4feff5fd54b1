"""The colours of labels: every line stands out from the tints of the spans above it."""

import itertools
import re
from collections.abc import Sequence

import pytest
from django.conf import settings

Colour = tuple[float, float, float]
CSS = settings.BASE_DIR / "static/css"
LEAST_CONTRAST = 3.0
NESTED = 3


def _colours(name: str, scheme: int) -> list[Colour]:
    """Return the tokens whose names match a pattern, in light (0) or dark (1)."""
    tokens = re.findall(rf"--(?:{name}): light-dark\(#(\w{{6}}), #(\w{{6}})\)", (CSS / "tokens.css").read_text("utf-8"))
    channels = [bytes.fromhex(token[scheme]) for token in tokens]
    return [(red / 255, green / 255, blue / 255) for red, green, blue in channels]


def _over(background: Colour, tints: Sequence[Colour], opacity: float) -> Colour:
    for tint in tints:
        background = tuple(opacity * top + (1 - opacity) * below for top, below in zip(tint, background, strict=True))  # type: ignore[assignment]
    return background


def _contrast(first: Colour, second: Colour) -> float:
    """Return the contrast of two colours as WCAG 2 defines it."""

    def luminance(colour: Colour) -> float:
        linear = [channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in colour]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_lines_of_labels_stand_out_from_three_tints(scheme: int) -> None:
    labels, [surface] = _colours(r"label-\d", scheme), _colours("surface", scheme)
    opacities = re.findall(r"fill-opacity: ([\d.]+)", (CSS / "editor-text.css").read_text("utf-8"))
    assert len(labels) == 6
    assert opacities

    weakest = min(
        _contrast(line, _over(surface, tints, float(opacity)))
        for line in labels
        for tints in itertools.product(labels, repeat=NESTED)
        for opacity in opacities
    )

    assert weakest >= LEAST_CONTRAST
