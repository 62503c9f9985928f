"""The solidarity fund's account of one year, as everybody may read it: small groups are folded together (rule 88)."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from solidarity_fund.models import BenefitRequest, Donor
from solidarity_fund.rules import Figures, PotYear, fold_pots, fold_small
from solidarity_fund.selectors.account import YearAccount, year_account

from ..tables import Column, Content, Figure, Kind, Picture, Said, Table, table
from ..wanted import Wanted


def account(access: Access, wanted: Wanted) -> Content:
    """Inflows by kind of donor, outflows by kind of help, and each pot: opening, in, back, out, closing, still promised. By the legs of the
    ledger; totals are the whole fund's, folded or not."""
    found = year_account(access, wanted.first.year)
    total = found.total
    given, helped = _given(found, wanted.least), _helped(found, wanted.least)
    pots = _pots(found, total, wanted.least)
    is_drawn = 1 < len(helped.rows) < 7 and all(isinstance(row[2], Decimal) and row[2] > 0 for row in helped.rows)
    return Content(
        tables=(given, helped, pots),
        figures=(
            Figure(_("Ricevuti"), total.received, Kind.EURO),
            Figure(_("Versati"), total.paid, Kind.EURO),
            Figure(_("Rimasti alla fine dell'anno"), total.closing, Kind.EURO),
            Figure(_("di cui già promessi"), total.committed, Kind.EURO),
        ),
        pictures=(
            Picture(
                "share_bar",
                _("A che cosa sono serviti"),
                tuple(str(row[0]) for row in helped.rows),
                ((_("Importo"), tuple(row[2] for row in helped.rows)),),
                "€",
            ),
        )
        if is_drawn
        else (),
        notes=(
            _("Ogni importo è la somma delle scritture del registro di gestione nell'anno; gli storni contano quando sono scritti."),
            _("Per ogni salvadanaio: all'inizio, più ricevuti, più rientrati, meno versati, dà quello che resta alla fine."),
            Said(_("Le voci con meno di %(least)s persone sono unite ad altre, così nessuno si riconosce."), least=wanted.least),
        ),
        empty="" if any(any(pot.sums) for pot in found.pots) else _("Nell'anno il fondo non ha movimenti."),
    )


def _given(found: YearAccount, least: int) -> Table:
    labels = dict(Donor.Kind.choices)
    return table(
        "entrate",
        _("Chi ha donato"),
        (Column(_("Da chi"), Kind.WORD), Column(_("Donatori"), Kind.INT, is_summed=False), Column(_("Importo"), Kind.EURO)),
        _groups(fold_small(found.donors, minimum=least), labels, _("più tipi insieme"), found.total.received),
        total=_("Totale"),
        note=_("Qui non c'è nessun nome: chi vuole comparire è nella pagina pubblica."),
    )


def _helped(found: YearAccount, least: int) -> Table:
    labels = dict(BenefitRequest.Kind.choices)
    return table(
        "uscite",
        _("A che cosa sono serviti"),
        (Column(_("Aiuto"), Kind.WORD), Column(_("Persone"), Kind.INT, is_summed=False), Column(_("Importo"), Kind.EURO)),
        _groups(fold_small(found.kinds, minimum=least), labels, _("altri aiuti"), found.total.paid),
        total=_("Totale"),
        note=_("Una persona con aiuti di più tipi conta in ognuno."),
    )


def _groups(groups: list[Figures], labels: Mapping[str, object], others: str, total: Decimal) -> list[tuple[str, int | None, Decimal]]:
    """The rows; when all are too small to be told apart, one for all, without how many."""
    if not groups and total:
        return [(_("tutto insieme"), None, total)]
    return [(str(labels.get(group.kind) or others), group.people or None, group.amount) for group in groups]


def _pots(found: YearAccount, total: PotYear, least: int) -> Table:
    rows = fold_pots(found.pots, minimum=least) or ([PotYear.sum_of("", found.pots)] if found.pots else [])
    words = (
        _("All'inizio"), _("Ricevuti"), _("Rientrati"), _("Versati"), _("Alla fine"), _("di cui promessi"), _("di cui liberi"),
    )  # fmt: skip
    return table(
        "salvadanai",
        _("Salvadanaio per salvadanaio"),
        (Column(_("Salvadanaio")), *(Column(word, Kind.EURO) for word in words)),
        [(pot.name or _("più salvadanai insieme"), *pot.sums) for pot in rows],
        total=_("Totale"),
        note=_("«Promessi» sono gli aiuti concessi e non ancora versati l'ultimo giorno dell'anno."),
    )
