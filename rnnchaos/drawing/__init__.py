"""Figures from what a run folder holds: drawn so when a run ends, and drawn so again at any time."""

from rnnchaos.drawing.catalogue import DRAWERS, Drawer, drawer_of
from rnnchaos.drawing.stored import Found, Lacking, Stored

__all__ = ["DRAWERS", "Drawer", "Found", "Lacking", "Stored", "drawer_of"]
