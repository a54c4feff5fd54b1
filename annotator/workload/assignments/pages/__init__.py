"""Pages with which leads run the work: board, rounds, what waits for a lead, exclusions, members who leave."""
