"""The register of processing (Reg. UE 2016/679, art. 30) from the code, and the measures as they are in this installation.

What an entry says of tables, columns and readers is read from the models and from the table of permissions; purposes and recipients are
written here. `source` tells how sure we are: "L" read in the act, "U" a proposal that the body confirms; a proposal is shown as one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from impresasolidale.core import health
from impresasolidale.core.fields import EncryptedTextField

P = Permission
_TASK = gettext_lazy("Compito di interesse pubblico (Reg. UE 2016/679, art. 6.1.e); per salute e disagio, art. 9.2.g")
_LAW = gettext_lazy("Obbligo di legge (Reg. UE 2016/679, art. 6.1.c)")


@dataclass(frozen=True)
class Entry:
    """One processing. `apps`: the rooms whose tables it uses; `rights`: the permissions that open it."""

    code: str
    title: object
    purpose: object
    basis: object
    people: object
    recipients: object
    retention: object
    apps: tuple[str, ...]
    rights: tuple[Permission, ...]
    source: str = "U"


_KEPT = gettext_lazy("Secondo il piano di conservazione dell'ente")
ENTRIES: tuple[Entry, ...] = (
    Entry(
        "people",
        gettext_lazy("Persone seguite"),
        gettext_lazy("Presa in carico, scheda, rappresentanti, équipe, lista d'attesa"),
        _TASK,
        gettext_lazy("Persone seguite dai servizi e chi le rappresenta"),
        gettext_lazy("I servizi che le hanno in carico; un altro Ambito, quando la persona è d'accordo"),
        _KEPT,
        ("beneficiaries", "matching", "exchange"),
        (P.SEE_PEOPLE, P.SEE_MATCHING),
    ),
    Entry(
        "placements",
        gettext_lazy("Tirocini"),
        gettext_lazy("Convenzioni, progetti, firme, coperture, visite, valutazioni, chiusura"),
        _TASK,
        gettext_lazy("Persone in tirocinio, tutor, referenti delle imprese"),
        gettext_lazy("L'impresa ospitante, solo per quello che serve; INAIL e assicuratori; i registri delle comunicazioni obbligatorie"),
        _KEPT,
        ("agreements", "monitoring"),
        (P.SEE_PLACEMENTS, P.USE_TUTOR_PORTAL, P.USE_COMPANY_PORTAL),
    ),
    Entry(
        "attendance",
        gettext_lazy("Presenze e contributi"),
        gettext_lazy("Ore fatte, contributo del mese, versamento, dichiarazioni fiscali"),
        _LAW,
        gettext_lazy("Persone in tirocinio e chi riscuote per loro"),
        gettext_lazy("Il tesoriere e la banca; l'Agenzia delle entrate; INAIL"),
        _KEPT,
        ("attendance", "treasury"),
        (P.RECORD_ATTENDANCE, P.SEE_ALLOWANCES, P.SEE_MONEY),
    ),
    Entry(
        "fund",
        gettext_lazy("Fondo di solidarietà"),
        gettext_lazy("Doni ricevuti, richieste di aiuto, decisioni, versamenti, trasparenza"),
        _TASK,
        gettext_lazy("Donatori, persone aiutate, fornitori, componenti della commissione"),
        gettext_lazy("Il tesoriere; gli elenchi pubblici, senza nomi delle persone (D.Lgs. 33/2013, art. 26 e 27)"),
        _KEPT,
        ("solidarity_fund",),
        (P.SEE_FUND, P.RECORD_CONTRIBUTIONS),
    ),
    Entry(
        "companies",
        gettext_lazy("Imprese e formazione"),
        gettext_lazy("Registro delle imprese, tutor, contatti, corsi, riconoscimenti"),
        _TASK,
        gettext_lazy("Referenti, tutor e formatori"),
        gettext_lazy("Il registro pubblico delle imprese riconosciute, con il loro sì"),
        _KEPT,
        ("hosts", "training", "certification"),
        (P.SEE_COMPANIES, P.SEE_TRAINING, P.SEE_CERTIFICATES),
    ),
    Entry(
        "projects",
        gettext_lazy("Progetti finanziati"),
        gettext_lazy("Piano, spese, ore del personale, rendiconti ai finanziatori"),
        _LAW,
        gettext_lazy("Personale e partner"),
        gettext_lazy("I finanziatori e chi controlla per loro"),
        _KEPT,
        ("projects",),
        (P.SEE_PROJECTS, P.SEE_AUDIT_ROOM),
    ),
    Entry(
        "users",
        gettext_lazy("Utenti e tracce"),
        gettext_lazy("Accessi al programma, chi ha guardato o cambiato che cosa, messaggi mandati"),
        gettext_lazy("Sicurezza del trattamento (Reg. UE 2016/679, art. 32); per chi lavora, L. 300/1970, art. 4"),
        gettext_lazy("Chi usa il programma"),
        gettext_lazy("Il responsabile della protezione dei dati; l'autorità, se chiede"),
        _KEPT,
        ("accounts", "core"),
        (P.MANAGE_USERS, P.SEE_ACCESS_LOG),
    ),
    Entry(
        "rights",
        gettext_lazy("Diritti e violazioni"),
        gettext_lazy("Richieste sui propri dati, violazioni, accordi, testi accettati"),
        _LAW,
        gettext_lazy("Chi fa una richiesta; chi accetta le istruzioni"),
        gettext_lazy("Il Garante, quando serve"),
        _KEPT,
        ("privacy",),
        (P.KEEP_PRIVACY,),
        "L",
    ),
)


def tables_of(entry: Entry) -> list[str]:
    """The Italian names of the tables of its rooms, by name."""
    models = [m for app in entry.apps for m in apps.get_app_config(app).get_models() if m._meta.managed]
    return sorted({str(m._meta.verbose_name_plural) for m in models})


def encrypted_of(labels: Iterable[str]) -> list[str]:
    """The columns of these rooms that are kept encrypted: "persona: codice fiscale"."""
    models = [m for app in labels for m in apps.get_app_config(app).get_models() if m._meta.managed]
    fields = [(m, f) for m in models for f in m._meta.local_fields if isinstance(f, EncryptedTextField)]
    return sorted(f"{m._meta.verbose_name}: {f.verbose_name}" for m, f in fields)


def readers_of(entry: Entry) -> list[str]:
    """The roles that hold one of its rights."""
    return [str(role.label) for role in Role if ROLE_PERMISSIONS[role] & set(entry.rights)]


@dataclass(frozen=True)
class Measure:
    """One measure of security as this installation has it now. `is_on` None: the program cannot see it, and somebody has to say."""

    title: str
    is_on: bool | None
    detail: str


def measures() -> list[Measure]:
    """Art. 32, asked of the settings and of the database at this moment. Three queries."""
    protected, appended = _guards()
    copy = health.copy(timezone.now())
    rules: Any = settings.AUTH_PASSWORD_VALIDATORS
    length = next((rule.get("OPTIONS", {}).get("min_length", 8) for rule in rules if "Minimum" in rule["NAME"]), 0)
    return [
        Measure(_("Ogni ufficio vede solo le sue righe"), protected > 0, _("%(count)s tabelle protette") % {"count": protected}),
        Measure(
            _("Dati cifrati"),
            bool(settings.FIELD_KEYS),
            _("%(columns)s colonne, %(keys)s chiavi") % {"columns": len(encrypted_of(_rooms())), "keys": len(settings.FIELD_KEYS)},
        ),
        Measure(_("Tracce che non si cambiano"), appended > 0, _("%(count)s tabelle di sole aggiunte") % {"count": appended}),
        Measure(_("Password lunghe"), length >= 12, _("almeno %(count)s caratteri") % {"count": length}),
        Measure(
            _("Secondo fattore"),
            settings.SECOND_FACTOR == "required",
            _("ruoli a cui si chiede: %(count)s") % {"count": len(settings.SECOND_FACTOR_ROLES)},
        ),
        Measure(
            _("Blocco dopo tentativi sbagliati"),
            settings.AXES_FAILURE_LIMIT > 0,
            _("dopo %(count)s tentativi") % {"count": settings.AXES_FAILURE_LIMIT},
        ),
        Measure(
            _("Sessione che finisce da sola"),
            settings.SESSION_COOKIE_AGE <= 24 * 3600,
            _("dopo %(count)s ore") % {"count": settings.SESSION_COOKIE_AGE // 3600},
        ),
        Measure(
            _("Collegamento cifrato"),
            settings.BASE_URL.startswith("https://") and settings.SESSION_COOKIE_SECURE,
            _("indirizzo pubblico: %(url)s") % {"url": settings.BASE_URL},
        ),
        Measure(
            _("File su un altro servizio"),
            bool(settings.STORAGE_URL),
            _("i file stanno fuori dal server") if settings.STORAGE_URL else _("i file stanno sul server"),
        ),
        Measure(_("Antivirus sui file"), bool(settings.CLAMAV_URL), _("ogni file è guardato prima di tenerlo, se è collegato")),
        Measure(_("SMS attraverso un fornitore"), bool(settings.SMS_GATEWAY), _("serve un accordo con il fornitore, se sono accesi")),
        Measure(_("Identità digitale per la persona"), bool(settings.IDENTITY_DOOR), _("SPID o CIE, attraverso l'ente")),
        Measure(_("Copie di sicurezza"), copy.tone == health.GOOD, str(copy.words)),
        Measure(_("Prova di ripristino"), None, _("lo dice chi cura l'installazione")),
        Measure(_("Cifratura del disco e sala macchine"), None, _("lo dice chi cura l'installazione")),
    ]


def _rooms() -> list[str]:
    return [app for entry in ENTRIES for app in entry.apps]


def _guards() -> tuple[int, int]:
    """(tables behind row-level security, tables that only grow)"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT tablename) FROM pg_policies WHERE policyname = 'reach'")
        protected = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '%\\_append\\_only' AND tgenabled = 'O'")
        return protected, cursor.fetchone()[0]


# What a first look at the impact asks (art. 35.7); the answers of the office stand in the notes.
RISKS: tuple[tuple[object, object], ...] = (
    (
        gettext_lazy("Qualcuno dell'ufficio guarda una persona che non segue"),
        gettext_lazy("La scheda si apre solo a chi la segue, o con un motivo scritto; ogni sguardo resta e il responsabile lo legge"),
    ),
    (
        gettext_lazy("Un ufficio vede le persone di un altro"),
        gettext_lazy("Due muri: il programma filtra, e la base dati rifiuta da sola le righe degli altri"),
    ),
    (
        gettext_lazy("L'impresa viene a sapere della salute o del disagio"),
        gettext_lazy(
            "Nessuna diagnosi nel programma; nelle carte dell'impresa non ci sono né l'area né il nome del servizio che la direbbe"
        ),
    ),
    (
        gettext_lazy("L'indirizzo di una persona protetta si legge da qualche parte"),
        gettext_lazy("Lo vede solo chi ha quel permesso; non è nelle carte né negli elenchi"),
    ),
    (
        gettext_lazy("I dati si perdono o si cambiano senza che si sappia"),
        gettext_lazy("Ogni cambiamento resta con chi l'ha fatto; firme, movimenti e tracce si possono solo aggiungere"),
    ),
    (
        gettext_lazy("Una decisione la prende un programma"),
        gettext_lazy("Nessuna: il programma ordina e spiega, decide sempre una persona (Reg. UE 2016/679, art. 22)"),
    ),
)
