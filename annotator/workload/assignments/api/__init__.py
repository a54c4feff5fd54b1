"""Assignments, rounds, exclusions and review over the API."""
