"""The messages of this room, each with an example (features row 149)."""

from datetime import UTC, date, datetime
from functools import partial
from types import SimpleNamespace as Invented

from django.utils.translation import gettext_lazy as _

from impresasolidale.core.message_kinds import MessageKind
from impresasolidale.core.models import Message

from .enums import Harm
from .services.evaluations import LINK, SUBJECT_LINE
from .services.talk import SUBJECTS

EMAIL, SMS = Message.Channel.EMAIL, Message.Channel.SMS

MESSAGES = (
    MessageKind(
        kind="monitoring.accident",
        title=_("Un incidente durante un tirocinio"),
        when=_("Subito, quando il tutor o l’ufficio lo segnalano"),
        to=_("chi segue il tirocinio, o gli assistenti sociali"),
        subject=_("Urgente: un incidente durante un tirocinio"),
        templates=((EMAIL, "monitoring/email/accident.txt"),),
        example=lambda: {
            "user": Invented(first_name="Anna"),
            "company": "Panificio Esempio",
            "at": datetime(2027, 1, 11, 8, 30, tzinfo=UTC),
            "harm": Harm.TREATED.label,
            "url": "https://esempio.it/monitoraggio/incidenti/…",
        },
    ),
    MessageKind(
        kind=LINK,
        title=_("Il collegamento per dire come va il tirocinio"),
        when=_("Quando l’ufficio lo manda dalla pagina della valutazione"),
        to=_("la persona, o la famiglia"),
        subject=SUBJECT_LINE,
        templates=((EMAIL, "monitoring/email/evaluation_link.txt"), (SMS, "monitoring/email/evaluation_link_sms.txt")),
        example=lambda: {
            "name": "Anna",
            "is_person": True,
            "company": "Panificio Esempio",
            "url": "https://esempio.it/la-mia-valutazione/…",
            "expires_at": date(2027, 1, 25),
        },
    ),
    *(
        MessageKind(
            kind=kind,
            title=title,
            when=when,
            to=_("il coordinatore") if is_late else _("il referente del caso, o gli assistenti sociali"),
            subject=SUBJECTS[is_late, is_urgent],
            templates=((EMAIL, "monitoring/email/talk.txt"),),
            example=partial(
                dict,
                user=Invented(first_name="Anna"),
                is_urgent=is_urgent,
                is_late=is_late,
                due_on=date(2027, 1, 13),
                url="https://esempio.it/monitoraggio/colloqui/…",
            ),
        )
        for kind, title, when, is_late, is_urgent in (
            ("monitoring.talk", _("Una persona chiede di parlare"), _("Subito, quando la persona lo chiede"), False, False),
            (
                "monitoring.talk_urgent",
                _("Una persona chiede di parlare: urgente"),
                _("Subito, quando la persona dice che qualcuno la tratta male"),
                False,
                True,
            ),
            (
                "monitoring.talk_late",
                _("Una richiesta di parlare senza risposta"),
                _("La mattina dopo il giorno entro cui rispondere"),
                True,
                False,
            ),
        )
    ),
)
