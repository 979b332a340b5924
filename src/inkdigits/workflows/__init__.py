"""Workflows: what a command does from beginning to end, for the shell and for Python."""
