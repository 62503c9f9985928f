"""What happens during a placement, and what it came to."""

from .accidents import Accident, AccidentNotice

__all__ = ["Accident", "AccidentNotice"]
