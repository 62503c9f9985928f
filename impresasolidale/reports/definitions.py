"""The kinds of report, one line each. A new one is a function that lays out its tables and an entry here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.accounts.permissions import Role

from .enums import Scope
from .kinds import activity, comuni, fund, funder, hosts, money, monitoring, survey, training
from .tables import Content
from .units import Unit
from .wanted import Wanted


@dataclass(frozen=True)
class Definition:
    """`version` rises when a column or its meaning changes. `slug` is its word in addresses, `about` says in a line what it is for.

    `permission`: who may order and read it. `has_names`: its files are one row a person, and whoever opens one is noted. `is_automatic`:
    the calendar makes it for every Ambito (or network) without being asked. `readers`: who is told then.
    """

    code: str
    slug: str
    title: Any
    about: Any
    unit: Unit
    scope: Scope
    content: Callable[[Access, Wanted], Content]
    permission: P = P.ORDER_REPORTS
    version: int = 1
    has_names: bool = False
    is_automatic: bool = False
    readers: tuple[Role, ...] = (Role.COORDINATOR,)
    landscape: bool = False


DEFINITIONS = (
    Definition(
        "monthly_monitoring",
        "monitoraggio-mensile",
        _("Monitoraggio mensile"),
        _("Presenze e ore di tutti i tirocini di un mese, una riga per tirocinio."),
        Unit.MONTH,
        Scope.AMBITO,
        monitoring.monthly,
        version=2,
        has_names=True,
        is_automatic=True,
        landscape=True,
    ),
    Definition(
        "quarterly_activity",
        "attivita-trimestrale",
        _("Attività del trimestre"),
        _("Persone, tirocini, imprese e ore di tre mesi, visite, valutazioni e che cosa viene dopo."),
        Unit.QUARTER,
        Scope.AMBITO,
        activity.of_ambito,
        version=2,
        is_automatic=True,
        landscape=True,
    ),
    Definition(
        "yearly_activity",
        "attivita-annuale",
        _("Attività dell'anno"),
        _("Lo stesso per un anno intero: per la relazione dell'Ufficio di Piano."),
        Unit.YEAR,
        Scope.AMBITO,
        activity.of_ambito,
        version=2,
        is_automatic=True,
        landscape=True,
    ),
    Definition(
        "network_quarter",
        "rete-trimestre",
        _("La rete nel trimestre"),
        _("Gli Ambiti insieme, solo somme: i numeri piccoli restano nascosti."),
        Unit.QUARTER,
        Scope.NETWORK,
        activity.of_network,
        P.ORDER_AGGREGATES,
        version=2,
        landscape=True,
    ),
    Definition(
        "network_year",
        "rete-anno",
        _("La rete nell'anno"),
        _("Gli Ambiti insieme in un anno, solo somme: per la provincia e per chi controlla."),
        Unit.YEAR,
        Scope.NETWORK,
        activity.of_network,
        P.ORDER_AGGREGATES,
        version=2,
        is_automatic=True,
        landscape=True,
    ),
    Definition(
        "hosts_capacity",
        "imprese-e-posti",
        _("Imprese e posti"),
        _("Chi ospita, in che settori, quanti posti ci sono, chi torna a ospitare."),
        Unit.QUARTER,
        Scope.AMBITO,
        hosts.capacity,
    ),
    Definition(
        "tutor_training",
        "formazione-tutor",
        _("Formazione dei tutor"),
        _("Corsi, ore e attestati dell'anno, e chi segue qualcuno senza essere formato."),
        Unit.YEAR,
        Scope.AMBITO,
        training.tutors,
        landscape=True,
    ),
    Definition(
        "funder_activity",
        "finanziatore",
        _("Relazione al finanziatore"),
        _("Che cosa è stato fatto e speso con l'aiuto di un finanziatore, con il suo logo e senza nomi."),
        Unit.FREE,
        Scope.SOURCE,
        funder.pack,
        version=3,
        landscape=True,
    ),
    Definition(
        "comune_sheet",
        "scheda-comune",
        _("Scheda del Comune"),
        _("I residenti di un Comune in tirocinio, le ore, i soldi a suo carico."),
        Unit.YEAR,
        Scope.COMUNE,
        comuni.sheet,
        P.ORDER_COMUNE_SHEETS,
        has_names=True,
        landscape=True,
    ),
    Definition(
        "comune_council",
        "scheda-consiglio",
        _("Scheda per il Consiglio comunale"),
        _("La scheda del Comune senza nomi, con i numeri piccoli nascosti."),
        Unit.YEAR,
        Scope.COMUNE,
        comuni.council,
        P.ORDER_COMUNE_SHEETS,
    ),
    Definition(
        "cost_shares",
        "riparto",
        _("Riparto della spesa tra i Comuni"),
        _("La spesa comune divisa al centesimo tra i Comuni, con la chiave in vigore."),
        Unit.YEAR,
        Scope.AMBITO,
        comuni.shares,
        P.SEE_MONEY,
        readers=(Role.COORDINATOR, Role.ACCOUNTING),
    ),
    Definition(
        "spending_by_source",
        "spesa-per-fonte",
        _("Contributi e spesa per fonte"),
        _("Quanto è stato riconosciuto alle persone, e da dove vengono i soldi."),
        Unit.QUARTER,
        Scope.AMBITO,
        money.by_source,
        P.SEE_MONEY,
        readers=(Role.COORDINATOR, Role.ACCOUNTING),
    ),
    Definition(
        "istat_survey",
        "rilevazione-istat",
        _("Rilevazione ISTAT dei servizi sociali"),
        _("Utenti e spesa per area in un anno, pronti da copiare nella rilevazione."),
        Unit.YEAR,
        Scope.AMBITO,
        survey.users_and_spending,
    ),
    Definition(
        "fund_account",
        "rendiconto-fondo",
        _("Rendiconto del fondo di solidarietà"),
        _("Che cosa è entrato nel fondo e a che cosa è servito, in un anno: solo somme."),
        Unit.YEAR,
        Scope.NETWORK,
        fund.account,
        P.SEE_REPORTS,
        readers=(Role.COORDINATOR, Role.ACCOUNTING),
        landscape=True,
    ),
)
BY_CODE = {definition.code: definition for definition in DEFINITIONS}
BY_SLUG = {definition.slug: definition for definition in DEFINITIONS}


def is_open_to(definition: Definition, access: Access) -> bool:
    """Whether somebody may order and read this kind. Who works for some comuni alone gets what is about a comune; whoever has no
    Ambito, what is about the network."""
    if not access.may(definition.permission):
        return False
    if definition.scope == Scope.NETWORK:
        return access.network_id is not None and access.comuni is None
    return access.ambito_id is not None and (access.comuni is None or definition.scope == Scope.COMUNE)


def open_to(access: Access) -> list[Definition]:
    return [definition for definition in DEFINITIONS if is_open_to(definition, access)]
