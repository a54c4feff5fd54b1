"""Pages of adjudication: queue, desk, span editor, feedback."""
