"""The start light, judged: one pure function per item, facts in, a Light out (domain.md §9; house.md §3, Start light).

No ORM and no clock. Each function's docstring names its rule. `why` is what the office reads under the item.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.hosts.enums import RiskClass
from impresasolidale.territory.rules import CATALOGUE, Rules, Severity, months_between
from placements.beneficiaries.enums import StatusCategory
from placements.beneficiaries.rules import age

from .enums import ITEM_RULE, EvidenceKind, Insurer, ItemKind, Sender, SignerRole

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """Days both included; `to` None: without an end."""

    start: date
    to: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """Proof of a person's safety: training of so many hours, or fitness; `to` None: for ever."""

    kind: str
    done_on: date
    to: date | None = None
    hours: int = 0
    risk_class: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Benefits:
    """What the person receives that the allowance may touch: the household's inclusion income (ADI), an invalidity benefit."""

    inclusion_income: bool = False
    at_risk: bool = False  # an invalidity benefit beside an allowance that is taxed


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Everything the start light looks at, of one placement on one day."""

    starts_on: date
    ends_on: date
    judged_on: date | None = None  # today while the placement runs; None: its first day
    # Papers
    agreement: Period | None = None  # the framework agreement that was chosen
    agreement_signed: bool = False
    signers_required: tuple[str, ...] = ()  # as printed on the project; empty: not issued yet
    signers_done: frozenset[str] = frozenset()
    # The person
    birth_date: date
    schooling_completed: bool = True
    privacy_notice_on: date | None = None
    assessed_on: date | None = None  # the latest assessment made by the start
    assessed_to: date | None = None  # until when it holds, when it says so
    charges: tuple[Period, ...] = ()
    representative: str = ""  # name of who signs for the person, or beside them
    expired_decree: tuple[str, date] | None = None  # whose, and its last day, when nobody represents the person now
    is_minor: bool = False
    earlier_months: int = 0  # months of the person's other placements
    attested_until: date | None = None  # by the public service, beyond the longest time (rule 8)
    # The company and the tutors
    has_company_tutor: bool = False
    has_promoter_tutor: bool = False
    same_tutor: bool = False
    tutor_is_trained: bool = False
    tutor_others: int = 0  # people the company tutor follows in the same period, this one left out
    promoter_others: int = 0  # the same, of the promoter's tutor
    company_others: int = 0  # people the company has from the same Ambito in the same period, this one left out
    company_staff: int | None = None  # people who work there, when the company told
    safety_declared_on: date | None = None
    # Covers
    inail_by: str = Insurer.PROMOTER
    liability_by: str = Insurer.PROMOTER
    inail: tuple[Period, ...] = ()  # of whoever insures
    liability: tuple[Period, ...] = ()
    # Communication and safety
    communication_sender: str = ""
    communication_on: date | None = None
    communication_number: str = ""
    risk_class: str = ""  # of the company; empty: not known
    evidence: tuple[Evidence, ...] = ()  # of the person, wherever it was got
    needs_fitness: bool = False
    # Outside the seat, and in whose place
    works_outside: bool = False
    outside_places: int = 0
    outside_untold: int = 0  # of these, the insurer was not told of
    replacement_flag: str = ""  # what somebody saw, while it is not cleared
    # The allowance
    is_paid: bool = False
    has_source: bool = False  # pots of its own, or the payer's only budget line of the year
    # Other benefits of the person, by what public acts certify
    benefits: Benefits = Benefits()
    told_on: date | None = None  # the person knows what the allowance means for them
    noted_on: date | None = None  # the placement stands in the services' platform for inclusion income

    @property
    def on(self) -> date:
        return self.judged_on or self.starts_on


@dataclass(frozen=True, slots=True)
class Light:
    """One item judged. `rule` differs from the item's own rule when a stricter one takes over (8 after 7)."""

    satisfied: bool
    why: str
    expires_on: date | None = None
    rule: int | None = None


def covered_until(periods: Iterable[Period], day: date) -> date | None:
    """The last day covered without a gap from `day` on; date.max when it has no end; None when `day` itself is bare.

    Yearly policies follow each other: one that begins the day after another ends carries on.
    """
    until = day - DAY
    for period in sorted(periods, key=lambda p: p.start):
        if period.start - until > DAY:
            break
        if period.to is None:
            return date.max
        until = max(until, period.to)
    return until if until >= day else None


def judge(facts: Facts, rules: Rules) -> dict[str, tuple[Light, Severity]]:
    """Every item whose rule is not switched off in this rule book, with the severity it has there."""
    found: dict[str, tuple[Light, Severity]] = {}
    for kind, function in _JUDGES.items():
        light = function(facts, rules)
        severity = rules.severity(light.rule or ITEM_RULE[kind])
        if severity != Severity.OFF:
            found[kind] = (light, severity)
    return found


def may_waive(kind: str) -> bool:
    """Whether a coordinator may let the item pass with a reason: never a hard legal rule (kind H of the rule table)."""
    return CATALOGUE[ITEM_RULE[kind]].kind != "H"


def required_signers(*, signers: Iterable[str], representative: bool, signs_alone: bool, service_is_a_party: bool) -> tuple[str, ...]:
    """Who signs a personal project (rules 2 and 6; domain.md §12.3), in the order of the paper.

    `signers` is the rule book's list. A representative signs beside the person, or alone when the decree says so; the service
    that has the person in charge signs apart only when it is neither promoter nor host.
    """
    wanted = set(signers)
    if not service_is_a_party:
        wanted.discard(SignerRole.SERVICE)
    if representative and SignerRole.PERSON in wanted:
        wanted.add(SignerRole.REPRESENTATIVE)
        if signs_alone:
            wanted.discard(SignerRole.PERSON)
    return tuple(role for role in SignerRole.values if role in wanted)


def weekly_minutes(week: Iterable[tuple[int, int]]) -> int:
    """Minutes a week of a pattern of (weekday, minutes): the sum (rule 14)."""
    return sum(minutes for _weekday, minutes in week)


def is_over_weekly_cap(minutes: int, rules: Rules) -> bool:
    """More than the rule book's hours a week (rule 13)."""
    return rules.severity(13) != Severity.OFF and minutes > rules.weekly_hours_cap * 60


def host_limit(staff: int, rules: Rules) -> int:
    """People a company of this staff may have at once (rule 15): by the table, and above it a share, rounded down but never below it."""
    for up_to, people in rules.host_size_limits:
        if staff <= up_to:
            return people
    return max(rules.host_size_limits[-1][1], staff * rules.host_large_percent // 100)


def benefits_of(certified: Iterable[tuple[str, int | None]], *, taxed: bool, rules: Rules) -> Benefits:
    """What of the person's certified statuses (category, percentage) the allowance may touch (rules 43 and 44; nota 16631/2024).

    An exempt allowance touches no invalidity benefit; a taxed one may, from the percentage that gives one.
    """
    certified = list(certified)
    paid = (StatusCategory.CIVIL_ALLOWANCE, StatusCategory.CIVIL_PENSION)
    disabled = any(
        category in paid or (category == StatusCategory.L68_CIVIL and (percent or 0) >= rules.invalidity_allowance_percent)
        for category, percent in certified
    )
    return Benefits(inclusion_income=any(c == StatusCategory.TIS_ADI for c, _p in certified), at_risk=taxed and disabled)


def others_at_once(rows: Iterable[Any], placement: Any) -> int:
    """How many other people have a placement among `rows` on some of the same days."""
    mine, first, last = placement.beneficiary_id, placement.starts_on, placement.ends_on
    return len({o.beneficiary_id for o in rows if o.beneficiary_id != mine and o.starts_on <= last and o.ends_on >= first})


# --- One function per item


def _agreement(f: Facts, rules: Rules) -> Light:
    """Rule 1: signed, and valid on the start date (a framework agreement may end before the placement does)."""
    if f.agreement is None:
        return Light(False, _("Scegli o prepara la convenzione con l'impresa."))
    if not f.agreement_signed:
        return Light(False, _("La convenzione c'è, ma non è ancora firmata da tutti."))
    to = f.agreement.to or date.max
    if not f.agreement.start <= f.starts_on <= to:
        return Light(False, _("La convenzione firmata non vale il giorno di inizio: vale dal %(a)s al %(b)s.") % _between(f.agreement))
    return Light(True, _("Firmata, vale fino al %(day)s.") % {"day": _day(to)}, to)


def _project(f: Facts, rules: Rules) -> Light:
    """Rule 2: signed by every party named on the paper."""
    if not f.signers_required:
        return Light(False, _("Le carte da firmare non sono ancora state preparate."))
    missing = [str(SignerRole(role).label) for role in f.signers_required if role not in f.signers_done]
    if missing:
        return Light(False, _("Manca la firma di: %(who)s.") % {"who": ", ".join(missing)})
    return Light(True, _("Firmato da tutti."))


def _assessment(f: Facts, rules: Rules) -> Light:
    """Rule 3: a dated assessment of the professional social service, made by the start, that still holds."""
    if f.assessed_on is None:
        return Light(False, _("Nella scheda della persona manca una valutazione del servizio sociale, fatta entro l'inizio."))
    if f.assessed_to and f.assessed_to < f.on:
        words = _("La valutazione del %(day)s valeva fino al %(to)s: ne serve una nuova.")
        return Light(False, words % {"day": _day(f.assessed_on), "to": _day(f.assessed_to)}, f.assessed_to)
    return Light(True, _("Valutazione del %(day)s.") % {"day": _day(f.assessed_on)}, f.assessed_to)


def _in_charge(f: Facts, rules: Rules) -> Light:
    """Rule 4: a service has the person in charge on every day of the placement."""
    until = covered_until(f.charges, f.starts_on)
    if until is None:
        return Light(False, _("Il giorno di inizio nessun servizio ha in carico la persona."))
    if until < f.ends_on:
        return Light(False, _("La presa in carico finisce il %(day)s, prima del tirocinio.") % {"day": _day(until)}, until)
    return Light(True, _("In carico per tutto il periodo."), _open_end(until))


def _age(f: Facts, rules: Rules) -> Light:
    """Rule 5: old enough on the first day, compulsory schooling done."""
    if age(f.birth_date, f.starts_on) < rules.minimum_age:
        return Light(False, _("Il giorno di inizio non ha ancora %(years)d anni.") % {"years": rules.minimum_age})
    if not f.schooling_completed:
        return Light(False, _("Nella scheda l'obbligo scolastico non risulta concluso."))
    return Light(True, _("Età e obbligo scolastico sono a posto."))


def _representative(f: Facts, rules: Rules) -> Light:
    """Rule 6: for a minor, or a person with a guardian, the representative signs the project."""
    if not f.representative:
        if f.is_minor:
            return Light(False, _("È minorenne: nella sua scheda manca chi firma per lei o per lui."))
        if f.expired_decree:
            words = _("Firma la persona: il decreto di %(name)s è scaduto il %(day)s. Controlla che non ce ne sia uno nuovo.")
            return Light(True, words % {"name": f.expired_decree[0], "day": _day(f.expired_decree[1])})
        return Light(True, _("Non serve: firma la persona."))
    if SignerRole.REPRESENTATIVE not in f.signers_done:
        return Light(False, _("Deve firmare anche %(name)s.") % {"name": f.representative})
    return Light(True, _("Ha firmato %(name)s.") % {"name": f.representative})


def _length(f: Facts, rules: Rules) -> Light:
    """Rule 7: total months, with a warning before the limit. Beyond it rule 8: the service attests the need."""
    months = f.earlier_months + months_between(f.starts_on, f.ends_on)
    words = ngettext("%(n)d mese in tutto", "%(n)d mesi in tutto", months) % {"n": months}
    if months > rules.max_months:
        if f.attested_until and f.attested_until >= f.ends_on:
            return Light(True, _("%(months)s, con l'attestazione del servizio.") % {"months": words}, f.attested_until, 8)
        why = _("%(months)s: oltre %(max)d serve l'attestazione del servizio, con data e protocollo.") % {
            "months": words,
            "max": rules.max_months,
        }
        return Light(False, why, rule=8)
    if months >= rules.warn_months:
        return Light(False, _("%(months)s: il massimo è %(max)d, pensa per tempo al dopo.") % {"months": words, "max": rules.max_months})
    return Light(True, _("%(months)s, su un massimo di %(max)d.") % {"months": words, "max": rules.max_months})


def _tutors(f: Facts, rules: Rules) -> Light:
    """Rule 18: a tutor of the company and one of the promoter, two different people."""
    if not (f.has_company_tutor and f.has_promoter_tutor):
        missing = [
            label
            for there, label in ((f.has_company_tutor, _("il tutor aziendale")), (f.has_promoter_tutor, _("il tutor dell'ente promotore")))
            if not there
        ]
        return Light(False, _("Manca %(who)s.") % {"who": _(" e ").join(missing)})
    if f.same_tutor:
        return Light(False, _("I due tutor sono la stessa persona: servono due persone diverse."))
    return Light(True, _("Indicati tutti e due."))


def _inail(f: Facts, rules: Rules) -> Light:
    """Rule 19: INAIL from the first day to the last, of the promoter or of the host; positions may follow each other."""
    until = covered_until(f.inail, f.starts_on)
    who = _of_whom(f.inail_by)
    if until is None:
        return Light(False, _("Il giorno di inizio nessuna posizione INAIL %(who)s è attiva.") % {"who": who})
    if until < f.ends_on:
        why = _("La posizione INAIL %(who)s finisce il %(day)s, prima della fine del tirocinio.")
        return Light(False, why % {"who": who, "day": _day(until)}, until)
    return Light(True, _("Attiva per tutto il periodo (%(who)s).") % {"who": who}, _open_end(until))


def _liability(f: Facts, rules: Rules) -> Light:
    """Rule 20: third-party liability on every day of the placement; policies may follow each other."""
    until = covered_until(f.liability, f.starts_on)
    who = _of_whom(f.liability_by)
    if until is None:
        return Light(False, _("Il giorno di inizio nessuna polizza %(who)s è attiva.") % {"who": who})
    if until < f.ends_on:
        why = _("La polizza %(who)s scade il %(day)s, prima della fine del tirocinio.")
        return Light(False, why % {"who": who, "day": _day(until)}, until)
    return Light(True, _("Valida per tutto il periodo (%(who)s).") % {"who": who}, _open_end(until))


def _communication(f: Facts, rules: Rules) -> Light:
    """Rules 22 and 23: sent before the start, with its code; or judged not due by the office."""
    if f.communication_sender == Sender.EXEMPT:
        return Light(True, _("L'ufficio ha valutato che non è dovuta."))
    if f.communication_on is None or not f.communication_number:
        return Light(False, _("Scrivi quando è partita la comunicazione e il suo codice."))
    if f.communication_on >= f.starts_on:
        return Light(False, _("È partita il %(day)s: doveva partire prima dell'inizio.") % {"day": _day(f.communication_on)})
    return Light(True, _("Inviata il %(day)s, codice %(code)s.") % {"day": _day(f.communication_on), "code": f.communication_number})


def _safety(f: Facts, rules: Rules) -> Light:
    """Rule 24: the company declared its safety data (DVR and RSPP)."""
    if f.safety_declared_on is None:
        return Light(False, _("L'impresa non ha ancora dichiarato DVR e responsabile della sicurezza (RSPP)."))
    return Light(True, _("Dichiarata il %(day)s.") % {"day": _day(f.safety_declared_on)})


def specific_hours(risk_class: str, rules: Rules) -> int:
    """Hours of specific safety training for a class of risk (rule 25); for an unknown one, of the highest."""
    return {RiskClass.LOW: rules.safety_hours_low, RiskClass.MEDIUM: rules.safety_hours_medium}.get(
        risk_class,  # type: ignore[call-overload]
        rules.safety_hours_high,
    )


def training_hours(f: Facts) -> tuple[int, int, date | None]:
    """(general hours, specific hours that count for this company on the day, first day on which some of these expire)."""
    wanted = _RISKS.index(f.risk_class or RiskClass.HIGH)
    general = sum(e.hours for e in f.evidence if e.kind == EvidenceKind.GENERAL)
    good = [
        e for e in f.evidence if e.kind == EvidenceKind.SPECIFIC and _RISKS.index(e.risk_class) >= wanted and (e.to is None or e.to >= f.on)
    ]
    return general, sum(e.hours for e in good), min((e.to for e in good if e.to), default=None)


def _safety_training(f: Facts, rules: Rules) -> Light:
    """Rule 25: the general hours, once for ever, and the specific ones of the company's class of risk, not yet expired."""
    general, specific, expires_on = training_hours(f)
    wanted = specific_hours(f.risk_class, rules)
    missing = []
    if general < rules.safety_hours_general:
        missing.append(_("%(done)d ore di formazione generale su %(hours)d") % {"done": general, "hours": rules.safety_hours_general})
    if specific < wanted:
        words = _("%(done)d ore di specifica su %(hours)d (rischio %(risk)s)")
        missing.append(words % {"done": specific, "hours": wanted, "risk": RiskClass(f.risk_class).label if f.risk_class else "?"})
    if not missing:
        return Light(
            True, _("%(general)d ore generali e %(specific)d specifiche.") % {"general": general, "specific": specific}, expires_on
        )
    why = _("Per ora %(what)s.") % {"what": _(" e ").join(missing)}
    if not f.risk_class:
        why = _("Nella scheda dell'impresa manca la classe di rischio: da lì dipendono le ore. %(why)s") % {"why": why}
    return Light(False, why)


def _fitness(f: Facts, rules: Rules) -> Light:
    """Rule 26: when health surveillance applies, the person is found fit by the first day, and still is."""
    if not f.needs_fitness:
        return Light(True, _("Per queste attività non è prevista."))
    found = max((e for e in f.evidence if e.kind == EvidenceKind.FITNESS), key=lambda e: (e.to or date.max, e.done_on), default=None)
    if found is None:
        return Light(False, _("Per queste attività serve la visita medica: scrivi la data dell'idoneità."))
    if found.done_on > f.starts_on:
        return Light(False, _("L'idoneità è del %(day)s: serviva entro il giorno di inizio.") % {"day": _day(found.done_on)})
    if found.to and found.to < f.on:
        return Light(False, _("L'idoneità è scaduta il %(day)s: serve una nuova visita.") % {"day": _day(found.to)}, found.to)
    if found.to:
        return Light(True, _("Idoneità del %(day)s, vale fino al %(to)s.") % {"day": _day(found.done_on), "to": _day(found.to)}, found.to)
    return Light(True, _("Idoneità del %(day)s.") % {"day": _day(found.done_on)})


def _outside(f: Facts, rules: Rules) -> Light:
    """Rule 21: the places outside the seat are listed, and the insurer knows them."""
    if not f.works_outside and not f.outside_places:
        return Light(True, _("Le attività si svolgono in sede."))
    if not f.outside_places:
        return Light(False, _("Il progetto prevede attività fuori sede: scrivi in quali luoghi."))
    if f.outside_untold:
        words = ngettext(
            "Di %(n)d luogo fuori sede l'assicuratore non è ancora avvisato.",
            "Di %(n)d luoghi fuori sede l'assicuratore non è ancora avvisato.",
            f.outside_untold,
        )
        return Light(False, words % {"n": f.outside_untold})
    words = ngettext("%(n)d luogo fuori sede, assicuratore avvisato.", "%(n)d luoghi fuori sede, assicuratore avvisato.", f.outside_places)
    return Light(True, words % {"n": f.outside_places})


def _replacement(f: Facts, rules: Rules) -> Light:
    """Rule 27: the host declares it in the agreement; whoever sees otherwise says so, and it is looked into."""
    if f.replacement_flag:
        return Light(False, _("Da chiarire: %(what)s.") % {"what": f.replacement_flag[:200].rstrip(". ")})
    return Light(True, _("L'impresa lo dichiara nella convenzione; nessuno ha segnalato altro."))


def _privacy(f: Facts, rules: Rules) -> Light:
    """Rule 56: the privacy notice was handed over, with its date; no consent is needed for the public task."""
    if f.privacy_notice_on is None:
        return Light(False, _("Nella scheda della persona manca la data in cui ha ricevuto l'informativa."))
    return Light(True, _("Consegnata il %(day)s.") % {"day": _day(f.privacy_notice_on)})


def _trained_tutor(f: Facts, rules: Rules) -> Light:
    """Rule 91: the company tutor completed a basic course by the first day."""
    if not f.has_company_tutor:
        return Light(False, _("Il tutor aziendale non è ancora indicato."))
    if not f.tutor_is_trained:
        return Light(False, _("Il tutor aziendale non ha ancora concluso il corso di base."))
    return Light(True, _("Il tutor aziendale ha concluso il corso di base."))


def _tutor_load(f: Facts, rules: Rules) -> Light:
    """Rules 92 and 16: people entrusted at once to one company tutor."""
    if not f.has_company_tutor:
        return Light(False, _("Il tutor aziendale non è ancora indicato."))
    people, limit = f.tutor_others + 1, rules.trainees_per_tutor
    words = _("Con questa persona il tutor ne seguirebbe %(people)d, su un massimo di %(max)d.")
    return Light(people <= limit, words % {"people": people, "max": limit})


def _length_of_project(f: Facts, rules: Rules) -> Light:
    """Rule 10: the months of one project; a longer one is better renewed on the way."""
    months, limit = months_between(f.starts_on, f.ends_on), rules.project_period_months
    words = ngettext("%(n)d mese", "%(n)d mesi", months) % {"n": months}
    if months > limit:
        why = _("Questo progetto dura %(months)s: di solito arriva a %(max)d, poi si rinnova.")
        return Light(False, why % {"months": words, "max": limit})
    return Light(True, _("Questo progetto dura %(months)s, su un massimo di %(max)d.") % {"months": words, "max": limit})


def _host_load(f: Facts, rules: Rules) -> Light:
    """Rule 15: people a company has at once, by its staff. For inclusion placements the limit may not apply, so it only says."""
    if f.company_staff is None:
        return Light(False, _("Nella scheda dell'impresa manca quante persone ci lavorano: serve per sapere quante può accoglierne."))
    people, limit = f.company_others + 1, host_limit(f.company_staff, rules)
    values = {"people": people, "max": limit, "staff": f.company_staff}
    if people > limit:
        why = _("L'impresa ne accoglierebbe %(people)d: con %(staff)d addetti il massimo è %(max)d. Per l'inclusione può non valere.")
        return Light(False, why % values)
    return Light(True, _("L'impresa ne accoglierebbe %(people)d: con %(staff)d addetti il massimo è %(max)d.") % values)


def _promoter_load(f: Facts, rules: Rules) -> Light:
    """Rule 17: people followed at once by one tutor of the promoter."""
    if not f.has_promoter_tutor:
        return Light(False, _("Il tutor dell'ente promotore non è ancora indicato."))
    people, limit = f.promoter_others + 1, rules.trainees_per_promoter_tutor
    words = _("Con questa persona il tutor del promotore ne seguirebbe %(people)d, su un massimo di %(max)d.")
    return Light(people <= limit, words % {"people": people, "max": limit})


def _funding(f: Facts, rules: Rules) -> Light:
    """Rule 34: an allowance that is due has money behind it."""
    if not f.is_paid:
        return Light(True, _("Per questo tirocinio non c'è un contributo."))
    if f.has_source:
        return Light(True, _("Si sa da dove vengono i soldi."))
    return Light(False, _("Non c'è ancora una fonte: sceglila nel progetto, oppure chiedi alla ragioneria di scrivere il bilancio."))


def _benefits(f: Facts, rules: Rules) -> Light:
    """Rules 43 and 44: before the start the person knows what the allowance means for what they already receive.

    The words name no benefit: who reads this line may not be who reads the certificates.
    """
    rule = 43 if f.benefits.inclusion_income else 44 if f.benefits.at_risk else None
    if rule is None:
        return Light(True, _("Nella scheda non risultano aiuti che il contributo può toccare."))
    if f.told_on is None:
        return Light(False, _("Controlla che cosa comporta il contributo per gli altri aiuti, e dillo alla persona."), rule=rule)
    if f.benefits.inclusion_income and f.noted_on is None:
        return Light(False, _("La persona è informata. Manca il giorno in cui il tirocinio è scritto nella piattaforma."), rule=rule)
    return Light(True, _("Controllati, persona informata il %(day)s.") % {"day": _day(f.told_on)}, rule=rule)


_JUDGES: dict[str, Callable[[Facts, Rules], Light]] = {
    ItemKind.AGREEMENT: _agreement,
    ItemKind.PROJECT: _project,
    ItemKind.ASSESSMENT: _assessment,
    ItemKind.IN_CHARGE: _in_charge,
    ItemKind.AGE: _age,
    ItemKind.REPRESENTATIVE: _representative,
    ItemKind.LENGTH: _length,
    ItemKind.TUTORS: _tutors,
    ItemKind.INAIL: _inail,
    ItemKind.LIABILITY: _liability,
    ItemKind.COMMUNICATION: _communication,
    ItemKind.SAFETY: _safety,
    ItemKind.SAFETY_TRAINING: _safety_training,
    ItemKind.FITNESS: _fitness,
    ItemKind.OUTSIDE: _outside,
    ItemKind.REPLACEMENT: _replacement,
    ItemKind.PRIVACY: _privacy,
    ItemKind.TRAINED_TUTOR: _trained_tutor,
    ItemKind.TUTOR_LOAD: _tutor_load,
    ItemKind.LENGTH_OF_PROJECT: _length_of_project,
    ItemKind.HOST_LOAD: _host_load,
    ItemKind.PROMOTER_LOAD: _promoter_load,
    ItemKind.FUNDING: _funding,
    ItemKind.BENEFITS: _benefits,
}


_RISKS = ("", *RiskClass.values)  # from the least


def _of_whom(insurer: str) -> str:
    return _("dell'impresa") if insurer == Insurer.HOST else _("dell'ente promotore")


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _between(period: Period) -> dict[str, str]:
    return {"a": _day(period.start), "b": _day(period.to or date.max)}


def _open_end(day: date) -> date | None:
    return None if day == date.max else day
