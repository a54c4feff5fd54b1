"""The one format of dates, times and file sizes on all pages."""

from datetime import datetime

from django.template.defaultfilters import filesizeformat
from django.utils import timezone


def format_moment(value: datetime) -> str:
    """Return a date and time to the minute with its time zone: "2026-11-22 14:05 UTC"."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M %Z")


def format_size(size: int) -> str:
    """Return a file size with its unit: "1.4 MB"; 1 KB is 1,024 bytes."""
    return filesizeformat(size)
