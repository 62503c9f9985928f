"""The project in plain words: what it is, who does it, what a placement is, with whom we work. Figures are the published ones."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.projects.enums import PartnerKind
from impresasolidale.projects.selectors.partners import PublicPartner, public_partners
from impresasolidale.territory.selectors import offices_of

from . import selectors
from .views import Home, PublicPage

# Kinds of partner in the order of the page: many comuni come last.
GROUPS = {
    PartnerKind.PROVINCE: _("La Provincia"),
    PartnerKind.PUBLIC: _("Altri enti pubblici"),
    PartnerKind.COOPERATIVE: _("Cooperative sociali e loro consorzi"),
    PartnerKind.NON_PROFIT: _("Altri enti senza fini di lucro"),
    PartnerKind.CHAMBER: _("La Camera di commercio"),
    PartnerKind.TRADE: _("Associazioni di categoria"),
    PartnerKind.UNION: _("Sindacati"),
    PartnerKind.COMPANY: _("Imprese"),
    PartnerKind.COMUNE: _("I Comuni"),
}
LONG = 12  # a group with more is told in columns, and what all do is told once


def _common(rows: list[PublicPartner]) -> tuple[str, ...]:
    """The roles that all of a group have."""
    return tuple(role for role in rows[0].roles if all(role in row.roles for row in rows)) if rows else ()


class Project(Home):
    """The whole of it: the home page's figures with the words of the founding document."""

    template_name = "website/project.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ambiti = selectors.ambiti()
        cards = offices_of(ambiti)
        offices = [(ambito, cards[ambito.pk]) for ambito in ambiti]
        return super().get_context_data(offices=offices, inhabitants=selectors.inhabitants_of_the_project(), **kwargs)


class Placement(PublicPage):
    """What a TRR is."""

    template_name = "website/placement.html"


class PlacementEasy(PublicPage):
    """The same with short sentences, one thing a line, a drawing each."""

    template_name = "website/placement_easy.html"


class Partners(PublicPage):
    """Who is in the network today: name, kind, role, site. Nobody's name, telephone or address."""

    template_name = "website/partners.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        with selectors.visitor() as access:
            found = public_partners(access, timezone.localdate())
        groups = [
            {"title": title, "rows": found[kind], "is_long": len(found[kind]) > LONG, "common": _common(found[kind])}
            for kind, title in GROUPS.items()
            if found[kind]
        ]
        return super().get_context_data(groups=groups, **kwargs)
