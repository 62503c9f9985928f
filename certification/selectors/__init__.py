"""Reads of the recognitions, a file a subject. Rooms beside this one ask here for the common rule book and their network."""

from .facts import common_rules, network_of

__all__ = ["common_rules", "network_of"]
