"""What a release holds: the sets selected for it, what is frozen of them, and how they differ between releases."""
