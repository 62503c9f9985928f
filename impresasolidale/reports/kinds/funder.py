"""What a funder is sent: the activities (indicators, people without a name, hosts and training: domain.md §6, blocks 3 to 5) and, where the
funder pays for a project that is registered, its money half beside them."""

from collections import Counter
from collections.abc import Callable

from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from placements.beneficiaries.enums import Sex, TargetArea

from ..indicators import INDICATORS, SEED, TARGET_A_YEAR, Unit, side_by_side
from ..queries import people as queries
from ..queries import training
from ..tables import Column, Content, Figure, Kind, Said, Table, masked, table
from ..wanted import Wanted
from . import course
from .funded import money_of


def pack(access: Access, wanted: Wanted) -> Content:
    """Both halves in one paper."""
    done, paid = activity(access, wanted), money_of(access, wanted)
    return Content(
        tables=(*done.tables, *paid.tables),
        figures=(*done.figures, *paid.figures),
        pictures=paid.pictures,
        notes=(*done.notes, *paid.notes),
        empty="" if paid.tables else done.empty,
    )


def activity(access: Access, wanted: Wanted) -> Content:
    """What was done with the help of one source. It leaves the Ambito: small numbers are hidden (rule 88). It says nothing of money."""
    found = queries.people(access, wanted.first, wanted.last, source=wanted.source)
    placements, additional, hosts = queries.funded(access, wanted.source, wanted.first, wanted.last)
    editions = training.editions(access, wanted.first, wanted.last)
    hidden = Said(_("Un trattino sta al posto dei numeri che riguardano meno di %(least)s persone."), least=wanted.least)

    def counted(code: str, title: str, first: str, key: Callable[[queries.Person], str], order: list[str]) -> Table:
        counts = Counter(key(person) for person in found)
        columns = (Column(first, Kind.WORD), Column(_("Persone"), Kind.INT))
        return masked(code, title, columns, [(w, counts[w]) for w in order], least=wanted.least, total=_("Totale"), note=hidden)

    def shown(count: int) -> int | None:
        return None if 0 < count < wanted.least else count

    what = table(
        "attivita",
        _("Che cosa è stato fatto"),
        (Column(_("Che cosa"), Kind.WORD), Column(_("Numero"), Kind.INT, is_summed=False)),
        [
            (_("Tirocini"), shown(placements)),
            (_("di cui in più rispetto a quelli già previsti"), shown(additional) if shown(placements - additional) is not None else None),
            (_("Imprese che hanno ospitato"), shown(hosts)),
            (_("Corsi per i tutor"), len(editions)),
            (_("Tutor con l'attestato"), sum(e.certified for e in editions)),
        ],
    )
    sides = side_by_side(access, wanted.period, least=wanted.least)
    promised = [i for i in INDICATORS if i.source == SEED and i.unit == Unit.NUMBER]
    target = TARGET_A_YEAR * wanted.period.months // 12
    indicators = table(
        "indicatori",
        _("Gli indicatori promessi"),
        (
            Column(_("Indicatore"), Kind.WORD),
            Column(_("Ambito"), Kind.INT, is_summed=False),
            Column(_("Rete"), Kind.INT, is_summed=False),
            Column(_("Obiettivo della rete"), Kind.INT, is_summed=False),
            Column(_("Che cosa dice"), Kind.WORD),
        ),
        [
            (
                str(i.label), sides.told(access.ambito_id, i.code), sides.told(None, i.code),
                target if i.code == "additional" else None, str(i.definition),
            )
            for i in promised
        ],
        note=Said(_("L'obiettivo scritto nel progetto è di circa %(n)s tirocini in più all'anno in tutta la rete."), n=TARGET_A_YEAR),
    )  # fmt: skip
    areas = list(dict.fromkeys(map(queries.area_words, TargetArea.values)))
    return Content(
        tables=(
            what,
            indicators,
            counted("aree", _("Le persone, per area"), _("Area"), lambda p: queries.area_words(p.area), areas),
            counted("eta", _("Le persone, per età"), _("Età"), lambda p: queries.age_band(p.age), [w for _l, _h, w in queries.AGES]),
            counted(
                "sesso", _("Le persone, per sesso"), _("Sesso"), lambda p: str(Sex(p.sex).label), [str(Sex(s).label) for s in Sex.values]
            ),
            *course.of_source(access, wanted),
        ),
        figures=(
            Figure(_("Persone"), shown(len(found))),
            Figure(_("Tirocini"), shown(placements)),
            Figure(_("Imprese"), shown(hosts)),
            Figure(_("Corsi"), len(editions)),
        ),
        notes=(
            _("Sono i tirocini che dicono di essere pagati da questo finanziatore e che nel periodo hanno un foglio presenze."),
            _("L'età è quella dell'ultimo giorno del periodo."),
        ),
        empty="" if found else _("Nel periodo nessun tirocinio con questo finanziatore ha un foglio presenze."),
    )
