"""Reads of the room, a file a subject. A look at a detail and at a list is logged here."""
