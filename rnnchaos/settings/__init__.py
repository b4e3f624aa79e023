"""Hydra configs in, objects out. Importing this package alone imports neither Hydra nor JAX."""
