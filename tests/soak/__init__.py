"""Long runs: `make soak`. Small versions of them run with the other tests."""
