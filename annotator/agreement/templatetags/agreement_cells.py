"""Cells of tables of figures. A report has a thousand of them: included templates would take most of its time."""

from django import template
from django.template.defaultfilters import floatformat
from django.utils.html import format_html
from django.utils.safestring import SafeString

from annotator.agreement.reports.sentences import FigureText

register = template.Library()
NOTHING = SafeString("")


@register.simple_tag
def figure_cell(figure: FigureText | None, query: str, list_url: str) -> SafeString:
    """Return a cell with a figure that leads to the disagreements behind it; without `list_url` to none."""
    if not figure:
        return SafeString('<td class="number"></td>')
    note = format_html('<br><span class="soft small">{}</span>', figure.note) if figure.note else NOTHING
    if not figure.is_defined:
        colon = ":" if figure.note else ""
        return format_html(
            '<td class="number{}"><span class="soft small">{}{}</span>{}</td>', _heat(figure), figure.text, colon, note
        )
    text = format_html('<a href="{}?{}">{}</a>', list_url, query, figure.text) if list_url else figure.text
    return format_html('<td class="number{}">{}{}</td>', _heat(figure), text, note)


@register.simple_tag
def count_cell(count: int | None, query: str, list_url: str) -> SafeString:
    """Return a cell with a count that leads to the disagreements behind it; without `list_url` to none."""
    if not count:
        return SafeString('<td class="number"><span class="soft">0</span></td>')
    text = floatformat(count, "0g")
    if list_url:
        return format_html('<td class="number"><a href="{}?{}">{}</a></td>', list_url, query, text)
    return format_html('<td class="number">{}</td>', text)


def _heat(figure: FigureText) -> str:
    return "" if figure.heat is None else f" heat-{figure.heat}"
