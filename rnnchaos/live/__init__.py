"""Pages that follow what is going on: those of `report`, served on this machine alone."""
