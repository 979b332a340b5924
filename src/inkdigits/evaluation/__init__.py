"""Evaluation: what probabilities and true labels say about a network."""
