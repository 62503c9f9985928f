"""The words of the recognition: levels, states, who checks what."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Level(TextChoices):
    """In order (rule 81). The attestato of 2015 stands apart: it is kept (rule 86), and no step of the way up."""

    ATTESTATO_2015 = "attestato_2015", _("Attestato 2015")
    ADERENTE = "aderente", _("Aderente")
    IMPRESA_SOLIDALE = "impresa_solidale", _("Impresa solidale")
    AMBASCIATRICE = "ambasciatrice", _("Ambasciatrice")


STEPS = (Level.ADERENTE, Level.IMPRESA_SOLIDALE, Level.AMBASCIATRICE)


class CertificateState(TextChoices):
    """`expired` is read from the date, not stored."""

    GRANTED = "granted", _("valido")
    SUSPENDED = "suspended", _("sospeso")
    REVOKED = "revoked", _("revocato")
    SUPERSEDED = "superseded", _("sostituito da uno più recente")


class SchemeState(TextChoices):
    DRAFT = "draft", _("in preparazione")
    PUBLISHED = "published", _("pubblicato")


class ApplicationState(TextChoices):
    DRAFT = "draft", _("da completare")
    SUBMITTED = "submitted", _("presentata")
    READY = "ready", _("pronta per la decisione")
    GRANTED = "granted", _("accolta")
    REFUSED = "refused", _("non accolta")
    WITHDRAWN = "withdrawn", _("ritirata")


OPEN = (ApplicationState.DRAFT, ApplicationState.SUBMITTED, ApplicationState.READY)


class Origin(TextChoices):
    """Who began an application."""

    COMPANY = "company", _("l'impresa, dal suo portale")
    OFFICE = "office", _("l'ufficio, dai dati")
    RENEWAL = "renewal", _("il rinnovo")


class CriterionKind(TextChoices):
    CORE = "core", _("di base")
    ELECTIVE = "elective", _("a scelta")
    BONUS = "bonus", _("in più")


class CheckedBy(TextChoices):
    """How the office knows."""

    COMPUTED = "computed", _("dai dati dei tirocini")
    DECLARED = "declared", _("lo dichiara l'impresa")
    DOCUMENT = "document", _("da un documento")
    INTERVIEW = "interview", _("da un incontro o una visita")


class SizeBand(TextChoices):
    """By people at work (domain.md §4.3): under 10, 10 to 49, 50 to 249, from 250."""

    MICRO = "micro", _("micro, fino a 9 persone")
    SMALL = "small", _("piccola, da 10 a 49")
    MEDIUM = "medium", _("media, da 50 a 249")
    LARGE = "large", _("grande, da 250")

    @property
    def short(self) -> str:
        """ "micro", without the numbers."""
        return str(self.label).partition(",")[0]


class Verdict(TextChoices):
    """What the desk check says of one criterion."""

    CONFIRMED = "confirmed", _("confermato")
    CHANGED = "changed", _("corretto")
    NOT_PROVED = "not_proved", _("non dimostrato")


class DecidedBy(TextChoices):
    OFFICE = "office", _("l'ufficio, con due persone")
    COMMISSION = "commission", _("la commissione")


class ReasonClass(TextChoices):
    """Why a recognition is suspended or taken back (rule 83); the register says the class, the paper the whole reason."""

    SAFETY = "safety", _("sicurezza sul lavoro")
    LAW68 = "law68", _("obblighi della legge 68/1999")
    REPLACED_STAFF = "replaced_staff", _("un tirocinio al posto di un lavoratore")
    CONDUCT = "conduct", _("comportamento verso le persone accolte")
    FALSE_STATEMENT = "false_statement", _("dichiarazioni non vere")
    NO_CHECK = "no_check", _("la verifica dell'anno non è stata fatta")
    CEASED = "ceased", _("l'impresa ha chiuso o cambia attività")
    ON_REQUEST = "on_request", _("lo chiede l'impresa")


class CaseOutcome(TextChoices):
    """What a sitting made of an application; the values are those of every commission."""

    PENDING = "pending", _("da decidere")
    GRANTED = "granted", _("riconosciuto")
    NOTICE = "notice", _("contraria: prima il preavviso all'impresa")
    REFUSED = "refused", _("non riconosciuto")
    POSTPONED = "postponed", _("rinviato")


class Aside(TextChoices):
    """Why a member keeps away from a company."""

    COMPANY = "company", _("lavora per l'impresa, o con il suo gruppo")
    CHECKED = "checked", _("ha verificato la domanda")
    RELATION = "relation", _("parente, amico o altro legame")


# What the records prove: no vote, whether declared or not. The other is the member's to declare.
IMPOSED = frozenset({Aside.COMPANY, Aside.CHECKED})


class InterviewKind(TextChoices):
    INTERVIEW = "interview", _("incontro in ufficio")
    VISIT = "visit", _("visita in azienda")
    CALL = "call", _("telefonata")


class ProcedureKind(TextChoices):
    REFUSAL = "refusal", _("non riconoscere")
    SUSPENSION = "suspension", _("sospendere")
    REVOCATION = "revocation", _("revocare")


class ProcedureOutcome(TextChoices):
    OPEN = "open", _("in corso")
    CONFIRMED = "confirmed", _("confermato")
    ARCHIVED = "archived", _("archiviato")


class AppealOutcome(TextChoices):
    PENDING = "pending", _("da decidere")
    UPHELD = "upheld", _("accolto")
    REJECTED = "rejected", _("respinto")
    WITHDRAWN = "withdrawn", _("ritirato")


class StillHost(TextChoices):
    """What a company says once a year."""

    HOSTING = "hosting", _("Sì, stiamo accogliendo")
    WILLING = "willing", _("Adesso no, ma siamo pronti ad accogliere")
    NO = "no", _("No, non accogliamo più")
