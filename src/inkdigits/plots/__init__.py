"""Plots: a computed result -> a matplotlib figure. Nothing is computed here."""
