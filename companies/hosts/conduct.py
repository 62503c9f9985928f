"""What a company promises before it welcomes anybody: the words of each edition, as they were accepted (features row 107).

The promises are our practice, drawn from the guidelines (no replacing of staff: rule 7; safety: rule 22; data: rule 58); none of them
is a contract. A new edition is added below the others and asked of everybody again.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

EDITIONS: Mapping[int, tuple[Any, ...]] = {
    1: (
        _("Chi accogliamo non prende il posto di nessuno: non copre i turni né le assenze di altri."),
        _("Accanto ha sempre il suo tutor, o chi lo sostituisce quel giorno."),
        _("Impara a lavorare in sicurezza prima di cominciare, con le stesse protezioni degli altri."),
        _("Di quello che ci racconta, o che sappiamo di lei, non parliamo con nessuno fuori da qui."),
        _("Nessuno la offende, la lascia da parte o la fotografa senza che lo voglia."),
        _("Diciamo ogni giorno se c’è stata, e subito se si fa male o se succede qualcosa di brutto."),
        _("Se non va, ne parliamo con l’ufficio prima di interrompere."),
    ),
}
CURRENT = max(EDITIONS)


def fingerprint(edition: int) -> str:
    """SHA-256 of the Italian words of an edition: what exactly was accepted."""
    with override("it"):
        return hashlib.sha256("\n".join(map(str, EDITIONS[edition])).encode()).hexdigest()
