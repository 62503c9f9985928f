"""Writes of what happens after the first signature, by kind of change."""
