"""Pages about people. A record outside one's own cases is asked for with a reason first."""

from ._base import AsksReason, OfPerson

__all__ = ["AsksReason", "OfPerson"]
