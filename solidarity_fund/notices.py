"""The messages of this room, each with an example (features row 149)."""

from datetime import date, time

from django.utils.translation import gettext_lazy as _

from impresasolidale.core.message_kinds import MessageKind
from impresasolidale.core.models import Message

from .services.commission import CALLED
from .services.proofs import DUE_PERSON, REMINDER, REMINDER_PERSON
from .services.receipts import THANKS, THANKS_SUBJECT

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
    MessageKind(
        kind=DUE_PERSON,
        title=_("Prova della spesa da portare"),
        when=_("Negli stessi giorni, a chi ha ricevuto l'aiuto, se ha un indirizzo e i promemoria non sono sospesi"),
        to=_("la persona, o chi firma per lei"),
        subject=REMINDER_PERSON,
        templates=((EMAIL, "solidarity_fund/email/proof_due_person.txt"),),
        example=lambda: {"name": "Dario", "is_person": True, "due_on": date(2027, 2, 3), "is_late": False},
    ),
    MessageKind(
        kind=THANKS,
        title=_("Grazie a chi ha donato"),
        when=_("Quando l'ufficio manda la ricevuta di un dono a chi ha detto di volerla"),
        to=_("chi ha donato: per posta elettronica con il suo collegamento, oppure per lettera"),
        subject=THANKS_SUBJECT,
        templates=(
            (Message.Channel.EMAIL, "solidarity_fund/email/thanks.txt"),
            (Message.Channel.LETTER, "solidarity_fund/email/thanks_letter.txt"),
        ),
        example=lambda: {
            "name": "Falegnameria Esempio",
            "body_name": "Comune di Esempio",
            "number": "2026/000012",
            "issued_on": date(2026, 12, 4),
            "url": "https://esempio.it/i-miei-doni/…",
            "expires_at": date(2027, 3, 4),
        },
        is_personal=True,
    ),
)
