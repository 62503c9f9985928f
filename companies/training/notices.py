"""The messages of this room, each with an example (features row 149)."""

from datetime import date, time
from types import SimpleNamespace as Invented

from django.utils.translation import gettext_lazy as _

from impresasolidale.core.message_kinds import MessageKind
from impresasolidale.core.models import Message

from .services.enrolments import INVITATION, SEAT

EMAIL = Message.Channel.EMAIL

MESSAGES = (
    MessageKind(
        kind="training.invitation",
        title=_("Invito a un corso"),
        when=_("Quando un tutor è invitato a un corso"),
        to=_("il tutor aziendale"),
        subject=INVITATION,
        templates=((EMAIL, "training/email/invitation.txt"),),
        example=lambda: {
            "name": "Carla",
            "course": "Accogliere in azienda",
            "place": "Sala civica",
            "meetings": [Invented(on=date(2027, 2, 3), starts_at=time(14), minutes=240)],
            "url": "https://esempio.it/presenze/formazione/…",
        },
    ),
    MessageKind(
        kind="training.seat",
        title=_("Si è liberato un posto"),
        when=_("Quando un tutor in attesa entra nel corso"),
        to=_("il tutor aziendale"),
        subject=SEAT,
        templates=((EMAIL, "training/email/seat.txt"),),
        example=lambda: {
            "name": "Carla",
            "course": "Accogliere in azienda",
            "place": "Sala civica",
            "meetings": [Invented(on=date(2027, 2, 3), starts_at=time(14), minutes=240)],
            "url": "https://esempio.it/presenze/formazione/…",
        },
    ),
)
