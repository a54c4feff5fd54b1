"""What templates say about active time."""

from django import template

register = template.Library()


@register.filter
def duration(seconds: int | str | None) -> str:
    """Return a time of work in hours and minutes, as the editor writes it.

    >>> duration(7380), duration(59), duration(None)
    ('2 h 3 min', 'under a minute', '–')
    """
    if not isinstance(seconds, int) or not seconds:
        return "–"
    hours, minutes = divmod(seconds // 60, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes else "under a minute"
