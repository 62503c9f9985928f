"""The messages of this room, each with an example (features row 149)."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from impresasolidale.core.message_kinds import MessageKind
from impresasolidale.core.models import Message

from .services.requests import SUBJECT_LINE
from .services.signing import CODE_SUBJECT

EMAIL, SMS = Message.Channel.EMAIL, Message.Channel.SMS

MESSAGES = (
    MessageKind(
        kind="agreements.signature_asked",
        title=_("Un documento da firmare"),
        when=_("Quando si chiede una firma a distanza, e a metà del tempo se non è arrivata"),
        to=_("chi deve firmare"),
        subject=SUBJECT_LINE,
        templates=(
            (EMAIL, "agreements/email/sign.txt"),
            (SMS, "agreements/email/sign_sms.txt"),
        ),
        example=lambda: {
            "body_name": "Comune di Esempio",
            "kind_label": "Progetto personalizzato",
            "url": "https://esempio.it/firma/…",
            "expires_at": date(2027, 1, 31),
        },
        is_personal=True,
    ),
    MessageKind(
        kind="agreements.signing_code",
        title=_("Codice per firmare"),
        when=_("Quando chi firma apre il collegamento e chiede il codice"),
        to=_("chi deve firmare"),
        subject=CODE_SUBJECT,
        templates=(
            (EMAIL, "agreements/email/code.txt"),
            (SMS, "agreements/email/code_sms.txt"),
        ),
        example=lambda: {"code": "123456", "minutes": 10},
        is_personal=True,
    ),
)
