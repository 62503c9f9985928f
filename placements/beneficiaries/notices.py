"""The messages of this room, each with an example (features row 149)."""

from datetime import date
from types import SimpleNamespace as Invented

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from impresasolidale.core.message_kinds import MessageKind
from impresasolidale.core.models import Message

EMAIL = Message.Channel.EMAIL

MESSAGES = (
    MessageKind(
        kind="beneficiaries.handover",
        title=_("Passaggio di persone seguite"),
        when=_("Quando le persone passano a un altro referente"),
        to=_("chi le riceve, e chi le seguiva"),
        subject=ngettext_lazy("Una persona passa a te", "%(count)s persone passano a te", 3) % {"count": 3},
        templates=((EMAIL, "beneficiaries/email/handover.txt"),),
        example=lambda: {
            "user": Invented(first_name="Anna"),
            "count": 3,
            "from_on": date(2027, 1, 11),
            "is_new": True,
            "colleague": "Bruno Prova",
            "url": "https://esempio.it/persone/?mie=on",
        },
    ),
)
