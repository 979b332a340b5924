"""Hostile model files after published vulnerabilities, made on the spot."""
