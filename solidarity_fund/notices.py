"""The messages of this room, each with an example (features row 149)."""

from datetime import date, time

from django.utils.translation import gettext_lazy as _

from impresasolidale.core.message_kinds import MessageKind
from impresasolidale.core.models import Message

from .services.commission import CALLED
from .services.proofs import REMINDER

EMAIL = Message.Channel.EMAIL

MESSAGES = (
    MessageKind(
        kind="solidarity_fund.sitting_called",
        title=_("Seduta della commissione del fondo"),
        when=_("Quando una seduta è convocata"),
        to=_("i componenti della commissione"),
        subject=CALLED,
        templates=((EMAIL, "solidarity_fund/email/sitting.txt"),),
        example=lambda: {
            "name": "Carla",
            "held_on": date(2027, 2, 3),
            "starts_at": time(15, 30),
            "place": "Sala civica",
            "url": "https://esempio.it/fondo/sedute/…",
        },
    ),
    MessageKind(
        kind="solidarity_fund.proof_due",
        title=_("Prova della spesa da raccogliere"),
        when=_("Una settimana prima del giorno, poi ogni settimana finché manca"),
        to=_("l'assistente sociale che ha chiesto l'aiuto"),
        subject=REMINDER,
        templates=((EMAIL, "solidarity_fund/email/proof_due.txt"),),
        example=lambda: {
            "kind": "trasporto",
            "due_on": date(2027, 2, 3),
            "is_late": False,
            "url": "https://esempio.it/fondo/richieste/…",
        },
    ),
)
