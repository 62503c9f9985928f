"""Coded words of the fund: nothing about health or hardship is ever free text here (rules 33 and 71)."""

from collections.abc import Iterable

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BenefitKind(TextChoices):
    TRANSPORT = "transport", _("trasporto (abbonamento, biglietti)")
    CLOTHING = "clothing", _("abiti e scarpe da lavoro")
    MEALS = "meals", _("pasti")
    COURSE = "course", _("corso, sport o tempo libero")
    HEALTH = "health", _("occhiali, dentista, ausili")
    DEVICE = "device", _("telefono o computer")
    EMERGENCY = "emergency", _("aiuto urgente")


def kinds_in_words(kinds: Iterable[str]) -> str:
    """Several kinds by name, without what they are made of: «trasporto, pasti»."""
    return ", ".join(str(BenefitKind(kind).label).partition(" (")[0] for kind in kinds)


class RequestState(TextChoices):
    SUBMITTED = "submitted", _("da istruire")
    INCOMPLETE = "incomplete", _("da completare")
    READY = "ready", _("da decidere")
    GRANTED = "granted", _("concesso")
    REFUSED = "refused", _("non concesso")
    PAID = "paid", _("versato")
    WITHDRAWN = "withdrawn", _("ritirato")
    REVOKED = "revoked", _("concessione tolta")


# Nobody has decided yet; the person's term runs.
UNDECIDED = (RequestState.SUBMITTED, RequestState.INCOMPLETE, RequestState.READY)
# Neither paid nor closed: who is paid may still change, goods may be put aside.
UNSETTLED = (*UNDECIDED, RequestState.GRANTED)
# Money is set aside or has gone out: these count against the yearly ceiling (rule 66).
STANDING = (RequestState.GRANTED, RequestState.PAID)


class Need(TextChoices):
    """Why the help is needed, in coded words."""

    REACH_WORK = "reach_work", _("per arrivare al lavoro")
    WORK_THINGS = "work_things", _("per avere quello che serve sul lavoro")
    EVERYDAY = "everyday", _("per le spese di tutti i giorni")
    UNEXPECTED = "unexpected", _("per una spesa che non si poteva prevedere")
    LOST_INCOME = "lost_income", _("perché è venuta a mancare un'entrata")
    HOME = "home", _("per non perdere la casa o la luce")
    TOGETHER = "together", _("per stare con gli altri e imparare")


class Advance(TextChoices):
    """What becomes of an urgent advance after the commission looked at it."""

    NONE = "", _("no")
    OPEN = "open", _("da ratificare")
    RATIFIED = "ratified", _("ratificato")
    NOT_RATIFIED = "refused", _("non ratificato")


class BenefitForm(TextChoices):
    MONEY = "money", _("denaro")
    GOODS = "goods", _("beni o buoni")
    EITHER = "either", _("denaro o beni")


class PayWay(TextChoices):
    """Who is paid, by the ways of an act (domain.md §12.1)."""

    PERSON = "person", _("alla persona, come riceve gli altri soldi")
    REFUND = "refund", _("rimborso a chi ha anticipato")
    SUPPLIER = "supplier", _("al negozio o fornitore, con fattura")
    GOODS = "goods", _("beni comprati dall'ente che tiene il fondo")
    VOUCHER = "voucher", _("buoni con un codice")


BY_BANK = (PayWay.REFUND, PayWay.SUPPLIER)  # these need an account of their own
WITH_INVOICE = (PayWay.SUPPLIER, PayWay.GOODS)
AS_GOODS = (PayWay.GOODS, PayWay.VOUCHER)


class Missing(TextChoices):
    """What the office asks for before it goes on."""

    QUOTE = "quote", _("il preventivo o lo scontrino")
    ISEE = "isee", _("l'attestazione ISEE in corso")
    PAYEE = "payee", _("i dati di chi va pagato")
    AMOUNT = "amount", _("l'importo giusto")
    CONSENT = "consent", _("la domanda firmata dalla persona")
    OTHER = "other", _("altro, ne parliamo a voce")


class SittingState(TextChoices):
    PLANNED = "planned", _("in programma")
    OPEN = "open", _("in corso")
    CLOSED = "closed", _("verbale da approvare")
    APPROVED = "approved", _("verbale approvato")
    CANCELLED = "cancelled", _("annullata")


class CaseKind(TextChoices):
    DECIDE = "decide", _("decidere")
    RATIFY = "ratify", _("ratificare un anticipo")


class Outcome(TextChoices):
    PENDING = "pending", _("da decidere")
    GRANTED = "granted", _("concesso")
    NOTICE = "notice", _("contraria: prima il preavviso alla persona")
    REFUSED = "refused", _("non concesso")
    RATIFIED = "ratified", _("anticipo ratificato")
    NOT_RATIFIED = "not_ratified", _("anticipo non ratificato")
    POSTPONED = "postponed", _("rinviato")
    WITHDRAWN = "withdrawn", _("ritirato")


class Verdict(TextChoices):
    FAVOURABLE = "favourable", _("favorevole")
    CHANGED = "changed", _("favorevole, con un altro importo")
    CONTRARY = "contrary", _("contrario")


class Conflict(TextChoices):
    AUTHOR = "author", _("ha fatto la richiesta")
    CARE_TEAM = "care_team", _("segue la persona")
    COMPANY = "company", _("lavora per l'impresa che ospita")
    PAYEE = "payee", _("riceve il pagamento, o porta lo stesso nome")
    RELATION = "relation", _("parente, amico o altro legame")


# What the records prove: no opinion and no vote, whether declared or not. The others are the member's to declare.
IMPOSED = frozenset({Conflict.AUTHOR, Conflict.CARE_TEAM, Conflict.COMPANY})


class Paper(TextChoices):
    """The papers of a procedure (L. 241/1990 artt. 7–8, 10-bis, 2 and 3)."""

    START = "start", _("comunicazione di avvio")
    NOTICE = "notice", _("preavviso di diniego")
    FINAL = "final", _("decisione")


class DeliveryWay(TextChoices):
    BY_HAND = "by_hand", _("a mano, con firma")
    REGISTERED = "registered", _("raccomandata con ricevuta")
    PEC = "pec", _("posta elettronica certificata")
    SOCIAL_WORKER = "worker", _("dall'assistente sociale, con firma")


class ProofState(TextChoices):
    RECEIVED = "received", _("da controllare")
    ACCEPTED = "accepted", _("accettata")
    REJECTED = "rejected", _("non accettata")


class BackReason(TextChoices):
    UNSPENT = "unspent", _("soldi non spesi")
    RECOVERED = "recovered", _("anticipo non ratificato, recuperato")


class CriteriaState(TextChoices):
    PROPOSED = "proposed", _("da approvare")
    PUBLISHED = "published", _("pubblicati")
    WITHDRAWN = "withdrawn", _("ritirati")
