"""Reads of the recognitions, a file a subject. Rooms beside this one ask here for their network."""

from .facts import network_of

__all__ = ["network_of"]
