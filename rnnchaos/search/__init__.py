"""Searches by optuna: sweeps whose cells are drawn one after the other."""
