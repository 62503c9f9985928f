"""Choices of project funding. Texts are what the funder's portal and the offices say."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ProjectState(TextChoices):
    PLANNED = "planned", _("in preparazione")
    RUNNING = "running", _("in corso")
    REPORTING = "reporting", _("in rendicontazione")
    CLOSED = "closed", _("chiuso")


class PartnerKind(TextChoices):
    """What a partner is; whether the funder's money may go to it follows from this alone (rules.may_receive)."""

    COMUNE = "comune", _("comune")
    PROVINCE = "province", _("provincia")
    PUBLIC = "public", _("altro ente pubblico")
    COOPERATIVE = "cooperative", _("cooperativa sociale o loro consorzio")
    NON_PROFIT = "non_profit", _("altro ente senza fini di lucro")
    CHAMBER = "chamber", _("camera di commercio")
    TRADE = "trade", _("associazione di categoria")
    UNION = "union", _("sindacato")
    COMPANY = "company", _("impresa")
    PERSON = "person", _("persona fisica")


class RegisterRole(TextChoices):
    """What a partner is to the network, apart from any one project."""

    SIGNATORY = "signatory", _("firma l'accordo di rete")
    TABLE = "table", _("siede al tavolo della rete")
    OPERATOR = "operator", _("realizza attività")
    SUPPORTER = "supporter", _("sostiene la rete")


class ProjectRole(TextChoices):
    LEAD = "lead", _("capofila")
    PARTNER = "partner", _("partner")
    SUPPORTER = "supporter", _("sostenitore")


class SourceKind(TextChoices):
    GRANT = "grant", _("contributo del finanziatore")
    COFINANCING = "cofinancing", _("cofinanziamento")
    IN_KIND = "in_kind", _("valore in natura")


class PlanState(TextChoices):
    DRAFT = "draft", _("in preparazione")
    IN_FORCE = "in_force", _("in vigore")
    SUPERSEDED = "superseded", _("sostituito")


class ExpenseState(TextChoices):
    DRAFT = "draft", _("da controllare")
    CHECKED = "checked", _("controllata")
    REPORTED = "reported", _("rendicontata")
    ACCEPTED = "accepted", _("riconosciuta")
    REJECTED = "rejected", _("non riconosciuta")
    WITHDRAWN = "withdrawn", _("ritirata")


SPENT = (
    ExpenseState.CHECKED,
    ExpenseState.REPORTED,
    ExpenseState.ACCEPTED,
)  # what a second person has looked at, and the funder did not refuse


class DocumentKind(TextChoices):
    INVOICE = "invoice", _("fattura")
    FEE_NOTE = "fee_note", _("parcella o nota di prestazione")
    RECEIPT = "receipt", _("ricevuta o scontrino fiscale")
    PAYSLIP = "payslip", _("cedolino")
    SHEET = "sheet", _("foglio ore del personale")
    REFUND = "refund", _("nota di rimborso")
    ACT = "act", _("atto o mandato dell'ente")
    VALUE = "value", _("dichiarazione di valore in natura")


class PayeeKind(TextChoices):
    COMPANY = "company", _("impresa o società")
    BODY = "body", _("ente o associazione")
    PERSON = "person", _("professionista, ditta individuale o persona")
    STAFF = "staff", _("personale di un partner")


NAMED_PAYEES = (PayeeKind.PERSON, PayeeKind.STAFF)  # their name is a person's: it stays in the office


class ProofKind(TextChoices):
    """How a payment is proved (domain.md §6, rule of Fondazione Comasca)."""

    TRANSFER = "transfer", _("bonifico eseguito")
    STATEMENT = "statement", _("estratto conto")
    RECEIPT = "receipt", _("quietanza o scontrino fiscale")
    TREASURER = "treasurer", _("mandato quietanzato dal tesoriere")
    VALUE = "value", _("dichiarazione di valore, non c'è pagamento")
    ORDER = "order", _("solo ordine di bonifico")
    CHEQUE = "cheque", _("solo copia dell'assegno")


NO_PROOF = (ProofKind.ORDER, ProofKind.CHEQUE)  # alone they prove nothing


class InstalmentKind(TextChoices):
    ADVANCE = "advance", _("anticipazione")
    PROGRESS = "progress", _("stato di avanzamento (SAL)")
    BALANCE = "balance", _("saldo")


class InstalmentState(TextChoices):
    EXPECTED = "expected", _("prevista")
    ASKED = "asked", _("chiesta")
    ARRIVED = "arrived", _("arrivata, da confermare")
    RECEIVED = "received", _("nel registro")
    REVERSED = "reversed", _("stornata")


class StaffKind(TextChoices):
    STRUCTURED = "structured", _("personale strutturato")
    UNSTRUCTURED = "unstructured", _("personale non strutturato")


class SheetState(TextChoices):
    OPEN = "open", _("aperto")
    SIGNED = "signed", _("firmato")
    CHARGED = "charged", _("diventato spesa")


class FileKind(TextChoices):
    DOCUMENT = "document", _("documento di spesa")
    INVOICE_XML = "invoice_xml", _("fattura elettronica")
    QUOTE = "quote", _("preventivo")
    PROOF = "proof", _("prova di pagamento")
    SHEET = "sheet", _("foglio ore firmato")
    PHOTO = "photo", _("fotografia")
    LOGO = "logo", _("logo")
    PARTNER = "partner", _("documento del partner")
    EVIDENCE = "evidence", _("prova di un risultato")
    MASKED = "masked", _("copia senza nomi")


class ActionKind(TextChoices):
    MEETING = "meeting", _("incontro della rete")
    EVENT = "event", _("evento pubblico")
    PRESS = "press", _("articolo o comunicato")
    BROADCAST = "broadcast", _("radio o televisione")
    PRINT = "print", _("materiale stampato")
    WEB = "web", _("sito o social")
    SCHOOL = "school", _("incontro nelle scuole o nelle imprese")


class Measure(TextChoices):
    """Where the value of an indicator comes from. Those with a dot are asked of the rooms above, by their code there."""

    MANUAL = "manual", _("scritto a mano, con la sua prova")
    ACTIONS = "actions", _("azioni di rete e di comunicazione")
    PEOPLE = "people", _("persone raggiunte dalle azioni")
    PARTNERS = "partners", _("partner del progetto")
    MILESTONES = "milestones", _("tappe raggiunte")
    STARTED = "reports.started", _("tirocini iniziati")
    ADDITIONAL = "reports.additional", _("tirocini segnati come aggiuntivi")
    HOSTS = "reports.hosts", _("imprese che hanno ospitato")
    NEW_HOSTS = "reports.new_hosts", _("imprese nuove")
    CERTIFIED = "reports.certified", _("tutor formati")
    COURSES = "reports.courses", _("corsi tenuti")
    RECOGNITIONS = "reports.recognitions", _("riconoscimenti dati")
