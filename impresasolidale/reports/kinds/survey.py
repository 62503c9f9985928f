"""Users and spending by area, as the yearly survey of municipal social services asks (domain.md §12.8)."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from placements.beneficiaries.enums import TargetArea

from ..queries import activity, money
from ..tables import Column, Content, Figure, Kind, table
from ..wanted import Wanted

# Our areas in the survey's words. A proposal of ours: the survey's instructions of the year decide, and the report says so.
AREAS = {
    TargetArea.DISABILITY: gettext_lazy("Disabili"),
    TargetArea.ADDICTION: gettext_lazy("Dipendenze"),
    TargetArea.MENTAL_HEALTH: gettext_lazy("Povertà, disagio adulti e senza dimora"),
    TargetArea.DISADVANTAGE: gettext_lazy("Povertà, disagio adulti e senza dimora"),
    TargetArea.JUDICIAL: gettext_lazy("Povertà, disagio adulti e senza dimora"),
}


def users_and_spending(access: Access, wanted: Wanted) -> Content:
    """A row an area of the survey: a person stands in one alone."""
    done = activity.done_by(activity.sheets_of(access, wanted.first, wanted.last), "placement__beneficiary__target_area")
    spent = money.recognised_by(access, wanted.first, wanted.last, "target_area")
    users: dict[str, int] = {}
    sums: dict[str, Decimal] = {}
    for area in AREAS:
        words = str(AREAS[area])
        users[words] = users.get(words, 0) + sum(d.people for d in done if d.key == area)
        sums[words] = sums.get(words, money.ZERO) + spent.get(area, money.ZERO)
    rows = table(
        "aree",
        _("Utenti e spesa per area"),
        (Column(_("Area di utenza"), Kind.WORD), Column(_("Utenti nell'anno"), Kind.INT), Column(_("Spesa nell'anno"), Kind.EURO)),
        [(words, users[words], sums[words]) for words in users],
        total=_("Totale"),
        note=_("Le aree sono quelle della rilevazione; come ci entrano le nostre va confermato con le istruzioni dell'anno."),
    )
    assert rows.totals
    return Content(
        tables=(rows,),
        figures=(Figure(_("Utenti nell'anno"), rows.totals[1]), Figure(_("Spesa nell'anno"), rows.totals[2], Kind.EURO)),
        notes=(
            _("Utenti: le persone con un foglio presenze nell'anno, ognuna una volta. Spesa: i contributi dei mesi confermati."),
            _("Serve per compilare la rilevazione ISTAT: non pubblicarla così, perché i numeri piccoli qui si vedono."),
        ),
        empty="" if done else _("Nell'anno nessun tirocinio dell'Ambito ha un foglio presenze: le tabelle restano vuote."),
    )
