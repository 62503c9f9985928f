"""The messages of this room, each with an example (features row 149)."""

from types import SimpleNamespace as Invented

from django.utils.translation import gettext_lazy as _

from impresasolidale.core.message_kinds import MessageKind
from impresasolidale.core.models import Message

EMAIL = Message.Channel.EMAIL

MESSAGES = (
    MessageKind(
        kind="accounts.invitation",
        title=_("Invito a entrare"),
        when=_("Quando si apre un accesso a una persona, e quando l’invito si manda di nuovo"),
        to=_("chi avrà l’accesso"),
        subject=_("Il tuo accesso a Impresasolidale"),
        templates=((EMAIL, "accounts/email/invitation.txt"),),
        example=lambda: {"user": Invented(first_name="Anna"), "known": False, "url": "https://esempio.it/accesso/invito/…", "days": 14},
        is_personal=True,
    ),
    MessageKind(
        kind="accounts.forgotten",
        title=_("Password dimenticata"),
        when=_("Quando qualcuno scrive di aver dimenticato la password"),
        to=_("chi ha l’accesso"),
        subject=_("Il tuo accesso a Impresasolidale"),
        templates=((EMAIL, "accounts/email/forgotten.txt"),),
        example=lambda: {"user": Invented(first_name="Anna"), "url": "https://esempio.it/accesso/invito/…", "days": 14},
        is_personal=True,
    ),
)
