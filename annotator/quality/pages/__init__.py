"""Pages of quality control: for leads, and for annotators themselves."""
