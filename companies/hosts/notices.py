"""The messages of this room, each with an example (features row 149)."""

from datetime import date
from types import SimpleNamespace as Invented

from django.utils.translation import gettext_lazy as _

from impresasolidale.core.message_kinds import MessageKind
from impresasolidale.core.models import Message

EMAIL = Message.Channel.EMAIL

MESSAGES = (
    MessageKind(
        kind="hosts.message",
        title=_("Messaggio a un’impresa"),
        when=_("Quando l’ufficio scrive a un’impresa"),
        to=_("l’indirizzo scelto per quella conversazione"),
        subject=_("Un messaggio dall'Ufficio di Piano"),
        templates=((EMAIL, "hosts/email/message.txt"),),
        example=lambda: {
            "above": "",
            "text": "Grazie della visita di ieri.",
            "has_file": True,
            "writer": "Anna Prova",
            "body_name": "Comune di Esempio",
            "url": "https://esempio.it/la-nostra-impresa/messaggi/…",
        },
        is_personal=True,
    ),
    MessageKind(
        kind="hosts.lead_receipt",
        title=_("Abbiamo ricevuto la richiesta"),
        when=_("Quando un’impresa si fa avanti dal sito"),
        to=_("chi ha scritto"),
        subject=_("Abbiamo ricevuto la vostra richiesta"),
        templates=((EMAIL, "hosts/email/lead_receipt.txt"),),
        example=lambda: {
            "lead": Invented(person="Bruno", company_name="Panificio Esempio"),
            "body": Invented(name="Comune di Esempio", pec="comune@pec.example.org"),
            "due_on": date(2027, 1, 15),
            "months": 12,
        },
    ),
    MessageKind(
        kind="hosts.ready_asked",
        title=_("Di nuovo pronti?"),
        when=_("Quando la pausa di un’impresa è finita, o quando l’ufficio lo chiede"),
        to=_("l’indirizzo dell’impresa"),
        subject=_("Di nuovo pronti?"),
        templates=((EMAIL, "hosts/email/ready.txt"),),
        example=lambda: {
            "company": "Panificio Esempio",
            "ended_on": date(2026, 10, 31),
            "url": "https://esempio.it/di-nuovo-pronti/…",
            "expires_at": date(2027, 1, 31),
            "body_name": "Comune di Esempio",
        },
        is_personal=True,
    ),
)
