"""The messages of this room, each with an example (features row 149)."""

from types import SimpleNamespace as Invented

from django.utils.translation import gettext_lazy as _

from impresasolidale.core.message_kinds import MessageKind
from impresasolidale.core.models import Message

MESSAGES = (
    MessageKind(
        kind="treasury.difference",
        title=_("Un saldo non torna"),
        when=_("La notte stessa in cui il riconteggio trova una differenza nel registro di gestione"),
        to=_("il coordinatore e la ragioneria"),
        subject=_("Un saldo non torna"),
        templates=((Message.Channel.EMAIL, "treasury/email/difference.txt"),),
        example=lambda: {
            "user": Invented(first_name="Anna"),
            "words": _("Un saldo non torna con i suoi movimenti: %(account)s. Avvisa il tecnico.") % {"account": "Trasporti: disponibile"},
            "url": "https://esempio.it/fondo/",
        },
    ),
)
