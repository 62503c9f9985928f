from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PlacementState(TextChoices):
    DRAFT = "draft", _("bozza")
    PROPOSED = "proposed", _("proposto")
    TO_SIGN = "to_sign", _("da firmare")
    SIGNED = "signed", _("firmato")
    VALIDATED = "validated", _("convalidato")
    ACTIVE = "active", _("in corso")
    SUSPENDED = "suspended", _("sospeso")
    ENDED = "ended", _("concluso")
    ENDED_EARLY = "ended_early", _("chiuso in anticipo")
    EVALUATED = "evaluated", _("valutato")
    CLOSED = "closed", _("archiviato")
    REJECTED = "rejected", _("respinto")
    WITHDRAWN = "withdrawn", _("ritirato")
    EXPIRED = "expired", _("scaduto senza firme")
    CANCELLED = "cancelled", _("annullato")


S = PlacementState
LIVE = (S.VALIDATED, S.ACTIVE, S.SUSPENDED)  # hold the person's and the tutor's place
PREPARED = (S.DRAFT, S.PROPOSED, S.TO_SIGN, S.SIGNED)  # not validated yet
TO_START = (*PREPARED, S.VALIDATED)
TO_DECIDE = (S.PROPOSED, S.SIGNED)  # the coordinator says yes or no
WATCHED = (*PREPARED, *LIVE)  # the start light still matters
RUNNING = (S.ACTIVE, S.SUSPENDED)
OVER = (S.ENDED, S.ENDED_EARLY, S.EVALUATED, S.CLOSED)  # ran, and has its last day
HOSTED = (*RUNNING, *OVER)  # really began
LIFE = (*TO_START, *HOSTED, S.REJECTED, S.WITHDRAWN, S.EXPIRED, S.CANCELLED)  # the order of a list by state


class ProjectKind(TextChoices):
    """Why this version was written. An amendment or extension is simply a new version with its own round of signatures."""

    INITIAL = "initial", _("progetto iniziale")
    AMENDMENT = "amendment", _("modifica (addendum)")
    EXTENSION = "extension", _("proroga")


class ProjectState(TextChoices):
    """The life of one version; what holds on a day is the last version that is or was in force by then."""

    DRAFTED = "drafted", _("in preparazione")
    TO_SIGN = "to_sign", _("da firmare")
    EFFECTIVE = "effective", _("in vigore")
    SUPERSEDED = "superseded", _("sostituito")
    REJECTED = "rejected", _("non accettato")
    WITHDRAWN = "withdrawn", _("ritirato")


IN_WORK = (ProjectState.DRAFTED, ProjectState.TO_SIGN)
AGREED = (*IN_WORK, ProjectState.EFFECTIVE)


class AgreementState(TextChoices):
    DRAFT = "draft", _("bozza")
    ISSUED = "issued", _("da firmare")
    SIGNED = "signed", _("firmata")
    WITHDRAWN = "withdrawn", _("ritirata")


class HandOverState(TextChoices):
    OFFERED = "offered", _("proposto, in attesa di risposta")
    ACCEPTED = "accepted", _("accettato")
    DECLINED = "declined", _("non accettato")
    WITHDRAWN = "withdrawn", _("ritirato")


class SignerRole(TextChoices):
    """Who signs (7/CSR 2015: four parties). The service signs apart only if it is neither promoter nor host (domain.md §12.3)."""

    PROMOTER = "promoter", _("ente promotore")
    HOST = "host", _("soggetto ospitante")
    PERSON = "person", _("tirocinante")
    REPRESENTATIVE = "representative", _("rappresentante della persona")
    SERVICE = "service", _("servizio che ha in carico la persona")


class SignatureMethod(TextChoices):
    """How somebody signed; what each is worth stands in signing_rules.LEVEL_OF."""

    LINK = "link", _("con il collegamento personale e un codice")
    TABLET = "tablet", _("su tablet, in ufficio")
    PAPER = "paper", _("su carta, con scansione")
    DIGITAL = "digital", _("firma digitale (file firmato)")


class SignatureLevel(TextChoices):
    """From the least to the most (domain.md §12.3); the same words as territory.rules.SIGNATURE_LEVELS."""

    SIMPLE = "simple", _("semplice")
    DRAWN = "drawn", _("disegnata")
    HANDWRITTEN = "handwritten", _("a mano")
    QUALIFIED = "qualified", _("digitale")


class RequestState(TextChoices):
    """The life of one request to sign."""

    ASKED = "asked", _("chiesta")
    OPENED = "opened", _("aperta")
    CODE_SENT = "code_sent", _("codice mandato")
    SIGNED = "signed", _("firmata")
    REFUSED = "refused", _("non firma")
    EXPIRED = "expired", _("scaduta")
    CANCELLED = "cancelled", _("annullata")


WAITING = (RequestState.ASKED, RequestState.OPENED, RequestState.CODE_SENT)


class IdentityPaper(TextChoices):
    """How the worker knew who was signing: the kind of document alone, never its number."""

    CARD = "card", _("carta d'identità")
    LICENCE = "licence", _("patente")
    PASSPORT = "passport", _("passaporto")
    PERMIT = "permit", _("permesso di soggiorno")
    KNOWN = "known", _("la conosco di persona")


class ChangeClass(TextChoices):
    """What an edit means for signatures (features.md idea B10)."""

    COSMETIC = "cosmetic", _("di forma")
    CONTACT = "contact", _("di recapito")
    SUBSTANTIAL = "substantial", _("di sostanza")


class CoverKind(TextChoices):
    INAIL = "inail", _("assicurazione INAIL")
    LIABILITY = "liability", _("responsabilità civile verso terzi")


class Insurer(TextChoices):
    """Who holds a cover: the promoter for all its placements, or the host for its own (domain.md §1.6)."""

    PROMOTER = "promoter", _("l'ente promotore")
    HOST = "host", _("l'impresa")


class AllowanceModel(TextChoices):
    """How the allowance is computed (domain.md §1.7); amounts and thresholds stand in the project and the rule book."""

    NONE = "none", _("nessun contributo")
    MONTHLY = "monthly", _("importo al mese")
    MONTHLY_THRESHOLD = "monthly_threshold", _("importo al mese con soglia di presenza")
    HOURLY = "hourly", _("importo all'ora con tetto mensile")
    BANDS = "bands", _("importo al mese a fasce di ore")


class TaxTreatment(TextChoices):
    """Decided per project with its motive (Agenzia Entrate, risposta 51/2020; rule 41)."""

    EXEMPT = "exempt", _("esente (finalità assistenziale, art. 34 DPR 601/1973)")
    TAXED = "taxed", _("reddito assimilato")


class Sender(TextChoices):
    HOST = "host", _("l'impresa")
    PROMOTER = "promoter", _("l'ente promotore, su delega")
    EXEMPT = "exempt", _("non dovuta, secondo l'ufficio")


class CommunicationKind(TextChoices):
    """What a compulsory communication tells (rule 22)."""

    START = "start", _("inizio")
    EXTENSION = "extension", _("proroga")
    EARLY_END = "early_end", _("chiusura anticipata")
    TRANSFORMATION = "transformation", _("trasformazione")
    CANCELLATION = "cancellation", _("annullamento")


class CommunicationState(TextChoices):
    """Computed from the dates, never stored."""

    DUE = "due", _("da inviare")
    OVERDUE = "overdue", _("in ritardo")
    SENT = "sent", _("inviata in tempo")
    LATE = "late", _("inviata tardi")
    EXEMPT = "exempt", _("non dovuta")
    ANNULLED = "annulled", _("annullata")


class EvidenceKind(TextChoices):
    """Proof about a person's safety at work: general training is for ever, specific training and fitness expire (rules 25, 26)."""

    GENERAL = "general", _("formazione generale")
    SPECIFIC = "specific", _("formazione specifica")
    FITNESS = "fitness", _("idoneità medica")


class OutsideKind(TextChoices):
    """Why somebody works away from the seat (rule 21)."""

    CLIENTS = "clients", _("presso clienti")
    DELIVERIES = "deliveries", _("consegne e commissioni")
    OTHER_SEAT = "other_seat", _("altra sede dell'impresa")
    YARD = "yard", _("cantiere, campo, bosco")
    COURSE = "course", _("corso o uscita formativa")
    OTHER = "other", _("altro")


class CopyHolder(TextChoices):
    """Who keeps a copy of a paper (rule 30)."""

    HOST = "host", _("l'impresa")
    PROMOTER = "promoter", _("l'ente promotore")
    TRAINEE = "trainee", _("la persona in tirocinio")


class MeetingDecision(TextChoices):
    """What the multi-professional meeting decided of a placement."""

    ACCEPTED = "accepted", _("accettato")
    CHANGED = "changed", _("accettato con modifiche")
    POSTPONED = "postponed", _("rinviato")
    REJECTED = "rejected", _("non accettato")


class ItemKind(TextChoices):
    """What the start light looks at; each stands for one rule of domain.md §9."""

    AGREEMENT = "agreement", _("convenzione firmata e valida all'inizio")
    PROJECT = "project", _("progetto firmato da tutti")
    ASSESSMENT = "assessment", _("valutazione del servizio sociale")
    IN_CHARGE = "in_charge", _("presa in carico per tutto il periodo")
    AGE = "age", _("età e obbligo scolastico")
    REPRESENTATIVE = "representative", _("firma del rappresentante")
    LENGTH = "length", _("durata complessiva")
    TUTORS = "tutors", _("due tutor diversi, indicati entrambi")
    INAIL = "inail", _("copertura INAIL")
    LIABILITY = "liability", _("responsabilità civile per tutto il periodo")
    COMMUNICATION = "communication", _("comunicazione obbligatoria")
    SAFETY = "safety", _("dichiarazione sulla sicurezza dell'impresa")
    SAFETY_TRAINING = "safety_training", _("formazione sulla sicurezza")
    FITNESS = "fitness", _("idoneità medica, se serve")
    OUTSIDE = "outside", _("luoghi fuori sede")
    REPLACEMENT = "replacement", _("nessuna sostituzione di personale")
    PRIVACY = "privacy", _("informativa sulla privacy consegnata")
    TRAINED_TUTOR = "trained_tutor", _("tutor aziendale formato")
    TUTOR_LOAD = "tutor_load", _("persone seguite dal tutor aziendale")
    LENGTH_OF_PROJECT = "length_of_project", _("durata di questo progetto")
    HOST_LOAD = "host_load", _("persone accolte dall'impresa")
    PROMOTER_LOAD = "promoter_load", _("persone seguite dal tutor del promotore")
    FUNDING = "funding", _("soldi per il contributo")
    BENEFITS = "benefits", _("altri aiuti della persona al sicuro")


ITEM_RULE: dict[str, int] = {
    ItemKind.AGREEMENT: 1,
    ItemKind.PROJECT: 2,
    ItemKind.ASSESSMENT: 3,
    ItemKind.IN_CHARGE: 4,
    ItemKind.AGE: 5,
    ItemKind.REPRESENTATIVE: 6,
    ItemKind.LENGTH: 7,
    ItemKind.TUTORS: 18,
    ItemKind.INAIL: 19,
    ItemKind.LIABILITY: 20,
    ItemKind.COMMUNICATION: 22,
    ItemKind.SAFETY: 24,
    ItemKind.SAFETY_TRAINING: 25,
    ItemKind.FITNESS: 26,
    ItemKind.OUTSIDE: 21,
    ItemKind.REPLACEMENT: 27,
    ItemKind.PRIVACY: 56,
    ItemKind.TRAINED_TUTOR: 91,
    ItemKind.TUTOR_LOAD: 92,
    ItemKind.LENGTH_OF_PROJECT: 10,
    ItemKind.HOST_LOAD: 15,
    ItemKind.PROMOTER_LOAD: 17,
    ItemKind.FUNDING: 34,
    ItemKind.BENEFITS: 43,
}
WAIVER_LAPSED = "agreements.readiness.waiver_lapsed"  # the fact that a waiver came to its day
INHERITED_TODO = "agreements.inherited_"  # and the kind of the item that was missing when the placement came in
