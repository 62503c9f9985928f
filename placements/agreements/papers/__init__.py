"""The papers an office makes of a placement beside project and convenzione: what each says, who may make it, when, and from what."""

from .kinds import KINDS, PaperKind, available

__all__ = ["KINDS", "PaperKind", "available"]
