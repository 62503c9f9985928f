"""Training of the company tutors."""

from django.utils.translation import gettext as _

from companies.training.enums import CourseKind
from impresasolidale.accounts.access import Access

from ..queries import training as queries
from ..tables import Column, Content, Figure, Kind, Picture, table
from ..wanted import Wanted


def tutors(access: Access, wanted: Wanted) -> Content:
    """Courses of the period, and how the tutors stand at its end (rules 91, 92)."""
    held = queries.editions(access, wanted.first, wanted.last)
    found = queries.tutors(access, wanted.last)
    courses = table(
        "corsi",
        _("Corsi conclusi nel periodo"),
        (
            Column(_("Corso")),
            Column(_("Tipo"), Kind.WORD),
            Column(_("Dal"), Kind.DAY),
            Column(_("Al"), Kind.DAY),
            Column(_("Durata"), Kind.MINUTES),
            Column(_("Iscritti"), Kind.INT),
            Column(_("Hanno frequentato"), Kind.INT),
            Column(_("Attestati"), Kind.INT),
            Column(_("Ore seguite"), Kind.MINUTES),
        ),
        [
            (e.title, str(CourseKind(e.kind).label), e.first_on, e.last_on, e.minutes, e.enrolled, e.attended, e.certified, e.followed)
            for e in held
        ],
        total=_("Totale"),
        note=_("Le ore seguite sono di tutti i partecipanti insieme."),
    )
    entrusted = table(
        "tutor",
        _("Tutor che seguono qualcuno"),
        (
            Column(_("Tutor")),
            Column(_("Impresa")),
            Column(_("Persone"), Kind.INT),
            Column(_("Ore di corso"), Kind.MINUTES, is_summed=False),
            Column(_("Formato dal"), Kind.DAY),
            Column(_("Aggiornamento entro"), Kind.DAY),
        ),
        [(t.name, t.company, t.people, t.minutes, t.trained_on, t.due_on) for t in found.entrusted],
        total=_("Totale"),
        note=_("Sono i tutor che l'ultimo giorno del periodo seguono qualcuno dell'Ambito. Un trattino: non ancora."),
    )
    there = {t.name: t for t in found.entrusted}.values()
    standing = table(
        "situazione",
        _("Come sono formati"),
        (Column(_("Che cosa"), Kind.WORD), Column(_("Tutor"), Kind.INT, is_summed=False)),
        [
            (_("tutor che lavorano in un'impresa della rete"), found.working),
            (_("formati"), found.trained),
            (_("da formare"), found.to_train),
            (_("con l'aggiornamento scaduto"), found.to_refresh),
            (_("seguono qualcuno e non sono formati"), sum(t.trained_on is None for t in there)),
        ],
    )
    is_anything = bool(held or found.working)
    return Content(
        tables=(standing, courses, entrusted),
        figures=(
            Figure(_("Corsi"), len(held)),
            Figure(_("Ore seguite"), courses.totals[8] if courses.totals else 0, Kind.MINUTES),
            Figure(_("Attestati"), courses.totals[7] if courses.totals else 0),
            Figure(_("Tutor formati"), found.trained),
            Figure(_("Tutor da formare"), found.to_train),
        ),
        pictures=(Picture("donut", _("Tutor"), (_("formati"), _("da formare")), ((_("Tutor"), (found.trained, found.to_train)),)),)
        if found.working
        else (),
        notes=(
            _("Un tutor è formato quando ha l'attestato di un corso iniziale, o di un corso riconosciuto al suo posto."),
            _("I corsi sono della rete: valgono per tutti gli Ambiti."),
        ),
        empty="" if is_anything else _("Nel periodo non ci sono corsi e non c'è nessun tutor."),
    )
