"""The app `ledger`."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Registers `annotator.ledger`."""

    name = "annotator.ledger"
