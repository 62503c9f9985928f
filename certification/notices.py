"""The messages of this room, each with an example (features row 149)."""

from datetime import date, time

from django.utils.translation import gettext_lazy as _

from impresasolidale.core.message_kinds import MessageKind
from impresasolidale.core.models import Message

from .services.applications import DECIDED, DECIDED_SUBJECT
from .services.campaigns import INVITED, INVITED_SUBJECT
from .services.checks import RETURNED, RETURNED_SUBJECT
from .services.commission import CALLED
from .services.validators import ASKED as VALIDATOR
from .services.validators import ASKED_SUBJECT as VALIDATOR_SUBJECT
from .services.words import TOLD, TOLD_SUBJECT
from .services.yearly import ASKED, ASKED_SUBJECT, RENEW, RENEW_SUBJECT

EMAIL = Message.Channel.EMAIL
COMPANY = _("chi entra nel portale per l'impresa, oppure il suo indirizzo")
URL = "https://esempio.it/la-nostra-impresa/…/riconoscimento/"
OURS = {"company": "Panificio Esempio", "url": URL}

MESSAGES = (
    MessageKind(
        kind=INVITED,
        title=_("Invito a chiedere il riconoscimento"),
        when=_("Quando l'ufficio invita le imprese a una campagna; di nuovo una settimana prima della fine"),
        to=COMPANY,
        subject=INVITED_SUBJECT,
        templates=((EMAIL, "certification/email/invited.txt"),),
        example=lambda: {**OURS, "opens_on": date(2027, 5, 1), "closes_on": date(2027, 5, 31), "is_reminder": False},
    ),
    MessageKind(
        kind=RETURNED,
        title=_("Domanda di riconoscimento da completare"),
        when=_("Quando l'ufficio la rimanda all'impresa"),
        to=COMPANY,
        subject=RETURNED_SUBJECT,
        templates=((EMAIL, "certification/email/returned.txt"),),
        example=lambda: {**OURS, "reason": "Manca l'attestato del corso del tutor."},
    ),
    MessageKind(
        kind=DECIDED,
        title=_("Riconoscimento dato"),
        when=_("Quando una domanda è accolta"),
        to=COMPANY,
        subject=DECIDED_SUBJECT,
        templates=((EMAIL, "certification/email/granted.txt"),),
        example=lambda: {**OURS, "level": "Impresa solidale", "valid_to": date(2030, 6, 14)},
    ),
    MessageKind(
        kind=VALIDATOR,
        title=_("Richiesta a chi conferma da fuori"),
        when=_("Quando l'ufficio chiede la parola di qualcuno di fuori su una domanda del livello più alto"),
        to=_("chi è di fuori, all'indirizzo che l'ufficio ha scritto"),
        subject=VALIDATOR_SUBJECT,
        templates=((EMAIL, "certification/email/validator.txt"),),
        example=lambda: {
            "person": "Livia Esempio",
            "url": "https://esempio.it/conferma/…",
            "expires_at": date(2027, 6, 14),
            "body_name": "Rete di esempio",
        },
    ),
    MessageKind(
        kind=TOLD,
        title=_("Preavviso o decisione contraria sul riconoscimento"),
        when=_("Quando parte un preavviso, e quando una domanda non è accolta o un riconoscimento è sospeso o revocato; oltre alla PEC"),
        to=COMPANY,
        subject=TOLD_SUBJECT,
        templates=((EMAIL, "certification/email/told.txt"),),
        example=lambda: {**OURS, "what": "notice"},
    ),
    MessageKind(
        kind=ASKED,
        title=_("Verifica dell'anno"),
        when=_("Un mese prima del giorno, e di nuovo due settimane dopo se nessuno ha risposto"),
        to=COMPANY,
        subject=ASKED_SUBJECT,
        templates=((EMAIL, "certification/email/year_check.txt"),),
        example=lambda: {**OURS, "level": "Impresa solidale", "due_on": date(2028, 6, 15)},
    ),
    MessageKind(
        kind=RENEW,
        title=_("Riconoscimento da rinnovare"),
        when=_("Il giorno in cui si apre il rinnovo"),
        to=COMPANY,
        subject=RENEW_SUBJECT,
        templates=((EMAIL, "certification/email/renew.txt"),),
        example=lambda: {**OURS, "level": "Impresa solidale", "valid_to": date(2030, 6, 14)},
    ),
    MessageKind(
        kind="certification.sitting_called",
        title=_("Seduta della commissione dei riconoscimenti"),
        when=_("Quando una seduta è convocata"),
        to=_("i componenti della commissione"),
        subject=CALLED,
        templates=((EMAIL, "certification/email/sitting.txt"),),
        example=lambda: {
            "name": "Carla",
            "held_on": date(2027, 6, 14),
            "starts_at": time(15, 30),
            "place": "Sala civica",
            "url": "https://esempio.it/riconoscimenti/sedute/…",
        },
    ),
)
