"""The messages of this room, each with an example (features row 149)."""

from datetime import UTC, date, datetime
from functools import partial
from types import SimpleNamespace as Invented

from django.utils.translation import gettext_lazy as _

from impresasolidale.core.message_kinds import MessageKind
from impresasolidale.core.models import Message

from .enums import Word
from .services.checkins import SUBJECT_LINE as WORD_SUBJECT
from .services.portal import SUBJECT_LINE

EMAIL, SMS = Message.Channel.EMAIL, Message.Channel.SMS

MESSAGES = (
    MessageKind(
        kind="attendance.portal_link",
        title=_("Collegamento alle presenze"),
        when=_("Quando l’ufficio lo manda, e il venerdì se le regole dell’Ambito lo vogliono"),
        to=_("il tutor aziendale"),
        subject=SUBJECT_LINE,
        templates=(
            (EMAIL, "attendance/email/link.txt"),
            (SMS, "attendance/email/link_sms.txt"),
        ),
        example=lambda: {
            "name": "Carla",
            "body_name": "Comune di Esempio",
            "url": "https://esempio.it/presenze/…",
            "expires_at": date(2027, 1, 31),
            "is_weekly": False,
        },
        is_personal=True,
    ),
    MessageKind(
        kind="attendance.sheet_missing",
        title=_("Presenze da chiudere"),
        when=_("Dal giorno scritto nelle regole, se il mese finito è ancora aperto"),
        to=_("il tutor aziendale"),
        subject=_("Presenze da chiudere"),
        templates=((EMAIL, "attendance/email/sheet_missing.txt"),),
        example=lambda: {"tutor": Invented(first_name="Carla"), "count": 2, "url": "https://esempio.it/presenze/oggi/"},
    ),
    *(
        MessageKind(
            kind=f"attendance.word_{word.value}",
            title=title,
            when=_("Quando la persona lo dice al cartello, per telefono o al tutor"),
            to=_("il tutor aziendale"),
            subject=WORD_SUBJECT,
            templates=((EMAIL, "attendance/email/word.txt"),),
            example=partial(
                dict,
                name="Carla",
                person="Dario P.",
                word=word,
                at=datetime(2027, 1, 11, 8, 30, tzinfo=UTC),
                url="https://esempio.it/presenze/oggi/",
            ),
        )
        for word, title in (
            (Word.NOT_TODAY, _("Oggi non viene")),
            (Word.LATER, _("Arriva più tardi")),
            (Word.CALL_ME, _("Chiede di essere chiamata")),
        )
    ),
)
