"""Chaotic ordinary differential equations."""
