"""What one imports: runs that are trained, opened and measured from Python. `rnnchaos` exports its names."""
