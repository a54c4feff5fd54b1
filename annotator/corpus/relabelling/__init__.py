"""Migration of annotation sets from one schema version to another, by a mapping."""
