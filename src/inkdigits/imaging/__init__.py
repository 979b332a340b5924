"""Imaging: from a person's picture to digits in the form that networks learn from."""
