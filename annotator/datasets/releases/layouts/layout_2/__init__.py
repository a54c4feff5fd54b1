"""Layout 2 of archives: a data card that says only what was found, and loss reports by reason.

It shares file names, checksums, the agreement record and `load.py` with layout 1, which is frozen. The words of losses
are copied. Writers are those of `FORMATS`, and rules for sentences and tokens those of `annotator.text`, as they were
when it was made. Before one of them changes, its copy belongs here:
`tests/unit/datasets/releases/test_layout_2.py` fails until then.
"""
