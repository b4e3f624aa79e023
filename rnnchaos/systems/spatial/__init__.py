"""Partial differential equations in space and time."""
