"""The filter for active time in templates."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def duration(seconds: int | str | None) -> str:
    """Return active time in hours and minutes, as the editor shows it.

    >>> duration(7380), duration(59), duration(None)
    ('2 h 3 min', 'under a minute', '–')
    """
    if not isinstance(seconds, int) or not seconds:
        return "–"
    hours, minutes = divmod(seconds // 60, 60)
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)s min") % {"minutes": minutes} if minutes else _("under a minute")
