"""What stands behind `make`: environment, checks, tests and the services these need."""
