"""Reads of the scheme: the version a new application begins with."""

from datetime import date

from impresasolidale.accounts.access import Access

from ..enums import SchemeState
from ..models import SchemeVersion
from ..plain_scheme import NAME, PLAIN
from .facts import common_rules, network_of


def scheme_in_force(access: Access, today: date) -> SchemeVersion:
    """The latest published version; until one is, version 0, not yet saved: the first application publishes it."""
    published = SchemeVersion.objects.filter(network_id=access.network_id, state=SchemeState.PUBLISHED, published_on__lte=today)
    return published.order_by("-version").first() or SchemeVersion(
        network_id=access.network_id,
        version=0,
        name=NAME,
        state=SchemeState.PUBLISHED,
        published_on=today,
        validity_months=common_rules(network_of(access), today).certificate_validity_months,
        definition=PLAIN.to_json(),
    )
