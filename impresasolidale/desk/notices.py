"""Every message the program sends, room by room (features row 149): the one tuple that the page of messages and its contract test read."""

from datetime import date
from types import SimpleNamespace as Invented

from django.utils.translation import gettext_lazy as _

from certification.notices import MESSAGES as CERTIFICATION
from companies.hosts.notices import MESSAGES as HOSTS
from companies.training.notices import MESSAGES as TRAINING
from impresasolidale.accounts.notices import MESSAGES as ACCOUNTS
from impresasolidale.core.message_kinds import MessageKind
from impresasolidale.core.models import Message
from impresasolidale.treasury.notices import MESSAGES as TREASURY
from placements.agreements.notices import MESSAGES as AGREEMENTS
from placements.attendance.notices import MESSAGES as ATTENDANCE
from placements.beneficiaries.notices import MESSAGES as BENEFICIARIES
from placements.monitoring.notices import MESSAGES as MONITORING
from solidarity_fund.notices import MESSAGES as FUND

from .services import DIGEST, DIGEST_SUBJECT, URGENT, URGENT_SUBJECT

_SECTIONS = [
    Invented(place="Sondrio", count=5, late=1, new=0, soonest=date(2027, 1, 13)),
    Invented(place="Panificio Esempio", count=1, late=0, new=0, soonest=None),
]


def _example(new: int) -> dict[str, object]:
    return {"user": Invented(first_name="Anna"), "sections": _SECTIONS, "new": new, "url": "https://esempio.it/da-fare/"}


DESK = (
    MessageKind(
        kind=DIGEST,
        title=_("Riepilogo della settimana"),
        when=_("Il lunedì mattina, se qualcosa aspetta: una mail sola per tutti gli incarichi"),
        to=_("chi ha cose da fare"),
        subject=DIGEST_SUBJECT,
        templates=((Message.Channel.EMAIL, "desk/email/digest.txt"),),
        example=lambda: _example(0),
    ),
    MessageKind(
        kind=URGENT,
        title=_("Cosa urgente"),
        when=_("La mattina dopo che è nata una cosa da fare che non si può rimandare"),
        to=_("chi la deve fare"),
        subject=URGENT_SUBJECT,
        templates=((Message.Channel.EMAIL, "desk/email/digest.txt"),),
        example=lambda: _example(1),
    ),
)
CATALOGUE: tuple[MessageKind, ...] = (
    *DESK, *MONITORING, *ATTENDANCE, *AGREEMENTS, *BENEFICIARIES, *TRAINING, *HOSTS, *FUND, *CERTIFICATION, *ACCOUNTS, *TREASURY
)  # fmt: skip
