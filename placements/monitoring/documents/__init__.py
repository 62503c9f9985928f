"""Frozen contexts of the room's papers: plain JSON values, in Italian."""
