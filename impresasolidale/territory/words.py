"""The rule book in plain words: themes, what each value is called, its unit, how it reads, what differs between two rule books."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.utils import numberformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .enums import Confidence, Severity
from .rules import CATALOGUE, RuleInfo, Rules


@dataclass(frozen=True, slots=True)
class Theme:
    """Rules that are read together; `code` stands in addresses."""

    code: str
    title: Promise
    numbers: tuple[int, ...]

    @property
    def rules(self) -> list[RuleInfo]:
        return [CATALOGUE[number] for number in self.numbers]


THEMES = (
    Theme("progetto", gettext_lazy("Convenzione, progetto e persona"), tuple(range(1, 15))),
    Theme("tutor", gettext_lazy("Impresa e tutor"), (15, 16, 17, 18, 91, 92)),
    Theme("sicurezza", gettext_lazy("Coperture, comunicazioni e sicurezza"), tuple(range(19, 31))),
    Theme("presenze", gettext_lazy("Presenze e contributo motivazionale"), tuple(range(31, 47))),
    Theme("percorso", gettext_lazy("Visite, sospensioni e fine del percorso"), tuple(range(47, 54))),
    Theme("dati", gettext_lazy("Condizione della persona, privacy e archivio"), tuple(range(54, 63))),
    Theme("fondo", gettext_lazy("Fondo di solidarietà e trasparenza"), tuple(range(63, 74))),
    Theme("progetti", gettext_lazy("Chi finanzia i progetti"), tuple(range(74, 79))),
    Theme("riconoscimenti", gettext_lazy("Riconoscimenti alle imprese"), tuple(range(79, 88))),
    Theme("numeri", gettext_lazy("Statistiche e regole sulle regole"), (88, 89, 90)),
)

# Value → its name and its unit (a key of _UNITS, or nothing).
LABELS: Mapping[str, tuple[Promise, str]] = {
    "project_signers": (gettext_lazy("Chi firma il progetto"), ""),
    "paper_levels": (gettext_lazy("Firma minima per ogni carta"), ""),
    "drawn_process": (gettext_lazy("Atto che pubblica come si firma sul tablet"), ""),
    "framework_reminder_days": (gettext_lazy("Avviso prima che la convenzione finisca"), "days"),
    "short_messages": (gettext_lazy("Collegamenti e codici possono partire anche per SMS"), ""),
    "link_valid_days": (gettext_lazy("Validità del collegamento personale per firmare"), "days"),
    "resend_after_hours": (gettext_lazy("Attesa prima di rimandare il collegamento"), "hours"),
    "unsigned_expiry_days": (gettext_lazy("Dopo l'inizio previsto, un tirocinio non firmato scade in"), "days"),
    "draft_expiry_days": (gettext_lazy("Una bozza che nessuno tocca scade in"), "days"),
    "minimum_age": (gettext_lazy("Età minima"), "years"),
    "representative_reminder_days": (gettext_lazy("Avviso prima che scada il decreto di chi rappresenta la persona"), "days"),
    "max_months": (gettext_lazy("Durata massima in tutto"), "months"),
    "warn_months": (gettext_lazy("Avviso a partire da"), "months"),
    "min_months": (gettext_lazy("Durata minima"), "months"),
    "project_period_months": (gettext_lazy("Durata di un progetto"), "months"),
    "parallel_weekly_hours": (gettext_lazy("Ore alla settimana in tutto, con più tirocini insieme"), "hours"),
    "weekly_hours_cap": (gettext_lazy("Ore alla settimana, al massimo"), "hours"),
    "daily_hours_cap": (gettext_lazy("Ore al giorno, al massimo"), "hours"),
    "host_size_limits": (gettext_lazy("Persone accolte, secondo gli addetti"), ""),
    "host_large_percent": (gettext_lazy("Nelle imprese più grandi, quota degli addetti"), "percent"),
    "trainees_per_tutor": (gettext_lazy("Persone per un tutor aziendale"), "people"),
    "trainees_per_promoter_tutor": (gettext_lazy("Persone per un tutor del promotore"), "people"),
    "inail_insurer": (gettext_lazy("Chi assicura all'INAIL, di solito"), ""),
    "liability_insurer": (gettext_lazy("Chi assicura la responsabilità civile, di solito"), ""),
    "liability_reminder_days": (gettext_lazy("Avviso prima che scada la polizza"), "days"),
    "communication_extension_days": (gettext_lazy("Dopo una proroga o una fine anticipata, comunicazione entro"), "days"),
    "communication_sender": (gettext_lazy("Chi la invia, di solito"), ""),
    "safety_hours_general": (gettext_lazy("Formazione generale"), "hours"),
    "safety_hours_low": (gettext_lazy("Formazione specifica, rischio basso"), "hours"),
    "safety_hours_medium": (gettext_lazy("Formazione specifica, rischio medio"), "hours"),
    "safety_hours_high": (gettext_lazy("Formazione specifica, rischio alto"), "hours"),
    "safety_specific_years": (gettext_lazy("La formazione specifica vale"), "years"),
    "fitness_reminder_days": (gettext_lazy("Avviso prima che scada l'idoneità"), "days"),
    "sheet_day_of_next_month": (gettext_lazy("Giorno del mese dopo, entro cui confermare"), ""),
    "sheet_office_days": (gettext_lazy("Se il foglio manca, l'ufficio è avvisato dopo altri"), "days"),
    "paper_signatures": (gettext_lazy("Chi firma il foglio di carta"), ""),
    "travel_minutes_credit": (gettext_lazy("Viaggio riconosciuto al giorno, fino a"), "minutes"),
    "month_falls_due": (gettext_lazy("Il contributo di un mese pesa sul bilancio"), ""),
    "portal_links": (gettext_lazy("I tutor entrano anche con un collegamento personale, senza password"), ""),
    "portal_link_days": (gettext_lazy("Validità del collegamento personale del tutor"), "days"),
    "portal_link_weekly": (gettext_lazy("Ogni venerdì mandare ai tutor un collegamento nuovo"), ""),
    "allowance_model": (gettext_lazy("Come si calcola, di solito"), ""),
    "attendance_threshold_percent": (gettext_lazy("Presenza che dà il contributo intero"), "percent"),
    "part_month": (gettext_lazy("Mese iniziato o finito a metà"), ""),
    "below_threshold": (gettext_lazy("Sotto la soglia"), ""),
    "allowance_floor": (gettext_lazy("Contributo minimo al mese"), "euro"),
    "allowance_ceiling": (gettext_lazy("Contributo massimo al mese"), "euro"),
    "allowance_ceiling_with_meals": (gettext_lazy("Massimo al mese, con il pasto"), "euro"),
    "allowance_ceiling_short_day": (gettext_lazy("Massimo al mese, con giornate brevi"), "euro"),
    "short_day_hours": (gettext_lazy("Una giornata è breve fino a"), "hours"),
    "meals_reduction": (gettext_lazy("Se l'impresa offre i pasti, al mese in meno"), "euro"),
    "transport_reduction": (gettext_lazy("Se il trasporto è offerto, al mese in meno"), "euro"),
    "allowance_bands": (gettext_lazy("Contributo secondo le ore del mese"), ""),
    "adi_internship_limit": (gettext_lazy("Limite all'anno per l'assegno di inclusione"), "euro"),
    "invalidity_allowance_percent": (gettext_lazy("Assegno di invalidità, a partire da"), "percent"),
    "invalidity_pension_percent": (gettext_lazy("Pensione di invalidità, a partire da"), "percent"),
    "inail_day_minutes": (gettext_lazy("Presenza che fa contare il giorno"), "minutes"),
    "inail_item": (gettext_lazy("Voce di tariffa"), ""),
    "inail_notice_days": (gettext_lazy("Avviso all'INAIL prima dell'inizio, giorni"), "days"),
    "first_visit_days": (gettext_lazy("Prima visita entro"), "days"),
    "visit_interval_months": (gettext_lazy("Una visita ogni"), "months"),
    "call_absences": (gettext_lazy("Assenze di fila che chiedono una telefonata"), "absences"),
    "call_recent_weeks": (gettext_lazy("Calo: si guardano le ultime"), "weeks"),
    "call_usual_weeks": (gettext_lazy("Calo: a confronto con le precedenti"), "weeks"),
    "call_fall_percent": (gettext_lazy("Calo: sotto questa parte della presenza abituale"), "percent"),
    "talk_answer_days": (gettext_lazy("Chi chiede di parlare è richiamato entro, in giorni lavorativi"), "days"),
    "course_self_enrolment": (gettext_lazy("I tutor si iscrivono da soli ai corsi (vale per tutta la rete)"), ""),
    "training_minimum_percent": (gettext_lazy("Ore di un corso da seguire per l'attestato, almeno"), "percent"),
    "training_initial_hours_year": (gettext_lazy("Ore di corso iniziale all'anno per un tutor, al massimo"), "hours"),
    "training_refresher_hours_year": (gettext_lazy("Ore di aggiornamento all'anno per un tutor, al massimo"), "hours"),
    "training_refresher_months": (gettext_lazy("Aggiornamento del tutor, ogni"), "months"),
    "training_withdrawal_days": (gettext_lazy("Ritiro di un tutor senza chiedere, prima del corso almeno"), "days"),
    "evaluation_moments": (gettext_lazy("Quando si valuta"), ""),
    "evaluation_days": (gettext_lazy("Valutazione: per rispondere"), "days"),
    "evaluation_before_end_days": (gettext_lazy("Valutazione finale: si chiede prima della fine di"), "days"),
    "evaluation_sets": (gettext_lazy("Altre domande, solo per l'ufficio"), ""),
    "suspension_illness_days": (gettext_lazy("Una malattia sospende da"), "days"),
    "suspension_closure_days": (gettext_lazy("Una chiusura dell'impresa sospende da"), "days"),
    "suspension_max_days": (gettext_lazy("Sospensione in tutto, al massimo"), "days"),
    "suspension_moves_end": (gettext_lazy("La sospensione sposta la fine"), ""),
    "accident_inail_days": (gettext_lazy("Dal certificato medico, denuncia all'INAIL entro"), "days"),
    "accident_insurer_days": (gettext_lazy("Avviso all'assicuratore, in giorni lavorativi, entro"), "days"),
    "accident_authority_prognosis": (gettext_lazy("Si avvisa l'autorità oltre una prognosi di"), "days"),
    "civil_invalidity_percent": (gettext_lazy("Invalidità civile, a partire da"), "percent"),
    "work_invalidity_percent": (gettext_lazy("Invalidità del lavoro, a partire da"), "percent"),
    "company_leads": (gettext_lazy("Le imprese si fanno avanti dalla pagina pubblica"), ""),
    "lead_retention_months": (gettext_lazy("Chi ha chiesto di aderire e poi non se n'è fatto niente si cancella dopo"), "months"),
    "fund_isee_ceiling": (gettext_lazy("ISEE massimo"), "euro"),
    "fund_yearly_ceiling": (gettext_lazy("Aiuto massimo all'anno per persona"), "euro"),
    "fund_window_months": (gettext_lazy("Dopo la fine del tirocinio, ancora per"), "months"),
    "fund_quorum": (gettext_lazy("Componenti che votano, almeno"), "people"),
    "publication_threshold": (gettext_lazy("Aiuti da pubblicare, oltre all'anno"), "euro"),
    "cofinancing_percent": (gettext_lazy("Quota di cofinanziamento"), "percent"),
    "budget_shift_percent": (gettext_lazy("Spostamento fra voci, fino a"), "percent"),
    "certification_area_minimum": (gettext_lazy("Minimo in ogni area"), "points"),
    "certification_total_minimum": (gettext_lazy("Minimo in totale"), "points"),
    "certification_external_validators": (gettext_lazy("Chi verifica da fuori, almeno"), "people"),
    "certificate_validity_months": (gettext_lazy("Un riconoscimento dura"), "months"),
    "certificate_reminder_days": (gettext_lazy("Avviso prima che scada"), "days"),
    "certification_windows": (gettext_lazy("Periodi per chiederlo"), ""),
    "small_number_threshold": (gettext_lazy("Si nascondono i numeri sotto"), ""),
    "certification_word": (gettext_lazy("In pubblico, quello che un'impresa ha si chiama"), ""),
}

# The choices of values that are codes, in the order they are offered.
CHOICES: Mapping[str, Mapping[str, Promise | str]] = {
    "project_signers": {
        "service": gettext_lazy("il servizio che ha in carico la persona"),
        "promoter": gettext_lazy("l'ente promotore"),
        "host": gettext_lazy("l'impresa"),
        "person": gettext_lazy("la persona"),
    },
    "inail_insurer": {"promoter": gettext_lazy("l'ente promotore"), "host": gettext_lazy("l'impresa")},
    "liability_insurer": {"promoter": gettext_lazy("l'ente promotore"), "host": gettext_lazy("l'impresa")},
    "communication_sender": {"host": gettext_lazy("l'impresa"), "promoter": gettext_lazy("l'ente promotore, su delega")},
    "month_falls_due": {
        "same_month": gettext_lazy("dell'anno di quel mese"),
        "next_month": gettext_lazy("del mese dopo, quando si liquida (dicembre: l'anno dopo)"),
    },
    "allowance_model": {
        "flat": gettext_lazy("importo fisso al mese"),
        "threshold": gettext_lazy("importo al mese con soglia di presenza"),
        "hourly": gettext_lazy("importo all'ora"),
        "bands": gettext_lazy("fasce di ore"),
        "none": gettext_lazy("nessun contributo"),
    },
    "part_month": {
        "planned_minutes": gettext_lazy("secondo le ore previste"),
        "calendar_days": gettext_lazy("secondo i giorni di calendario"),
    },
    "below_threshold": {"proportional": gettext_lazy("in proporzione alla presenza"), "nil": gettext_lazy("niente")},
    "paper_signatures": {
        "both": gettext_lazy("il tutor e la persona"),
        "tutor": gettext_lazy("il tutor"),
        "none": gettext_lazy("nessuno: basta il foglio"),
    },
    "inail_item": {"0314": "0314", "0611": "0611"},
    "certification_word": {
        "riconoscimento": gettext_lazy("riconoscimento"),
        "attestato": gettext_lazy("attestato"),
        "marchio": gettext_lazy("marchio"),
    },
    "evaluation_moments": {"initial": gettext_lazy("all'inizio"), "mid": gettext_lazy("a metà"), "final": gettext_lazy("alla fine")},
    "evaluation_sets": {
        "dpcm-2000-1": gettext_lazy("capacità, dalla scheda del D.P.C.M. 13/01/2000"),
        "icf-1": gettext_lazy("qualificatori ICF (scelta dell'ufficio, non un obbligo)"),
        "own": gettext_lazy("quelle che l'ufficio scrive da sé"),
    },
}
PAPERS: Mapping[str, Promise] = {
    "framework_agreement": gettext_lazy("convenzione"),
    "personal_project": gettext_lazy("progetto personalizzato"),
    "amendment": gettext_lazy("modifica del progetto"),
    "extension": gettext_lazy("proroga"),
    "pact": gettext_lazy("patto"),
}
LEVELS: Mapping[str, Promise] = {
    "simple": gettext_lazy("firma semplice, con collegamento e codice"),
    "drawn": gettext_lazy("firma disegnata sul tablet"),
    "handwritten": gettext_lazy("firma a mano su carta"),
    "qualified": gettext_lazy("firma digitale"),
}


def number(value: Any, decimals: int | None = None) -> str:
    """1.234,50: thousands and decimals as in Italian, without decimals that say nothing."""
    if isinstance(value, Decimal):
        if value == value.to_integral():
            value, decimals = int(value), None
        elif decimals is None:
            value = f"{value.normalize():f}"
    return numberformat.format(value, ",", decimals, grouping=3, thousand_sep=".", force_grouping=True)


_UNITS: Mapping[str, Callable[[Any], str]] = {
    "days": lambda n: ngettext("%(n)s giorno", "%(n)s giorni", n) % {"n": number(n)},
    "hours": lambda n: ngettext("%(n)s ora", "%(n)s ore", n) % {"n": number(n)},
    "minutes": lambda n: ngettext("%(n)s minuto", "%(n)s minuti", n) % {"n": number(n)},
    "weeks": lambda n: ngettext("%(n)s settimana", "%(n)s settimane", n) % {"n": number(n)},
    "absences": lambda n: ngettext("%(n)s assenza", "%(n)s assenze", n) % {"n": number(n)},
    "months": lambda n: ngettext("%(n)s mese", "%(n)s mesi", n) % {"n": number(n)},
    "years": lambda n: ngettext("%(n)s anno", "%(n)s anni", n) % {"n": number(n)},
    "people": lambda n: ngettext("%(n)s persona", "%(n)s persone", n) % {"n": number(n)},
    "points": lambda n: ngettext("%(n)s punto", "%(n)s punti", n) % {"n": number(n)},
    "percent": lambda n: f"{number(n)} %",
    "euro": lambda n: f"{number(n, 2 if isinstance(n, Decimal) else None)} €",
}
UNIT_NAMES: Mapping[str, Promise] = {
    "days": gettext_lazy("giorni"),
    "hours": gettext_lazy("ore"),
    "minutes": gettext_lazy("minuti"),
    "weeks": gettext_lazy("settimane"),
    "absences": gettext_lazy("assenze"),
    "months": gettext_lazy("mesi"),
    "years": gettext_lazy("anni"),
    "people": gettext_lazy("persone"),
    "points": gettext_lazy("punti"),
    "percent": gettext_lazy("per cento"),
    "euro": gettext_lazy("euro"),
}


def words(name: str, value: Any) -> str:
    """A value as it is read: "30 ore", "sì", "fino a 5 addetti 1, fino a 20 addetti 2"."""
    if value is None:
        return _("nessun limite")
    if isinstance(value, bool):
        return _("sì") if value else _("no")
    if name in _TELLERS:
        return "; ".join(_TELLERS[name](first, last) for first, last in value)
    if name in CHOICES:
        codes = value if isinstance(value, tuple) else (value,)
        return ", ".join(str(CHOICES[name].get(code, code)) for code in codes) or _("nessuna")
    unit = LABELS[name][1]
    return _UNITS[unit](value) if unit else str(value) or _("nessuno")


_TELLERS: Mapping[str, Callable[[Any, Any], str]] = {
    "host_size_limits": lambda staff, people: (
        _("fino a %(staff)s addetti %(people)s") % {"staff": staff, "people": _UNITS["people"](people)}
    ),
    "allowance_bands": lambda hours, euro: _("oltre %(hours)s %(euro)s") % {"hours": _UNITS["hours"](hours), "euro": _UNITS["euro"](euro)},
    "paper_levels": lambda paper, level: f"{PAPERS.get(paper, paper)}: {LEVELS.get(level, level)}",
    "certification_windows": lambda first, last: _("dal %(first)s al %(last)s") % {"first": month_day(first), "last": month_day(last)},
}


def month_day(text: str) -> str:
    """ "05-01" as it is read: 1/5."""
    month, day = text.split("-")
    return f"{int(day)}/{int(month)}"


def standing(rule: RuleInfo) -> str:
    """Whether a rule may be called law: only a duty that was read in its source. What nobody confirmed is the office's choice."""
    if rule.confidence is Confidence.UNCONFIRMED:
        return _("Da confermare: scelta dell'ufficio")
    return _("Obbligo di legge") if rule.is_law else str(rule.kind.label).capitalize()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a rule: its severity when `name` is empty, else one of its values. `cells` hold it in each rule book, in words."""

    rule: RuleInfo
    name: str
    label: str
    cells: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len(set(self.cells)) > 1


def side_by_side(books: Iterable[Rules]) -> list[tuple[Theme, list[Row]]]:
    """Every line of every theme, with one cell a rule book."""
    columns = list(books)
    return [(theme, [row for rule in theme.rules for row in _lines(rule, columns)]) for theme in THEMES]


def differences(before: Rules, after: Rules) -> list[Row]:
    """What changes from one rule book to the other, each line with its two cells."""
    told: set[str] = set()  # a value that two rules share is told once
    found = []
    for _theme, rows in side_by_side((before, after)):
        for row in rows:
            if row.differs and row.name not in told:
                found.append(row)
                told |= {row.name} - {""}
    return found


def _lines(rule: RuleInfo, books: list[Rules]) -> list[Row]:
    rows = [Row(rule, "", _("Che cosa fa il programma"), tuple(str(Severity(book.severity(rule.number)).label) for book in books))]
    rows += [Row(rule, name, str(LABELS[name][0]), tuple(words(name, getattr(book, name)) for book in books)) for name in rule.values]
    return rows


def changed_values(before: Rules, after: Rules) -> dict[str, Any]:
    """The JSON values that turn `before` into `after`: what a new version is asked to change, and nothing else."""
    old, new = before.to_values(), after.to_values()
    changes = {f.name: new[f.name] for f in fields(Rules) if f.name != "severities" and new[f.name] != old[f.name]}
    severities = {number: severity for number, severity in new["severity"].items() if severity != old["severity"][number]}
    return changes | ({"severity": severities} if severities else {})
