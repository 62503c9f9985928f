"""Pure functions about hosts."""

from .enums import SizeClass


def size_of(staff: int | None) -> str:
    """The size class by number of staff (EU Recommendation 2003/361); "" when the number is not known."""
    if staff is None:
        return ""
    limits = ((10, SizeClass.MICRO), (50, SizeClass.SMALL), (250, SizeClass.MEDIUM))
    return next((size for limit, size in limits if staff < limit), SizeClass.LARGE)
