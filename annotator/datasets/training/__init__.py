"""Training sets out of annotation sets: consensus, what is left out or reshaped, and the rows of each shape. Pure."""
