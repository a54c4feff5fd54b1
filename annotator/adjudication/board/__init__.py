"""An adjudication as stored: its units with their decisions, read whole or in part."""
