"""Chaotic maps."""
