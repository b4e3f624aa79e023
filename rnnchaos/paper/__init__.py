"""The figures of arXiv:2110.07238 and what goes beyond them, each by one command, beside the published values."""
