"""Reads of the recognitions, a file a subject."""
