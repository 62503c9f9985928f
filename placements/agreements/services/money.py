"""What a project says about its allowance, and which pots pay it (domain.md §1.7; rules 35, 38; house.md §3, Money)."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext as _

from impresasolidale.core.errors import DomainError
from impresasolidale.territory.rules import Rules, Severity
from impresasolidale.treasury.models import Pot

from ..enums import AllowanceModel
from ..models import FundingShare, PersonalProject
from ..money_rules import monthly_ceiling


@dataclass(frozen=True, kw_only=True)
class Source:
    """A pot that pays, with its weight among the others."""

    pot: Pot
    weight: int = 100


class Sourced(Protocol):
    @property
    def sources(self) -> tuple[Source, ...]: ...


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """The money of a plan, or of an amendment."""

    allowance_model: str = AllowanceModel.NONE
    allowance_amount: Decimal = Decimal(0)
    allowance_cap: Decimal | None = None  # of an hourly one, euro a month
    meals_provided: bool = False
    transport_provided: bool = False
    sources: tuple[Source, ...] = ()  # none: the payer's budget of the year

    @property
    def is_paid(self) -> bool:
        return self.allowance_model != AllowanceModel.NONE


def check_allowance(content: Allowance, book: Rules, *, longest_day: int) -> None:
    """Refuse an allowance without a sum, one over a ceiling that blocks (rule 38), and pots that pay no allowance, or twice."""
    if not content.is_paid:
        return
    if content.allowance_amount <= 0:
        raise DomainError(_("Scrivi l'importo del contributo, oppure scegli «nessun contributo»."), field="allowance_amount")
    ceiling = monthly_ceiling(book, meals=content.meals_provided, longest_day=longest_day)
    monthly = content.allowance_cap if content.allowance_model == AllowanceModel.HOURLY else content.allowance_amount
    if book.severity(38) == Severity.BLOCK and monthly is not None and monthly > ceiling:
        field = "allowance_cap" if content.allowance_model == AllowanceModel.HOURLY else "allowance_amount"
        raise DomainError(_("Il massimo al mese è %(ceiling)s euro (regola 38).") % {"ceiling": f"{ceiling:.2f}"}, field=field)
    check_sources(content.sources)


def check_sources(sources: Collection[Source]) -> None:
    pots = [source.pot.pk for source in sources]
    for n, source in enumerate(sources, 1):
        if source.pot.use not in Pot.ALLOWANCES:
            words = _("Il fondo di solidarietà serve solo per gli aiuti: per il contributo scegli un bilancio o un finanziamento.")
            raise DomainError(words, field=f"source_{n}")
        if pots.count(source.pot.pk) > 1:
            raise DomainError(_("Questa fonte c'è due volte: scrivila una volta sola, con più parti."), field=f"source_{n}")


def write_allowance(project: PersonalProject, content: Allowance) -> None:
    """The version's own columns; the caller saves."""
    is_hourly = content.allowance_model == AllowanceModel.HOURLY
    project.allowance_model = content.allowance_model
    project.allowance_amount = content.allowance_amount if content.is_paid else Decimal(0)
    project.allowance_cap = content.allowance_cap if is_hourly else None
    project.meals_provided, project.transport_provided = content.meals_provided, content.transport_provided


def write_sources(project: PersonalProject, content: Sourced) -> None:
    """The pots of a version in preparation, written whole."""
    project.shares.all().delete()
    sources = content.sources if project.allowance_model != AllowanceModel.NONE else ()
    FundingShare.objects.bulk_create(
        FundingShare(ambito_id=project.ambito_id, project=project, position=n, pot=source.pot, weight=source.weight)
        for n, source in enumerate(sources, 1)
    )
