"""Writes of the fund, a file a subject."""
