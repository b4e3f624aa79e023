"""Pages to look at: one HTML file of a run or of a sweep, from what its folder holds. Nothing is computed again."""
