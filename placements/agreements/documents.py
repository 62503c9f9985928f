"""Frozen contexts of the room's papers: plain JSON values, all that a paper says (domain.md §2.1, §2.2).

The host reads these papers too, so they hold what the placement needs and nothing else (rule 58): no area, no name of a service
that would tell an illness, no protected address.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.formats import date_format, time_format

from companies.hosts.enums import RiskClass
from companies.hosts.models import Company
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Document
from impresasolidale.core.words import day as words
from impresasolidale.core.words import euro, hours
from impresasolidale.territory.models import Ambito, Body
from impresasolidale.territory.rules import Rules
from impresasolidale.territory.selectors import lead_body, name_key
from placements.beneficiaries.enums import ReferringService
from placements.beneficiaries.models import Beneficiary, TakingInCharge
from placements.beneficiaries.rules import is_minor
from placements.beneficiaries.selectors import signing_representative

from . import clauses, rules
from .enums import AllowanceModel, CoverKind, Insurer, SignerRole
from .models import Cover, FrameworkAgreement, PersonalProject, Placement
from .money_rules import monthly_ceiling
from .signing_rules import merged

FRAMEWORK_AGREEMENT = "agreements.framework_agreement"
PERSONAL_PROJECT = "agreements.personal_project"
AMENDMENT = "agreements.amendment"
EXTENSION = "agreements.extension"
TUTOR_NOTICE = "agreements.tutor_notice"
MINUTES = "agreements.minutes"  # why somebody was placed or not: reached through the meeting, by who works with people
APART = "monitoring."  # evaluations and what comes after: kinds of a room above, with readers of its own
INHERITED = "agreements.inherited"
HAND_OVER = "agreements.hand_over"  # its subject is the hand-over, which has a page of its own
KINDS = (FRAMEWORK_AGREEMENT, PERSONAL_PROJECT, AMENDMENT, EXTENSION, TUTOR_NOTICE, INHERITED)
SIGNED_COPY = "agreements.signed_copy"
OWN_SERVICES = frozenset({ReferringService.SOCIAL_SERVICE, ReferringService.SIL})  # the promoter itself: it does not sign twice
Row = list[str]


def framework_agreement(agreement: FrameworkAgreement) -> dict[str, Any]:
    """What the convenzione quadro says."""
    body, company = promoter_body(agreement.ambito), agreement.company
    with translation.override("it"):
        covers = [_cover_words(c) for c in covers_on(agreement.ambito, agreement.valid_from)]
        return {
            "body_name": body.name,
            "valid_from": agreement.valid_from.isoformat(),
            "valid_to": agreement.valid_to.isoformat(),
            "premise": clauses.PREMISE,
            "promoter": _body_rows(body),
            "host": [*_company_rows(company), *_kept(["Addetti", str(company.staff_count or "")], ["Sede legale", _place(company)])],
            "clauses": clauses.framework_agreement(valid_from=_day(agreement.valid_from), valid_to=_day(agreement.valid_to), covers=covers),
            "signers": merged(
                [
                    _signer(SignerRole.PROMOTER, body.name, body.tax_code),
                    _signer(SignerRole.HOST, f"{company.representative}, per {company.name}", company.tax_code),
                ]
            ),
        }


def single_agreement(agreement: FrameworkAgreement) -> dict[str, Any]:
    """What a convenzione for one placement says: the promoter, the host, the one person and place, the same duties."""
    placement = agreement.only_for
    assert placement
    person, site = placement.beneficiary, placement.site
    name, where = f"{person.first_name} {person.last_name}", f"{site.name}, {site.address}, {site.comune}"
    starts_on, ends_on = _day(agreement.valid_from), _day(agreement.valid_to)
    with translation.override("it"):
        covers = [_cover_words(c) for c in covers_on(agreement.ambito, agreement.valid_from)]
        return {
            **framework_agreement(agreement),
            "person_last_name": person.last_name,
            "placement": _kept(
                ["Persona", name],
                ["Luogo", where],
                ["Periodo", f"dal {starts_on} al {ends_on}"],
                ["Tutor aziendale", str(placement.company_tutor or "")],
                ["Tutor dell'ente promotore", str(placement.promoter_tutor or "")],
            ),
            "clauses": clauses.single_agreement(person=name, site=where, starts_on=starts_on, ends_on=ends_on, covers=covers),
        }


def personal_project(placement: Placement, project: PersonalProject) -> dict[str, Any]:
    """What the progetto personalizzato says. Raises DomainError when nobody may sign for a minor."""
    person, company, site = placement.beneficiary, placement.company, placement.site
    body, book, agreement = promoter_body(placement.ambito), placement.rulebook.rules, placement.agreement
    charge = _charge(person, placement.starts_on)
    signers = _project_signers(placement, body, book, charge, on=placement.starts_on)
    assert agreement and placement.company_tutor and placement.promoter_tutor
    with translation.override("it"):
        dated = [(_day(d.day), d.starts_at, d.minutes) for d in project.dates.order_by("day")]
        week = dated or [(_weekday(d.weekday), d.starts_at, d.minutes) for d in project.week.order_by("weekday")]
        reference = f"n. {agreement.document.number} del {_day(agreement.document.issued_on)}" if agreement.document else "in preparazione"
        covers = _covers_of(placement, book)
        return {
            "body_name": body.name,
            "version": project.version,
            "starts_on": placement.starts_on.isoformat(),
            "ends_on": placement.ends_on.isoformat(),
            "weekly_minutes": project.weekly_minutes,
            "person_name": f"{person.first_name} {person.last_name}",
            "person_last_name": person.last_name,  # what the public page compares a typed surname with
            "person": [
                *_person_rows(person),
                *_kept(
                    ["Operatore di riferimento", charge.case_manager if charge else ""],
                    ["Valutazione del servizio sociale", _assessment(person, placement.starts_on)],
                ),
            ],
            "host": _kept(
                *_company_rows(company),
                ["Luogo del tirocinio", f"{site.name}, {site.address}, {site.comune}"],
                ["Tutor aziendale", _with(placement.company_tutor, placement.company_tutor.job_title)],
                ["Tutor dell'ente promotore", str(placement.promoter_tutor)],
                ["Convenzione", reference],
            ),
            "goals": list(project.goals.order_by("position").values_list("text", flat=True)),
            "tasks": project.tasks,
            "adaptations": project.adaptations,
            "outside_activities": project.outside_activities,
            "not_to_do": project.not_to_do,
            "practical": _kept(["Come arriva", project.travel], ["Altre agevolazioni", project.facilities]),
            "outside_head": ["Perché", "Dove", "Che cosa fa lì"],
            "outside_places": [
                [str(place.get_kind_display()).capitalize(), place.address, place.description]
                for place in placement.outside_places.order_by("id")
            ],
            "period": [
                ["Inizio", _day(placement.starts_on)],
                ["Fine", _day(placement.ends_on)],
            ],
            "week_title": f"Le giornate: {_plain(hours(sum(d[2] for d in dated)))} in tutto"
            if dated
            else f"La settimana: {_plain(hours(project.weekly_minutes))} in tutto",
            "week_head": ["Giorno", "Dalle", "Alle", "Durata"],
            "week_numeric": [1, 2, 3],
            "week": [[name, _at(start), _at(_later(start, minutes)), _plain(hours(minutes))] for name, start, minutes in week],
            "money": _money_rows(project, book),
            "safeguards": _kept(
                ["Infortuni (INAIL)", covers[CoverKind.INAIL]],
                ["Responsabilità civile", covers[CoverKind.LIABILITY]],
                ["Formazione sulla sicurezza", _training_words(company, book)],
                ["Dispositivi di protezione", project.protective_equipment or "quelli che servono per le attività: li dà l'impresa"],
                [
                    "Visita medica",
                    "prima dell'inizio, dal medico competente" if placement.needs_fitness else "non prevista per queste attività",
                ],
            ),
            "clauses": clauses.personal_project(
                visits=f"la prima volta entro {book.first_visit_days} giorni, poi almeno ogni {book.visit_interval_months} mesi",
                person_signs=all(s["code"] != SignerRole.REPRESENTATIVE for s in signers),
            ),
            "signers": signers,
        }


def signers_of(document: Document) -> list[dict[str, Any]]:
    """Who signs a paper, as printed on it: code of the role, role in words, name; `roles` when one body holds several. Nobody once what
    it said was discarded."""
    context: Any = document.context
    return list(context.get("signers", ()))


def covers_on(ambito: Ambito, day: date, company: Company | None = None) -> list[Cover]:
    """The covers of the promoter, or of a host, in force on a day, at most one a kind: the one that lasts longest."""
    rows = Cover.objects.filter(ambito=ambito, company=company, withdrawn_at=None, valid_from__lte=day, valid_to__gte=day)
    return list({c.kind: c for c in rows.order_by("valid_to")}.values())


def insured(placement: Placement, book: Rules, kind: CoverKind) -> tuple[Cover | None, bool]:
    """The cover of a kind in force on the first day, of whoever insures, and whether that is the host."""
    holder = {
        CoverKind.INAIL: placement.inail_by or book.inail_insurer,
        CoverKind.LIABILITY: placement.liability_by or book.liability_insurer,
    }[kind]
    by_host = holder == Insurer.HOST
    rows = covers_on(placement.ambito, placement.starts_on, placement.company if by_host else None)
    return next((c for c in rows if c.kind == kind), None), by_host


def _covers_of(placement: Placement, book: Rules) -> dict[str, str]:
    """By kind, the cover in force on the first day, of whoever insures, in words."""
    found = {}
    for kind in (CoverKind.INAIL, CoverKind.LIABILITY):
        cover, by_host = insured(placement, book, kind)
        words = _cover_words(cover) if cover else "da completare prima dell'inizio"
        found[str(kind)] = f"a cura dell'impresa: {words}" if by_host else words
    return found


def _training_words(company: Company, book: Rules) -> str:
    hours = book.safety_hours_general + rules.specific_hours(company.risk_class or RiskClass.LOW, book)
    if company.risk_class:
        return f"almeno {hours} ore (rischio {RiskClass(company.risk_class).label})"
    return f"almeno {hours} ore, secondo i rischi delle attività"


def body_of(document: Document) -> str:
    """The name of the body that issued the paper."""
    context: Any = document.context
    return str(context.get("body_name", ""))


def says_protected(document: Document, person: Beneficiary) -> bool:
    """Whether a paper from before the person's address was protected says it (rule 58), whatever signs and capitals stand around it."""
    address = name_key(person.address) if person.is_address_protected else ""
    return bool(address) and address in name_key(str(document.context))


def summary(document: Document) -> list[Row]:
    """What a paper says, in a few plain rows, for who reads it on a telephone before signing."""
    c: Any = document.context
    if document.kind == FRAMEWORK_AGREEMENT:
        parties = [[signer["role"], signer["name"]] for signer in c["signers"]]
        return [
            *parties,
            ["Vale dal", _day(date.fromisoformat(c["valid_from"]))],
            ["Vale fino al", _day(date.fromisoformat(c["valid_to"]))],
        ]
    if document.kind in (AMENDMENT, EXTENSION):
        return _kept(
            ["Chi fa il tirocinio", c["person_name"]],
            ["Presso", c["host_name"]],
            *c["facts"],
            *([what, now] for what, _old, now in c["changes"]),
        )
    host = dict(c.get("host", ()))
    return _kept(
        ["Chi fa il tirocinio", c.get("person_name", "")],
        ["Presso", host.get("Denominazione", "")],
        ["Dove", host.get("Luogo del tirocinio", "")],
        *c.get("period", ()),
        ["Ogni settimana", c.get("week_title", "").partition(": ")[2]],
        ["Contributo motivazionale", dict(c.get("money", ())).get("Contributo motivazionale", "")],
    )


def project_signers(placement: Placement, on: date) -> list[dict[str, Any]]:
    """Who signs a change of the project on a day: the set of the project, with who represents and follows the person then."""
    return _project_signers(placement, promoter_body(placement.ambito), placement.rulebook.rules, _charge(placement.beneficiary, on), on=on)


def _project_signers(placement: Placement, body: Body, book: Rules, charge: TakingInCharge | None, *, on: date) -> list[dict[str, Any]]:
    person, company = placement.beneficiary, placement.company
    representative = signing_representative(person, on)
    if representative is None and is_minor(person.birth_date, on):
        raise DomainError(translation.gettext("È minorenne: prima scrivi nella sua scheda chi la rappresenta (regola 6)."))
    names = {
        SignerRole.PROMOTER: body.name,
        SignerRole.HOST: f"{company.representative}, per {company.name}" if company.representative else company.name,
        SignerRole.PERSON: f"{person.first_name} {person.last_name}",
        SignerRole.REPRESENTATIVE: str(representative or ""),
        SignerRole.SERVICE: charge.case_manager if charge else "",
    }
    wanted = rules.required_signers(
        signers=book.project_signers,
        representative=representative is not None,
        signs_alone=bool(representative and representative.signs_alone),
        service_is_a_party=bool(charge and charge.service not in OWN_SERVICES),
    )
    codes = {SignerRole.PROMOTER: body.tax_code, SignerRole.HOST: company.tax_code}
    with translation.override("it"):
        return merged(_signer(SignerRole(role), names[SignerRole(role)], codes.get(SignerRole(role), "")) for role in wanted)


def _signer(role: SignerRole, name: str, party: str = "") -> dict[str, str]:
    """`party`: the tax code of the body, by which one that holds two roles is known."""
    with translation.override("it"):
        return {"code": role.value, "role": str(role.label).capitalize(), "name": name, "party": party}


def promoter_body(ambito: Ambito) -> Body:
    body = lead_body(ambito)
    if body is None:
        raise DomainError(translation.gettext("Per questo Ambito manca l'ente capofila: chiedi a chi amministra il programma."))
    return body


def _body_rows(body: Body) -> list[Row]:
    return _kept(
        ["Ente", body.name],
        ["Codice fiscale", body.tax_code],
        ["Sede", ", ".join(filter(None, [body.address, str(body.comune or "")]))],
        ["PEC", body.pec],
    )


def _company_rows(company: Company) -> list[Row]:
    return _kept(
        ["Denominazione", company.name],
        ["Tipo", str(company.get_kind_display()).capitalize()],
        ["Partita IVA", company.partita_iva],
        ["Codice fiscale", company.tax_code],
        ["Attività", " · ".join(filter(None, [company.sector, company.ateco]))],
        ["Rappresentante", company.representative],
        ["PEC o posta", company.pec or company.email],
    )


def _person_rows(person: Beneficiary) -> list[Row]:
    address = "" if person.is_address_protected else person.address
    return _kept(
        ["Nome e cognome", f"{person.first_name} {person.last_name}"],
        ["Nascita", f"{_day(person.birth_date)}, {person.birthplace}"],
        ["Codice fiscale", person.codice_fiscale],
        ["Chi avvisare se serve", ", ".join(filter(None, [person.emergency_name, person.emergency_phone]))],
        ["Residenza", "riservata" if person.is_address_protected else ", ".join(filter(None, [address, str(person.residence)]))],
    )


def _money_rows(project: PersonalProject, book: Rules) -> list[Row]:
    words = allowance_words(project, book)
    if project.allowance_model == AllowanceModel.NONE:
        return [["Contributo motivazionale", words]]
    return _kept(
        ["Contributo motivazionale", words],
        ["Pasti e trasporto", offered_words(project)],
        ["Lo versa", project.payer.name],
        ["Con i fondi di", sources_words(project)],
        ["Trattamento fiscale", str(project.get_tax_treatment_display())],
        ["Motivo", project.tax_motive],
    )


def allowance_words(project: PersonalProject, book: Rules) -> str:
    """What the person gets, in one line: the project's numbers, and those of the rule book it goes by."""
    amount = _plain(euro(project.allowance_amount))
    below = "sotto, in proporzione" if book.below_threshold == "proportional" else "sotto, non spetta"
    if project.allowance_model == AllowanceModel.HOURLY:
        return f"{amount} per ogni ora di presenza, al massimo {_plain(euro(hourly_cap(project, book)))} al mese"
    return {
        AllowanceModel.NONE: "non previsto",
        AllowanceModel.MONTHLY: f"{amount} al mese",
        AllowanceModel.MONTHLY_THRESHOLD: f"{amount} al mese con almeno {book.attendance_threshold_percent} % delle ore previste; {below}",
        AllowanceModel.BANDS: f"secondo le ore del mese: {bands_words(book)}; al massimo {amount} al mese",
    }[AllowanceModel(project.allowance_model)]


def hourly_cap(project: PersonalProject, book: Rules) -> Decimal:
    """The most a month of an hourly allowance may give: the project's own cap, else the rule book's ceiling (rule 38)."""
    if project.allowance_cap is not None:
        return project.allowance_cap
    return monthly_ceiling(book, meals=project.meals_provided, longest_day=longest_day(project))


def longest_day(project: PersonalProject) -> int:
    """Minutes of the longest day of a version's timetable."""
    return max([*(day.minutes for day in project.week.all()), *(day.minutes for day in project.dates.all())], default=0)


def bands_words(book: Rules) -> str:
    """«oltre 50 ore 200,00 €; oltre 80 ore 300,00 €»."""
    return "; ".join(f"oltre {bound} ore {_plain(euro(amount))}" for bound, amount in sorted(book.allowance_bands) if amount)


def offered_words(project: PersonalProject) -> str:
    given = [words for is_given, words in ((project.meals_provided, "pasti"), (project.transport_provided, "trasporto")) if is_given]
    return f"offerti: {' e '.join(given)}" if given else ""


def sources_words(project: PersonalProject) -> str:
    """The pots that pay, with their parts when they are several."""
    shares = sorted(project.shares.all(), key=lambda share: share.position)
    whole = sum(share.weight for share in shares)
    if len(shares) == 1:
        return shares[0].pot.name
    return "; ".join(f"{share.pot.name}, {share.weight} parti su {whole}" for share in shares)


def _charge(person: Beneficiary, on: date) -> TakingInCharge | None:
    rows = TakingInCharge.objects.filter(beneficiary=person, valid_from__lte=on).order_by("-valid_from", "-id")
    return next((row for row in rows if row.valid_to is None or row.valid_to >= on), None)


def _assessment(person: Beneficiary, on: date) -> str:
    row = person.assessments.filter(made_on__lte=on).order_by("-made_on", "-id").first()
    return _with(f"del {_day(row.made_on)}, {row.author}", row.protocol and f"prot. {row.protocol}") if row else ""


def _place(company: Company) -> str:
    return ", ".join(filter(None, [company.address, str(company.comune)]))


def _cover_words(cover: Cover) -> str:
    what = "posizione INAIL" if cover.kind == CoverKind.INAIL else "polizza di responsabilità civile"
    return f"{what} n. {cover.number}, {cover.insurer}, dal {_day(cover.valid_from)} al {_day(cover.valid_to)}"


def _kept(*rows: Row) -> list[Row]:
    return [row for row in rows if row[1]]


def _with(name: object, note: str) -> str:
    return f"{name}, {note}" if note else str(name)


def _day(day: date) -> str:
    return _plain(words(day))


def _at(at: Any) -> str:
    return time_format(at, "H:i")


def _later(at: Any, minutes: int) -> Any:
    return (datetime.combine(date.min, at) + timedelta(minutes=minutes)).time()


def _weekday(number: int) -> str:
    return date_format(date(2024, 1, 1 + number), "l")  # 1 January 2024 was a Monday


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ")
