"""What happens to the rows of each table: in a backup, in the file of a project, and when a project is deleted.

A new table needs one line here; `tests/unit/site/backup/test_tables.py` fails until it has one. Rows of a project are
found by their foreign keys (`annotator.site.removal.project_rows`), so that deletion needs no line of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from graphlib import TopologicalSorter

from django.apps import apps
from django.db.models import ForeignKey, Model


class Place(Enum):
    """Where the rows of a table go."""

    PROJECT = "in backups and in the file of their project; deleted with the project"
    PROJECT_ONLY_HERE = "in backups, not in the file of their project; deleted with the project"
    SITE = "in backups"
    NOWHERE = "in no backup: made again by the site, or of no use elsewhere"

    @property
    def is_backed_up(self) -> bool:
        """Whether backups contain the rows."""
        return self is not Place.NOWHERE


PLACES: dict[str, Place] = {
    # Accounts. Permissions and content types are made by migrations, but rows of groups refer to them.
    "django_content_type": Place.SITE,
    "auth_permission": Place.SITE,
    "auth_group": Place.SITE,
    "auth_group_permissions": Place.SITE,
    "accounts_user": Place.SITE,
    "accounts_user_groups": Place.SITE,
    "accounts_user_user_permissions": Place.SITE,
    "accounts_apitoken": Place.PROJECT_ONLY_HERE,  # those that are limited to a project; all are in backups
    "accounts_preferences": Place.SITE,
    "inbox_inboxstate": Place.SITE,
    # Everyone signs in again after a restore; failed sign-ins count from zero.
    "django_session": Place.NOWHERE,
    "axes_accessattempt": Place.NOWHERE,
    "axes_accessattemptexpiration": Place.NOWHERE,
    "axes_accessfailurelog": Place.NOWHERE,
    "axes_accesslog": Place.NOWHERE,
    # Projects. Invitations are for people of this site, jobs are what its workers did, and exports can be made again.
    "projects_project": Place.PROJECT,
    "projects_membership": Place.PROJECT,
    "projects_invitation": Place.PROJECT_ONLY_HERE,
    "projects_schemaversion": Place.PROJECT,
    "projects_guidelineversion": Place.PROJECT,
    "projects_schemamigration": Place.PROJECT,
    "projects_guidelinepicture": Place.PROJECT,
    "jobs_job": Place.PROJECT_ONLY_HERE,
    "jobs_jobline": Place.PROJECT_ONLY_HERE,
    "datasets_export": Place.PROJECT_ONLY_HERE,
    # Workers report themselves while they run.
    "jobs_worker": Place.NOWHERE,
    # Documents and annotations.
    "documents_document": Place.PROJECT,
    "documents_original": Place.PROJECT,
    "documents_documentcorrection": Place.PROJECT,
    "documents_tag": Place.PROJECT,
    "documents_documenttag": Place.PROJECT,
    "documents_deleteddocument": Place.PROJECT,
    # Made again when the project is searched.
    "documents_searchtext": Place.PROJECT_ONLY_HERE,
    "spans_annotationset": Place.PROJECT,
    "spans_span": Place.PROJECT,
    "spans_relation": Place.PROJECT,
    "spans_change": Place.PROJECT,
    "suggestions_suggestionrun": Place.PROJECT,
    "suggestions_dismissal": Place.PROJECT,
    "sources_suggestionsettings": Place.PROJECT,
    # Whether texts may leave a site is decided there.
    "sources_languagemodelchoice": Place.PROJECT_ONLY_HERE,
    "sources_languagemodeluse": Place.PROJECT_ONLY_HERE,
    "sources_suggestionoffer": Place.PROJECT,
    "sources_sourceevaluation": Place.PROJECT,
    "sources_suggestionarm": Place.PROJECT,
    "sources_trainedmodel": Place.PROJECT,
    "sources_trainingset": Place.PROJECT,
    "spans_exclusion": Place.PROJECT,
    "spans_outsidename": Place.PROJECT,
    "relabelling_migratedset": Place.PROJECT,
    "relabelling_handspan": Place.PROJECT,
    "speakers_speakerentry": Place.PROJECT,
    "speakers_speakerkey": Place.PROJECT,
    "speakers_mentiondecision": Place.PROJECT,
    "speakers_speakerchange": Place.PROJECT,
    "assignments_assignment": Place.PROJECT,
    "assignments_round": Place.PROJECT,
    "assignments_roundmember": Place.PROJECT,
    "assignments_documentplan": Place.PROJECT,
    "assignments_skip": Place.PROJECT,
    # Processes of this site bring their copies of the plans up to date with these.
    "assignments_queuechange": Place.PROJECT_ONLY_HERE,
    "assignments_settally": Place.PROJECT,
    "assignments_weektally": Place.PROJECT,
    "assignments_returnedset": Place.PROJECT,
    "work_table_savedview": Place.PROJECT,
    "questions_question": Place.PROJECT,
    "questions_questioncomment": Place.PROJECT,
    "questions_questionreader": Place.PROJECT,
    "timing_activetime": Place.PROJECT,
    # Agreement, adjudication, releases.
    "agreement_agreementreport": Place.PROJECT,
    "agreement_measurement": Place.PROJECT,
    "agreement_documentagreement": Place.PROJECT,
    "agreement_disagreement": Place.PROJECT,
    "agreement_reportedset": Place.PROJECT,
    "adjudication_projectrule": Place.PROJECT,
    "adjudication_adjudication": Place.PROJECT,
    "adjudication_source": Place.PROJECT,
    "adjudication_unit": Place.PROJECT,
    "adjudication_reversals": Place.PROJECT,
    "adjudication_decision": Place.PROJECT,
    "adjudication_step": Place.PROJECT,
    "quality_qualityplan": Place.PROJECT,
    "quality_golddocument": Place.PROJECT,
    "quality_admission": Place.PROJECT,
    # Ledgers are made again from the sets and the decisions.
    "ledger_ledger": Place.PROJECT_ONLY_HERE,
    "ledger_ledgerdocument": Place.PROJECT_ONLY_HERE,
    "ledger_ledgerentry": Place.PROJECT_ONLY_HERE,
    "ledger_proposition": Place.PROJECT_ONLY_HERE,
    "ledger_propositionspeaker": Place.PROJECT_ONLY_HERE,
    "ledger_ledgerpair": Place.PROJECT_ONLY_HERE,
    "ledger_ledgerdecision": Place.PROJECT,
    "releases_release": Place.PROJECT,
    "releases_frozendocument": Place.PROJECT,
    "releases_frozenset": Place.PROJECT,
}

Table = type[Model]

# JSON of projects: labels, fragments, names, figures and digests, but no keys of rows.
JSON_WITHOUT_KEYS = frozenset({
    *("projects_project.shown_meta", "spans_annotationset.waived_hints", "spans_annotationset.document_attributes",
      "work_table_savedview.choice"),
    *("projects_schemaversion.definition", "documents_document.meta", "spans_span.fragments", "spans_span.attributes",
      "spans_span.suggestion"),
    *("sources_suggestionsettings.sources", "sources_suggestionoffer.offered", "sources_sourceevaluation.figures"),
    *("sources_trainedmodel.figures", "sources_suggestionarm.withheld"),
    *("projects_schemamigration.definition", "projects_schemamigration.preview"),
    *("speakers_speakerentry.aliases", "speakers_speakerchange.payload"),
    *("suggestions_suggestionrun.parameters", "spans_change.payload", "timing_activetime.periods"),
    "assignments_weektally.paces",
    *("agreement_agreementreport.aliases", "agreement_agreementreport.sums"),
    *("agreement_measurement.tally", "agreement_measurement.statistics", "agreement_measurement.gamma"),
    "agreement_disagreement.detail",
    *("adjudication_unit.kinds", "adjudication_unit.versions", "adjudication_decision.outcome"),
    *("releases_release.options", "releases_release.origin", "releases_release.manifest", "releases_frozenset.origins"),
    "releases_frozendocument.facts", "documents_documentcorrection.changed",
})  # fmt: skip
# JSON of projects that holds keys of rows: column, members, each with the table whose keys it holds. They are moved as
# foreign keys are. A member within others, or within the items of lists, is a path; an item of another `kind` than
# "document" holds no key.
KEYS_IN_JSON: dict[tuple[str, str], dict[str, str]] = {
    ("agreement_agreementreport", "scope"): {"documents": "documents_document"},
    ("agreement_agreementreport", "result"): {
        "document_attributes.listed.document": "documents_document",
        "without.name": "documents_document",
    },
    ("documents_deleteddocument", "used_by"): {
        "reports": "agreement_agreementreport",
        "releases": "releases_release",
    },
}


@dataclass(frozen=True)
class Column:
    """A column of a table: its name, and the type of its field in Django's words."""

    name: str
    type: str


def place_of(table: Table) -> Place:
    """Return the place of a table; one without a line is backed up, because nothing may be lost."""
    return PLACES.get(name_of(table), Place.SITE)


def name_of(table: Table) -> str:
    """Return the name of a table in the database."""
    return table._meta.db_table  # noqa: SLF001 - public by documentation


def columns_of(table: Table) -> list[Column]:
    """Return the columns of a table in the order of its fields; a foreign key has the type of the key it holds."""
    return [Column(str(field.column), _value_type(field)) for field in table._meta.local_concrete_fields]  # noqa: SLF001


def key_column(table: Table) -> str:
    """Return the name of the column of the primary key."""
    return str(table._meta.pk.column)  # noqa: SLF001 - public by documentation


def foreign_keys(table: Table) -> "dict[str, ForeignKey[Model, Model]]":
    """Return the foreign keys of a table by column."""
    fields = table._meta.local_concrete_fields  # noqa: SLF001 - public by documentation
    return {field.column: field for field in fields if isinstance(field, ForeignKey)}


@cache
def all_tables() -> list[Table]:
    """Return all tables, each after the tables that its rows refer to."""
    tables = [table for table in apps.get_models(include_auto_created=True) if table._meta.managed]  # noqa: SLF001
    pointing = {table: set(_targets(table)) - {table} for table in sorted(tables, key=name_of)}
    return list(TopologicalSorter(pointing).static_order())


def backed_up_tables() -> list[Table]:
    """Return the tables that backups contain, each after the tables that its rows refer to."""
    return [table for table in all_tables() if place_of(table).is_backed_up]


def _targets(table: Table) -> Iterator[Table]:
    for key in foreign_keys(table).values():
        yield key.related_model


def _value_type(field: object) -> str:
    is_key = isinstance(field, ForeignKey)
    while isinstance(field, ForeignKey):
        field = field.target_field
    name = str(field.get_internal_type())  # type: ignore[attr-defined]
    # The table that holds a key does not count it.
    return name.replace("AutoField", "IntegerField") if is_key else name
