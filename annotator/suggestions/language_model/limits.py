"""How much a project may take of a language model: its lead limits runs and days, the operator days of the site."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from annotator.suggestions.models import LanguageModelChoice, LanguageModelUse
from projects.models import Project

MOST_TOKENS = 10**12


@dataclass(frozen=True)
class Limits:
    """The limits in tokens, and what was taken today; without a limit of the operator, `site_per_day` is 0."""

    per_run: int
    per_day: int
    today: int
    site_per_day: int
    site_today: int

    @property
    def left_today(self) -> int:
        """The tokens that the project may still take today."""
        left = self.per_day - self.today
        return max(0, min(left, self.site_per_day - self.site_today) if self.site_per_day else left)

    @property
    def left(self) -> int:
        """The tokens that a run that starts now may take."""
        return min(self.per_run, self.left_today)

    def reached_by(self, tokens: int, *, of_run: int) -> str:
        """Return which limit so many more tokens would pass, in words; "" for none. `of_run` were taken by the run."""
        if of_run + tokens > self.per_run:
            return _("The limit of %(tokens)s tokens per run is reached.") % {"tokens": f"{self.per_run:,}"}
        if self.today + tokens > self.per_day:
            return _("The limit of %(tokens)s tokens per day is reached.") % {"tokens": f"{self.per_day:,}"}
        if self.site_per_day and self.site_today + tokens > self.site_per_day:
            return _("The limit of %(tokens)s tokens per day for all projects of this site is reached.") % {
                "tokens": f"{self.site_per_day:,}"
            }
        return ""


def limits_of(project: Project, *, now: datetime) -> Limits:
    """Return the limits of a project that has chosen a language model, and what was taken today."""
    choice = LanguageModelChoice.objects.get(project=project)
    of_today = LanguageModelUse.objects.filter(day=_day(now))
    site_per_day: int = settings.LANGUAGE_MODEL_TOKENS_PER_DAY
    site = of_today.aggregate(tokens=Sum("tokens"))["tokens"] if site_per_day else 0
    today = of_today.filter(project=project).values_list("tokens", flat=True).first()
    return Limits(choice.tokens_per_run, choice.tokens_per_day, today or 0, site_per_day, site or 0)


def add_use(project: Project, *, requests: int, tokens: int, now: datetime) -> None:
    """Count requests and tokens for today."""
    with transaction.atomic():
        LanguageModelUse.objects.get_or_create(project=project, day=_day(now))
        LanguageModelUse.objects.filter(project=project, day=_day(now)).update(
            requests=F("requests") + requests, tokens=F("tokens") + tokens
        )


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()
