from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Sex(TextChoices):
    FEMALE = "F", _("femmina")
    MALE = "M", _("maschio")


class TargetArea(TextChoices):
    """Areas for statistics only (domain.md §3.1); never a diagnosis. JUDICIAL needs a permission of its own."""

    DISABILITY = "disability", _("disabilità")
    MENTAL_HEALTH = "mental_health", _("salute mentale")
    ADDICTION = "addiction", _("dipendenze")
    DISADVANTAGE = "disadvantage", _("difficoltà sociale")
    JUDICIAL = "judicial", _("area giudiziaria")


class ReferringService(TextChoices):
    """Referring services of the territory (domain.md §3.2)."""

    SOCIAL_SERVICE = "social_service", _("servizio sociale di base")
    SIL = "sil", _("servizio inserimento lavorativo")
    CPS = "cps", _("centro psicosociale")
    SERD = "serd", _("servizio dipendenze (SerD)")
    NPIA = "npia", _("neuropsichiatria infantile")
    UEPE = "uepe", _("ufficio esecuzione penale esterna")
    DAY_CENTRE = "day_centre", _("centro diurno (CDD, CSE, SFA)")
    SCHOOL = "school", _("scuola")
    OTHER = "other", _("altro servizio")


class RepresentativeKind(TextChoices):
    PARENT = "parent", _("genitore")
    GUARDIAN = "guardian", _("tutore")
    CURATOR = "curator", _("curatore")
    SUPPORT_ADMINISTRATOR = "support_administrator", _("amministratore di sostegno")


class CareRole(TextChoices):
    REFERENT = "referent", _("referente del caso")
    EDUCATOR = "educator", _("educatore")
    MEMBER = "member", _("équipe")


class Scheme(TextChoices):
    """What a certified status is asked of (domain.md §3.1). EU651 and LOCAL are practice to be confirmed, never shown as law."""

    L381 = "l381", _("persone svantaggiate (L. 381/1991, art. 4)")
    L68 = "l68", _("collocamento mirato (L. 68/1999)")
    INVALIDITY = "invalidity", _("invalidità civile")
    L104 = "l104", _("L. 104/1992")
    TIS = "tis", _("destinatari dei tirocini di inclusione (nota nazionale 2024)")
    EU651 = "eu651", _("lavoratori svantaggiati (reg. UE 651/2014), da confermare")
    LOCAL = "local", _("bandi locali")


class StatusCategory(TextChoices):
    """Categories of a status that a public act certifies (rules 54, 55). What the act says, never why: no diagnosis."""

    L381_PHYSICAL = "l381_physical", _("invalidità fisica")
    L381_PSYCHIC = "l381_psychic", _("invalidità psichica")
    L381_SENSORY = "l381_sensory", _("invalidità sensoriale")
    L381_FORMER_PSYCHIATRIC = "l381_former_psychiatric", _("già degente di istituti psichiatrici")
    L381_PSYCHIATRIC = "l381_psychiatric", _("in trattamento psichiatrico")
    L381_DRUGS = "l381_drugs", _("tossicodipendenza")
    L381_ALCOHOL = "l381_alcohol", _("alcolismo")
    L381_MINOR = "l381_minor", _("minore in età lavorativa con difficoltà familiari")
    L381_CONVICTED = "l381_convicted", _("misura alternativa alla detenzione")
    L381_OTHER = "l381_other", _("altra categoria stabilita per decreto")
    L68_CIVIL = "l68_civil", _("invalidità civile, iscrizione al collocamento mirato")
    L68_WORK = "l68_work", _("invalidità del lavoro, iscrizione al collocamento mirato")
    CIVIL_PARTIAL = "civil_partial", _("invalidità civile senza assegno")
    CIVIL_ALLOWANCE = "civil_allowance", _("invalidità civile con assegno")
    CIVIL_PENSION = "civil_pension", _("invalidità civile con pensione")
    L104_C1 = "l104_c1", _("art. 3 comma 1")
    L104_C3 = "l104_c3", _("art. 3 comma 3")
    TIS_DISABLED = "tis_disabled", _("persona con disabilità")
    TIS_DISADVANTAGED = "tis_disadvantaged", _("persona svantaggiata")
    TIS_VERY_DISADVANTAGED = "tis_very_disadvantaged", _("persona molto svantaggiata")
    TIS_ASYLUM = "tis_asylum", _("richiedente asilo")
    TIS_PROTECTION = "tis_protection", _("titolare di protezione")
    TIS_ADI = "tis_adi", _("nucleo con assegno di inclusione (ADI)")
    TIS_ISEE = "tis_isee", _("in carico ai servizi, con ISEE sotto la soglia")
    EU_UNEMPLOYED_6 = "eu_unemployed_6", _("senza impiego da sei mesi")
    EU_UNEMPLOYED_12 = "eu_unemployed_12", _("senza impiego da dodici mesi")
    EU_UNEMPLOYED_24 = "eu_unemployed_24", _("senza impiego da ventiquattro mesi")
    EU_YOUNG = "eu_young", _("fra 15 e 24 anni")
    EU_NO_DIPLOMA = "eu_no_diploma", _("senza diploma")
    EU_OVER_50 = "eu_over_50", _("oltre 50 anni")
    EU_SINGLE_ADULT = "eu_single_adult", _("adulto solo con persone a carico")
    LOCAL_VIOLENCE = "local_violence", _("donna in un percorso di uscita dalla violenza")
    LOCAL_HOMELESS = "local_homeless", _("senza dimora")
    LOCAL_MIGRANT = "local_migrant", _("persona migrante")
    LOCAL_NEET = "local_neet", _("giovane che non studia e non lavora (NEET)")
    LOCAL_OTHER = "local_other", _("altra categoria di un bando")


class ActKind(TextChoices):
    """The public act that proves a status (L. 381/1991 art. 4: a document of a public administration)."""

    INVALIDITY_BOARD = "invalidity_board", _("verbale della commissione di invalidità (INPS)")
    INAIL = "inail", _("attestazione INAIL")
    TARGETED_PLACEMENT = "targeted_placement", _("iscrizione al collocamento mirato")
    JOB_CENTRE = "job_centre", _("attestazione del Centro per l’impiego")
    HEALTH_SERVICE = "health_service", _("attestazione del servizio sanitario")
    SOCIAL_SERVICE = "social_service", _("attestazione del servizio sociale")
    COURT = "court", _("provvedimento dell’autorità giudiziaria")
    PERMIT = "permit", _("permesso o riconoscimento della Questura")
    ISEE = "isee", _("attestazione ISEE")
    OTHER = "other", _("altro atto pubblico")


class Power(TextChoices):
    """What the decree lets a representative do."""

    SIGN = "sign", _("firmare accordi e progetti")
    MONEY = "money", _("ricevere e amministrare il denaro")
    HEALTH = "health", _("decidere sulla salute")
    FULL = "full", _("rappresentanza piena")


class ReferralReason(TextChoices):
    """Why a service asks for a placement, coded (domain.md §2.5); the story stays in its own record."""

    SOCIAL_ROLE = "social_role", _("ritrovare un ruolo fra la gente")
    AUTONOMY = "autonomy", _("crescere in autonomia")
    AFTER_SCHOOL = "after_school", _("dopo la scuola")
    AFTER_CARE = "after_care", _("dopo un percorso di cura")
    ALTERNATIVE = "alternative", _("alternativa al centro diurno")
    WORK = "work", _("primo passo verso un impiego")


class ExpectedGoal(TextChoices):
    """What the referring service hopes for, coded."""

    ROUTINE = "routine", _("ritmo e impegni della settimana")
    RELATIONS = "relations", _("relazioni")
    SKILLS = "skills", _("abilità pratiche")
    ESTEEM = "esteem", _("fiducia in sé")
    MOVING = "moving", _("spostarsi in autonomia")
    HIRING = "hiring", _("un impiego")


class ReferralOutcome(TextChoices):
    """What became of a referral. All but ACCEPTED ask for a reason."""

    ACCEPTED = "accepted", _("accolta")
    REDIRECTED = "redirected", _("indirizzata a un altro servizio")
    DECLINED = "declined", _("la persona non vuole")
    NOT_SUITABLE = "not_suitable", _("non è il momento")


class Level(TextChoices):
    """The scale of DPCM 13 January 2000 (scheda delle capacità)."""

    ABSENT = "absent", _("assente")
    MINIMAL = "minimal", _("minima")
    MEDIUM = "medium", _("media")
    HIGH = "high", _("elevata")
    POTENTIAL = "potential", _("potenziale")


class ConsentKind(TextChoices):
    """Extras that need a consent of their own (rule 57): no placement ever depends on them."""

    IMAGES = "images", _("foto e video")
    TESTIMONY = "testimony", _("raccontare la propria esperienza")


class WaitingState(TextChoices):
    WAITING = "waiting", _("in attesa")
    PROPOSED = "proposed", _("proposta in corso")
    PLACED = "placed", _("inserita")
    REMOVED = "removed", _("uscita dalla lista")


class Priority(TextChoices):
    """Why somebody should not wait long. None of them says anything of health."""

    ISOLATION = "isolation", _("rischia di restare sola")
    NO_INCOME = "no_income", _("nessuna entrata in casa")
    BENEFIT_ENDS = "benefit_ends", _("sta per finire un sostegno")
    PATH_ENDS = "path_ends", _("sta finendo un percorso")
    YOUNG = "young", _("ha meno di 25 anni")
    DEPENDANTS = "dependants", _("ha persone a carico")
    SERVICE_ASKS = "service_asks", _("il servizio chiede di fare presto")


class LeavingReason(TextChoices):
    """Why somebody leaves the waiting list without a placement."""

    DECLINED = "declined", _("non è più interessata")
    EMPLOYED = "employed", _("ha trovato un impiego")
    OTHER_PATH = "other_path", _("segue un altro percorso")
    MOVED = "moved", _("si è trasferita")
    NOT_IN_CHARGE = "not_in_charge", _("nessun servizio l’ha più in carico")
    OTHER = "other", _("altro motivo")


class DiaryKind(TextChoices):
    CALL = "call", _("telefonata")
    MEETING = "meeting", _("incontro o colloquio")
    NOTE = "note", _("nota")
    DECISION = "decision", _("decisione")
    MAIL = "mail", _("lettera o mail")


class DocumentCategory(TextChoices):
    DECREE = "decree", _("decreto di nomina")
    STATUS_ACT = "status_act", _("atto che attesta la condizione")
    IDENTITY_CARD = "identity_card", _("documento d'identità")
    MEDICAL_FITNESS = "medical_fitness", _("idoneità medica")
    CONSENT = "consent", _("consenso")
    OTHER = "other", _("altro")


class PaymentKind(TextChoices):
    """How a sum reaches a person (domain.md §12.1)."""

    OWN_IBAN = "own_iban", _("sul suo conto")
    REPRESENTATIVE_IBAN = "repr_iban", _("sul conto che tiene il rappresentante")
    CASH = "cash", _("in contanti a una persona indicata")
    BODY = "body", _("lo anticipa una cooperativa, che viene rimborsata")
    SUPPLIER = "supplier", _("a un fornitore, con fattura")
