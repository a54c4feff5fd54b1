"""Units of adjudication: versions, alignment, derivation, drafts, hints, quotations. Pure."""
