"""Systems that are not chaotic, for the theorems: fixed points, cycles, tori."""
