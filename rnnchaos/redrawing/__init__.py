"""rnnchaos figures: what a folder holds, drawn again. Nothing is computed, and JAX is not loaded."""
