"""One format for dates, times and sizes on all pages."""

from datetime import UTC, datetime, timedelta, timezone

from django.template import Context, Template
from django.test import override_settings

from annotator.platform.http.display import format_moment, format_size

MOMENT = datetime(2026, 11, 22, 14, 5, 33, tzinfo=UTC)


def test_a_moment_names_its_time_zone():
    elsewhere = MOMENT.astimezone(timezone(timedelta(hours=-5)))

    assert format_moment(MOMENT) == format_moment(elsewhere) == "2026-11-22 14:05 UTC"


@override_settings(TIME_ZONE="Europe/Berlin")
def test_a_moment_is_shown_in_the_zone_of_the_site():
    assert format_moment(MOMENT) == "2026-11-22 15:05 CET"


def test_a_size_has_a_unit():
    assert format_size(1_500_000) == "1.4\N{NO-BREAK SPACE}MB"


def test_templates_need_no_load_for_moments_and_sizes():
    template = Template("{{ at|moment }} {{ at|moment_text }} {{ never|moment }}{{ size|filesize }}")

    page = template.render(Context({"at": MOMENT, "never": None, "size": 2048}))

    element = '<time datetime="2026-11-22T14:05:33+00:00">2026-11-22 14:05 UTC</time>'
    assert page == f"{element} 2026-11-22 14:05 UTC 2.0\N{NO-BREAK SPACE}KB"


def test_numbers_and_dates_of_templates_stay_as_written():
    template = Template("{{ number }} {{ share|floatformat:2 }} {{ at }}")

    page = template.render(Context({"number": 12345, "share": 1234.5, "at": MOMENT}))

    assert page == "12345 1234.50 Nov. 22, 2026, 2:05 p.m."
