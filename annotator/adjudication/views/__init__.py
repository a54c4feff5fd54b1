"""Pages on which documents are settled, and what is learned from that."""
