"""Delay differential equations, whose state is a stretch of their past."""
