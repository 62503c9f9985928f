"""What an Ambito tells its comuni: the sheet of each, the same without names for the council, and how a common cost is shared."""

from decimal import Decimal

from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.words import euro
from placements.agreements.enums import PlacementState

from ..enums import Basis
from ..models import SplitKey
from ..queries import comuni as queries
from ..queries import money
from ..tables import Column, Content, Figure, Kind, Said, Table, table
from ..wanted import Wanted

ZERO = Decimal("0.00")


def _shared(access: Access, wanted: Wanted) -> tuple[SplitKey | None, Decimal, list[queries.Part], list[money.Recognised]]:
    """The key of the last day, what the comuni spend together, each one's part, and all that was recognised."""
    spent = money.recognised(access, wanted.first, wanted.last)
    common = sum((r.amount for r in spent if r.is_lead), ZERO)
    key = queries.key_on(access, wanted.last)
    parts = queries.parts(common, queries.weights(access, key.basis, wanted.first, wanted.last)) if key else []
    return key, common, parts, spent


def _money(wanted: Wanted, key: SplitKey | None, common: Decimal, parts: list[queries.Part], spent: list[money.Recognised]) -> Table:
    """What the comune pays: by itself, and its part of what is common."""
    assert wanted.comune
    own = [r for r in spent if not r.is_lead and r.comune_id == wanted.comune.pk]
    rows = [(r.pot, _("a carico del Comune"), r.amount) for r in own]
    part = next((p for p in parts if p.comune_id == wanted.comune.pk), None)
    if part and key:
        rows.append(
            (_("Spesa comune dell'Ambito"), _("quota, in proporzione a: %(basis)s") % {"basis": key.get_basis_display()}, part.amount)
        )
    note = (
        Said(_("La spesa comune del periodo è di %(euro)s; la chiave è quella dell'atto: %(act)s."), euro=euro(common), act=key.act)
        if key
        else _("Manca la chiave di riparto: la quota della spesa comune si vede quando l'Ambito la scrive.")
    )
    columns = (Column(_("Da dove vengono i soldi"), Kind.WORD), Column(_("Come"), Kind.WORD), Column(_("Importo"), Kind.EURO))
    return table("soldi", _("Soldi a carico del Comune"), columns, rows, total=_("Totale"), note=note)


def sheet(access: Access, wanted: Wanted) -> Content:
    """The residents of a comune in placement, their hours, and what the comune pays for its own service."""
    assert wanted.comune
    rows = queries.residents(access, wanted.comune.pk, wanted.first, wanted.last)
    people = table(
        "persone",
        _("Residenti in tirocinio"),
        (
            Column(_("Persona")),
            Column(_("Impresa")),
            Column(_("Dal"), Kind.DAY),
            Column(_("Al"), Kind.DAY),
            Column(_("Stato"), Kind.WORD),
            Column(_("Ore previste"), Kind.MINUTES),
            Column(_("Ore fatte"), Kind.MINUTES),
            Column(_("Ore riconosciute"), Kind.MINUTES),
            Column(_("Presenza %"), Kind.PERCENT, ratio=(6, 5)),
        ),
        [
            (r.person, r.company, r.starts_on, r.ends_on, str(PlacementState(r.state).label), r.planned, r.done, r.credited, None)
            for r in rows
        ],
        total=_("Totale"),
    )
    charged = _money(wanted, *_shared(access, wanted))
    assert people.totals and charged.totals
    return Content(
        tables=(people, charged),
        figures=(
            Figure(_("Tirocini"), len(rows)),
            Figure(_("Ore fatte"), people.totals[6], Kind.MINUTES),
            Figure(_("Soldi a carico del Comune"), charged.totals[2], Kind.EURO),
        ),
        notes=(
            _("Sono le persone che oggi risiedono nel Comune e che nel periodo hanno un foglio presenze."),
            _("I soldi sono i contributi dei mesi confermati dall'ufficio."),
            _("Quelli a carico del Comune, e la sua quota di quelli a carico dell'ente capofila."),
        ),
        empty="" if rows else _("Nel periodo nessun residente del Comune è in tirocinio: le tabelle restano vuote."),
    )


def council(access: Access, wanted: Wanted) -> Content:
    """The same for who sits in the council: no name, and nothing about fewer people than the rule book says (rule 88)."""
    assert wanted.comune
    rows = queries.residents(access, wanted.comune.pk, wanted.first, wanted.last)
    people = len({r.who for r in rows})
    is_small = 0 < people < wanted.least
    key, common, parts, spent = _shared(access, wanted)
    charged = _money(wanted, key, common, parts, spent)
    # A comune's own payments are those of its few people; a part by people or hours says how many they are. A part by inhabitants does not.
    if is_small and not (key and key.basis == Basis.INHABITANTS and len(charged.rows) == 1):
        hidden = tuple((*row[:2], None) for row in charged.rows)
        charged = Table(charged.code, charged.title, charged.columns, hidden, (_("Totale"), None, None), charged.note)

    def shown(value: int) -> int | None:
        return None if is_small else value

    counts = table(
        "numeri",
        _("Residenti in tirocinio"),
        (Column(_("Che cosa"), Kind.WORD), Column(_("Numero"), Kind.INT, is_summed=False)),
        [(_("Persone"), shown(people)), (_("Tirocini"), shown(len(rows))), (_("Imprese"), shown(len({r.where for r in rows})))],
        note=Said(_("Un trattino sta al posto dei numeri che riguardano meno di %(least)s persone."), least=wanted.least),
    )
    done = sum(r.done for r in rows)
    assert charged.totals
    return Content(
        tables=(counts, charged),
        figures=(
            Figure(_("Persone"), shown(people)),
            Figure(_("Ore fatte"), shown(done), Kind.MINUTES),
            Figure(_("Soldi a carico del Comune"), charged.totals[2], Kind.EURO),
        ),
        notes=(_("Qui non c'è nessun nome: è la scheda per il Consiglio comunale."),),
        empty="" if rows else _("Nel periodo nessun residente del Comune è in tirocinio."),
    )


def shares(access: Access, wanted: Wanted) -> Content:
    """What the comuni of the Ambito spent together in the period, shared among them to the cent by the key in force."""
    key, common, parts, _spent = _shared(access, wanted)
    basis = str(key.get_basis_display()) if key else ""
    weight = Column(
        _("Ore") if key and key.basis == Basis.HOURS else _("Peso"), Kind.MINUTES if key and key.basis == Basis.HOURS else Kind.INT
    )
    rows = table(
        "quote",
        _("Quote dei Comuni"),
        (Column(_("Comune")), weight, Column(_("Quota"), Kind.EURO)),
        [(p.comune, p.weight, p.amount) for p in parts],
        total=_("Totale"),
        note=Said(_("In proporzione a: %(basis)s. Atto: %(act)s."), basis=basis, act=key.act) if key else "",
    )
    return Content(
        tables=(rows,),
        figures=(Figure(_("Spesa da dividere"), common, Kind.EURO), Figure(_("Comuni"), len(parts))),
        notes=(
            _("Si divide quello che nel periodo è stato riconosciuto a carico dell'ente capofila."),
            _("I centesimi che restano vanno ai resti più alti, nell'ordine dei nomi: la somma delle quote è la spesa."),
            _("Gli abitanti sono quelli del censimento 2011."),
        ),
        empty="" if key else _("Manca la chiave di riparto: scrivila, con l'atto che la approva, e chiedi di nuovo il rapporto."),
    )
