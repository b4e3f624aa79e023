"""Many trainings at once: what belongs to a sweep, who trains which cell, and how all of them stand."""
