"""Writes of the scheme."""

from ..models import SchemeVersion


def kept(scheme: SchemeVersion) -> SchemeVersion:
    """The same scheme as a row: version 0 is saved by the first application that is judged by it."""
    if scheme.pk is not None:
        return scheme
    values = {name: getattr(scheme, name) for name in ("name", "state", "published_on", "validity_months", "definition")}
    row, _made = SchemeVersion.objects.get_or_create(network_id=scheme.network_id, version=scheme.version, defaults=values)
    return row
