"""Anticipated failures of the ledger."""

from annotator.problems import Conflict


class NothingForLedger(Conflict):
    """The project has no finished work that the view could read, or its schema lacks the labels."""

    code = "nothing_for_ledger"
    title = "Nothing for the ledger yet"


class AlreadyDecided(Conflict):
    """The decision contradicts what was decided or done before."""

    code = "already_decided"
    title = "Already decided"
