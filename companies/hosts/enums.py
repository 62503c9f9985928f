from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class HostKind(TextChoices):
    FIRM = "firm", _("azienda")
    COOPERATIVE_A = "cooperative_a", _("cooperativa sociale di tipo A")
    COOPERATIVE_B = "cooperative_b", _("cooperativa sociale di tipo B")
    ASSOCIATION = "association", _("associazione")
    PUBLIC_BODY = "public_body", _("ente pubblico")
    FARM = "farm", _("azienda agricola")


class LegalForm(TextChoices):
    """As the business register writes it, in few words."""

    INDIVIDUAL = "individual", _("impresa individuale")
    SIMPLE = "simple", _("società semplice")
    SNC = "snc", _("società in nome collettivo")
    SAS = "sas", _("società in accomandita semplice")
    SRL = "srl", _("società a responsabilità limitata")
    SPA = "spa", _("società per azioni")
    COOPERATIVE = "cooperative", _("società cooperativa")
    CONSORTIUM = "consortium", _("consorzio")
    ASSOCIATION = "association", _("associazione")
    FOUNDATION = "foundation", _("fondazione")
    PUBLIC = "public", _("ente di diritto pubblico")
    OTHER = "other", _("altra forma")


class Law68(TextChoices):
    """Where a company stands with the reserved quota of L. 68/1999 art. 3: from 15 staff that count, on (domain.md §3)."""

    NOT_BOUND = "not_bound", _("non è obbligata")
    COVERED = "covered", _("è obbligata e in regola")
    AGREED = "agreed", _("è obbligata, con una convenzione in corso")
    OPEN = "open", _("è obbligata e ha posti da coprire")


class TradeAssociation(TextChoices):
    """Who speaks for a company; the office asks them first when it looks for hosts."""

    CONFINDUSTRIA = "confindustria", "Confindustria"
    CONFARTIGIANATO = "confartigianato", "Confartigianato"
    CNA = "cna", "CNA"
    CONFCOMMERCIO = "confcommercio", "Confcommercio"
    CONFESERCENTI = "confesercenti", "Confesercenti"
    COLDIRETTI = "coldiretti", "Coldiretti"
    CONFAGRICOLTURA = "confagricoltura", "Confagricoltura"
    CIA = "cia", "CIA Agricoltori"
    CONFCOOPERATIVE = "confcooperative", "Confcooperative"
    LEGACOOP = "legacoop", "Legacoop"
    OTHER = "other", _("un’altra")


class ContactRole(TextChoices):
    """What somebody does for the company, so that the office knows whom to ask; one person may do several things."""

    OWNER = "owner", _("titolare")
    ADMINISTRATION = "administration", _("amministrazione")
    STAFF = "staff", _("personale")
    SAFETY = "safety", _("sicurezza (RSPP)")
    DOCTOR = "doctor", _("medico competente")
    DAILY = "daily", _("giorno per giorno")


class Facility(TextChoices):
    """What a site has for whoever needs it. The first five are also asked of the person (placements.matching.enums.Facility)."""

    STEP_FREE = "step_free", _("nessun gradino")
    TOILET = "toilet", _("bagno accessibile")
    LIFT = "lift", _("ascensore")
    PARKING = "parking", _("parcheggio vicino all’entrata")
    QUIET = "quiet", _("un posto tranquillo per le pause")
    WIDE = "wide", _("porte e passaggi larghi")
    LOOP = "loop", _("impianto per chi sente poco")
    SIGNS = "signs", _("cartelli con figure e scritte grandi")
    TOUCH = "touch", _("percorso per chi non vede")


class RegisterAnswer(TextChoices):
    """What a register outside said of a VAT number."""

    ACTIVE = "active", _("c’è")
    CEASED = "ceased", _("ha cessato l’attività")
    ABSENT = "absent", _("non c’è")
    NO_ANSWER = "no_answer", _("non ha risposto")


class RiskClass(TextChoices):
    """Class of risk at work, as the host's risk assessment (DVR) says; it sets the hours of specific safety training (rule 25)."""

    LOW = "low", _("basso")
    MEDIUM = "medium", _("medio")
    HIGH = "high", _("alto")


class SizeClass(TextChoices):
    """EU Recommendation 2003/361 by staff: micro < 10, small < 50, medium < 250 (domain.md §4.3)."""

    MICRO = "micro", _("fino a 9 addetti")
    SMALL = "small", _("da 10 a 49 addetti")
    MEDIUM = "medium", _("da 50 a 249 addetti")
    LARGE = "large", _("250 addetti e oltre")


class LeadState(TextChoices):
    """Where a company that came forward by itself has got to."""

    NEW = "new", _("da sentire")
    CALLED = "called", _("sentita")
    LATER = "later", _("più avanti")
    NO = "no", _("non se ne fa niente")
    COMPANY = "company", _("è un'impresa della rete")


class NoteKind(TextChoices):
    """How an office and a company were in touch."""

    CALL = "call", _("telefonata")
    VISIT = "visit", _("visita")
    MAIL = "mail", _("lettera o messaggio")
    OTHER = "other", _("altro")


class PostChannel(TextChoices):
    """How a message of a thread came in."""

    PAGE = "page", _("dalla pagina")
    MAIL = "mail", _("per posta")


class StrayReason(TextChoices):
    """Why a mail was put aside."""

    UNKNOWN = "unknown", _("non dice a quale conversazione risponde")
    FORGED = "forged", _("l'indirizzo di risposta non è nostro")
    EMPTY = "empty", _("non si riesce a leggere")


class HostingAnswer(TextChoices):
    """What a company said when it was asked whether it would welcome somebody."""

    YES = "yes", _("sì")
    LATER = "later", _("non adesso")
    NO = "no", _("no")


class HostingReason(TextChoices):
    """Why not now, or why not: the same few words everywhere, so that they can be counted."""

    NO_TUTOR = "no_tutor", _("nessuno può fare da tutor")
    NO_TASKS = "no_tasks", _("non ci sono attività adatte")
    BUSY = "busy", _("periodo di troppo lavoro")
    QUIET = "quiet", _("periodo di poco lavoro")
    CHANGES = "changes", _("lavori, trasloco o cambio di gestione")
    RESTING = "resting", _("una pausa dopo un tirocinio")
    HARD_TIME = "hard_time", _("l'ultima esperienza è stata faticosa")
    PAPERWORK = "paperwork", _("troppe carte")
    OTHER = "other", _("altro")


class ProposalState(TextChoices):
    """What became of a correction that a company asked for."""

    WAITING = "waiting", _("in attesa dell'ufficio")
    ACCEPTED = "accepted", _("accettata")
    REFUSED = "refused", _("non accettata")
    WITHDRAWN = "withdrawn", _("ritirata")


class ExpenseKind(TextChoices):
    """What hosting somebody cost (domain.md §1.6: to the company nothing)."""

    TRAINING = "training", _("formazione sulla sicurezza")
    EQUIPMENT = "equipment", _("dispositivi di protezione")
    MEDICAL = "medical", _("visita medica")
    INSURANCE = "insurance", _("assicurazione")
    TOOLS = "tools", _("strumenti e adattamenti")
    MEALS = "meals", _("pasti")
    TRANSPORT = "transport", _("trasporto")
    OTHER = "other", _("altro")


class ExpensePayer(TextChoices):
    """Who bore it in the end."""

    COMPANY = "company", _("l'impresa")
    BODY = "body", _("l'ente")
    FUND = "fund", _("il fondo di solidarietà")
    OTHER = "other", _("altri")
