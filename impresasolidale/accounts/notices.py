"""The messages of this room, each with an example (features row 149)."""

from datetime import date, datetime
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
    MessageKind(
        kind="accounts.factor_changed",
        title=_("Secondo fattore cambiato"),
        when=_("Quando qualcuno aggiunge o toglie un proprio secondo fattore"),
        to=_("chi ha l’accesso"),
        subject=_("Il tuo accesso a Impresasolidale"),
        templates=((EMAIL, "accounts/email/factor_changed.txt"),),
        example=lambda: {"user": Invented(first_name="Anna")},
    ),
    MessageKind(
        kind="accounts.factor_reset",
        title=_("Secondo fattore azzerato"),
        when=_("Quando un collega azzera il secondo fattore di chi ha perso il telefono"),
        to=_("chi ha l’accesso"),
        subject=_("Il tuo accesso a Impresasolidale"),
        templates=((EMAIL, "accounts/email/factor_reset.txt"),),
        example=lambda: {"user": Invented(first_name="Anna")},
    ),
    MessageKind(
        kind="accounts.support",
        title=_("Un tecnico guarda l’Ambito"),
        when=_("Quando un tecnico apre un Ambito per capire un guasto"),
        to=_("coordinatore"),
        subject=_("Un tecnico guarda il tuo Ambito"),
        templates=((EMAIL, "accounts/email/support.txt"),),
        example=lambda: {
            "user": Invented(first_name="Anna"),
            "who": "Ugo Verdi",
            "visit": Invented(
                reason="Un elenco non si apre.",
                began_at=datetime(2026, 11, 30, 9, 0),  # noqa: DTZ001
                ends_at=datetime(2026, 11, 30, 9, 30),  # noqa: DTZ001
            ),
        },
    ),
    MessageKind(
        kind="accounts.unused",
        title=_("Un accesso che nessuno usa"),
        when=_("Trenta giorni prima che un accesso non usato si chiuda"),
        to=_("chi ha l’accesso"),
        subject=_("Il tuo accesso a Impresasolidale"),
        templates=((EMAIL, "accounts/email/unused.txt"),),
        example=lambda: {"user": Invented(first_name="Anna"), "day": date(2026, 12, 30), "url": "https://esempio.it/accesso/"},
    ),
)
