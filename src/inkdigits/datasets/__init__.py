"""Labelled images: what comes with the package, and how they are split."""
