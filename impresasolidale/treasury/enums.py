from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RunState(TextChoices):
    PREPARED = "prepared", _("da approvare")
    APPROVED = "approved", _("approvata")
    SETTLED = "settled", _("conclusa")
    CANCELLED = "cancelled", _("annullata")


UNFINISHED = (RunState.PREPARED, RunState.APPROVED)  # somebody has still to approve it, or to record what the treasurer answered


class ItemState(TextChoices):
    READY = "ready", _("pronta")
    HELD = "held", _("trattenuta")
    SENT = "sent", _("mandata a pagare")
    PAID = "paid", _("pagata")
    REFUSED = "refused", _("respinta")
    LEFT = "left", _("lasciata a dopo")
    OFFSET = "offset", _("compensata")  # a sum of nothing: what was owed took it all, and no order is made


# A sum in one of these states is being paid, or was: nothing else may pay it.
LIVE = (ItemState.READY, ItemState.HELD, ItemState.SENT, ItemState.PAID, ItemState.OFFSET)


class Payment(TextChoices):
    """The kinds of payment an act is split by (domain.md §12.1)."""

    TRANSFER = "transfer", _("bonifico")
    CASH = "cash", _("contanti, per cassa")
    REFUND = "refund", _("rimborso a chi ha anticipato")
    SUPPLIER = "supplier", _("fornitore, con fattura")
    PAYROLL = "payroll", _("ufficio del personale, importo lordo")
    UNKNOWN = "unknown", _("non ancora indicato")


class CheckKind(TextChoices):
    WAY = "way", _("modo di pagamento")
    SHEET = "sheet", _("mese confermato")
    AGREEMENT = "agreement", _("convenzione e progetto")
    MONEY = "money", _("soldi nella fonte")
    COMMITMENT = "commitment", _("impegno dell'anno")
    UNPAID = "unpaid", _("non ancora pagata")
    PUBLICATION = "publication", _("pubblicazione")
    PAYER = "payer", _("esenzione e ente")


# What a person with the right may let pass, with a reason and until a day. The others say that paying would be wrong.
WAIVABLE = frozenset({CheckKind.AGREEMENT, CheckKind.COMMITMENT, CheckKind.PUBLICATION})


class RecoveryWay(TextChoices):
    TAKE_OFF = "take_off", _("si toglie dai prossimi mesi")
    PAY_BACK = "pay_back", _("la persona restituisce")


class RecoveryState(TextChoices):
    OPEN = "open", _("in corso")
    ASKED = "asked", _("rinuncia chiesta")
    RECOVERED = "recovered", _("recuperata")
    WRITTEN_OFF = "written_off", _("non si recupera")


UNDER_WAY = (RecoveryState.OPEN, RecoveryState.ASKED)


class Risk(TextChoices):
    """Why a paid row is likelier to be drawn: each is one more ticket. The last three are told by the room that knows the months."""

    WAIVED = "waived", _("un controllo è stato lasciato passare")
    ONE_PERSON = "one_person", _("preparata e approvata dalla stessa persona, con un atto")
    REFUSED_BEFORE = "refused", _("il primo pagamento era tornato indietro")
    LARGE = "large", _("fra gli importi più alti del periodo")
    OTHER_PAYEE = "other_payee", _("versata a qualcun altro")
    CASH = "cash", _("versata in contanti")
    ON_PAPER = "on_paper", _("presenze scritte dall'ufficio da un foglio di carta")
    CORRECTED = "corrected", _("giornate corrette dopo la chiusura del mese")
    AS_PLANNED = "as_planned", _("ogni giornata esattamente come prevista")


class SampleState(TextChoices):
    OPEN = "open", _("aperto")
    CLOSED = "closed", _("chiuso")


class SampleOutcome(TextChoices):
    """What whoever looked at a drawn row found."""

    PENDING = "pending", _("da guardare")
    IN_ORDER = "in_order", _("in ordine")
    NO_PAPER = "no_paper", _("manca una carta, la somma è giusta")
    WRONG = "wrong", _("la somma è sbagliata")
