"""Training formats: JSONL for models, written only. One module per format, and one line in `registry`. Pure."""
