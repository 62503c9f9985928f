"""Papers for the person: short sentences, one idea a line, a picture beside each part (features row 178).

Written as the person would say it. The words of the law stay in the project; nothing here takes its place.
"""

from decimal import Decimal
from typing import Any

from impresasolidale.core.words import hours

from .. import documents, selectors, talk_code
from ..enums import AllowanceModel, SignerRole
from ..models import PersonalProject, Placement

PICTURES = {  # file in core/pictures → its words
    "place": "Disegno: una casa con la porta aperta",
    "calendar": "Disegno: un calendario",
    "clock": "Disegno: un orologio",
    "hands": "Disegno: due mani",
    "star": "Disegno: una stella",
    "people": "Disegno: due persone vicine",
    "gift": "Disegno: un pacco regalo",
    "phone": "Disegno: un telefono",
    "shield": "Disegno: uno scudo",
    "pen": "Disegno: una penna che firma",
}
Line = str


def pact(placement: Placement, details: dict[str, Any]) -> dict[str, Any]:
    """The agreement with the person, in easy words."""
    person = placement.beneficiary
    return {
        **_base(placement),
        "parts": pact_parts(placement),
        "talk": talk_code.talk_line(placement),
        "signers": _signers(placement, f"{person.first_name} {person.last_name}"),
    }


def pact_parts(placement: Placement) -> list[dict[str, Any]]:
    """What the agreement says, part by part: its own page shows them, and the person's area."""
    project = selectors.current_project(placement)
    return [
        part("place", "Dove vado", *_where(placement)),
        part(
            "calendar",
            "Quando comincio e quando finisco",
            f"Comincio il {documents._day(placement.starts_on)}.",
            f"Finisco il {documents._day(placement.last_day)}.",
            "Posso smettere prima.",
        ),
        part("clock", "I miei giorni e le mie ore", *_days(project)),
        part("hands", "Che cosa faccio", *_sentences(project.tasks)),
        part("star", "Che cosa voglio raggiungere", *[goal.text for goal in project.goals.all()]),
        part("people", "Chi mi aiuta", *_helpers(placement)),
        part("gift", "Che cosa ricevo", *_money(placement, project)),
        part("phone", "Se un giorno non posso venire", *_absence(placement)),
        part(
            "shield",
            "I miei diritti",
            "Posso fare domande.",
            "Posso dire di no.",
            "Posso chiedere di cambiare i giorni o le attività.",
            "Posso smettere quando voglio.",
            "Lo dico a uno dei due tutor.",
            "Mi spiegano come stare al sicuro.",
            "Se mi faccio male, c'è un'assicurazione.",
            "Nessuno racconta la mia storia ad altri.",
            "Il tirocinio non è un rapporto di lavoro.",
        ),
        part(
            "pen",
            "Firmo",
            "Firmo solo se ho capito.",
            "Prima posso farlo leggere a una persona di cui mi fido.",
            "Una copia resta a me.",
        ),
    ]


def week(placement: Placement, details: dict[str, Any]) -> dict[str, Any]:
    """The week as a picture: one column a day."""
    project = selectors.current_project(placement)
    planned = {row.weekday: row for row in project.week.all()}
    days = []
    for number in range(7):
        row = planned.get(number)
        days.append(
            {
                "name": documents._weekday(number).capitalize(),
                "start": _clock(row.starts_at) if row else "",
                "end": _clock(documents._later(row.starts_at, row.minutes)) if row else "",
                "long": _long(row.minutes) if row else "",
            }
        )
    return {
        **_base(placement),
        "days": days,
        "total": _long(project.weekly_minutes),
        "talk": talk_code.talk_line(placement),
        "parts": [
            part("place", "Dove vado", *_where(placement)),
            part(
                "calendar", "Da quando a quando", f"Dal {documents._day(placement.starts_on)}.", f"Al {documents._day(placement.last_day)}."
            ),
            part("people", "Chi trovo", str(placement.company_tutor or "")),
            part("phone", "Se un giorno non posso venire", *_absence(placement)),
            part("star", "Nei giorni di festa", "Resto a casa.", "Anche quando l'impresa è chiusa."),
        ],
        "signers": [],
    }


def _base(placement: Placement) -> dict[str, Any]:
    person = placement.beneficiary
    return {
        "body_name": documents.promoter_body(placement.ambito).name,
        "person_name": f"{person.first_name} {person.last_name}",
        "person_first_name": person.first_name,
        "person_last_name": person.last_name,
        "host_name": placement.company.name,
        "starts_on": placement.starts_on.isoformat(),
        "ends_on": placement.last_day.isoformat(),
    }


def part(picture: str, title: str, *lines: Line) -> dict[str, Any]:
    """One part of a paper: its picture, its title, one idea a line; empty lines are left out."""
    return {"picture": picture, "words": PICTURES[picture], "title": title, "lines": [line for line in lines if line]}


def _where(placement: Placement) -> list[Line]:
    site = placement.site
    return [f"Vado da: {placement.company.name}.", f"L'indirizzo è: {site.address}, {site.comune.name}."]


def _days(project: PersonalProject) -> list[Line]:
    times = [(d.weekday, _clock(d.starts_at), _clock(documents._later(d.starts_at, d.minutes))) for d in project.week.all()]
    rows = [f"{documents._weekday(day).capitalize()}: dalle {start} alle {end}." for day, start, end in times]
    return [*rows, f"In una settimana sono {_long(project.weekly_minutes)}."]


def _helpers(placement: Placement) -> list[Line]:
    return [
        f"Nell'impresa mi aiuta {placement.company_tutor}." if placement.company_tutor else "",
        f"{placement.promoter_tutor} viene a trovarmi." if placement.promoter_tutor else "",
        "Se qualcosa non va, lo dico a loro.",
        "Se non capisco, chiedo.",
    ]


def _money(placement: Placement, project: PersonalProject) -> list[Line]:
    if project.allowance_model == AllowanceModel.NONE:
        return ["Per questo tirocinio non c'è un contributo in denaro."]
    book, amount = placement.rulebook.rules, _euro(project.allowance_amount)
    lines: list[Line] = {
        AllowanceModel.MONTHLY: [f"Ricevo un contributo di {amount} al mese."],
        AllowanceModel.MONTHLY_THRESHOLD: [
            f"Ricevo un contributo di {amount} al mese.",
            f"Lo ricevo intero se faccio almeno {book.attendance_threshold_percent} ore su 100.",
            "Se ne faccio di meno, ricevo una parte." if book.below_threshold == "proportional" else "Se ne faccio di meno, non lo ricevo.",
        ],
        AllowanceModel.HOURLY: [
            f"Ricevo un contributo di {amount} per ogni ora.",
            f"In un mese ricevo al massimo {_euro(documents.hourly_cap(project, book))}.",
        ],
        AllowanceModel.BANDS: [
            "Ricevo un contributo che dipende dalle ore del mese.",
            *(
                f"Se faccio più di {bound} ore ricevo {_euro(min(band, project.allowance_amount))}."
                for bound, band in book.allowance_bands
                if band
            ),
        ],
    }[AllowanceModel(project.allowance_model)]
    if project.meals_provided and book.meals_reduction:
        lines.append(f"L'impresa mi offre i pasti: per questo ci sono {_euro(book.meals_reduction)} in meno al mese.")
    if project.transport_provided and book.transport_reduction:
        lines.append(f"Il viaggio è offerto: per questo ci sono {_euro(book.transport_reduction)} in meno al mese.")
    return [*lines, f"Me lo versa: {project.payer.name}.", "È un incoraggiamento per il mio impegno."]


def _absence(placement: Placement) -> list[Line]:
    tutor = placement.company_tutor
    if tutor is None:
        return ["Avviso il mio tutor, prima dell'orario."]
    return [
        f"Avviso {tutor}, prima dell'orario.",
        f"Il suo telefono è: {tutor.phone}." if tutor.phone else "",
        "Dico solo che non posso venire.",
        "Non devo spiegare tutto.",
    ]


def _signers(placement: Placement, person: str) -> list[dict[str, str]]:
    """The person and the two tutors; beside the person whoever signs with or for her."""
    from placements.beneficiaries.selectors import signing_representative

    found = [{"code": SignerRole.PERSON.value, "role": "Io", "name": person}]
    if representative := signing_representative(placement.beneficiary, placement.starts_on):
        found.append({"code": SignerRole.REPRESENTATIVE.value, "role": "Chi mi rappresenta", "name": str(representative)})
    return [
        *found,
        {"code": SignerRole.HOST.value, "role": "Chi mi aiuta nell'impresa", "name": str(placement.company_tutor or "")},
        {"code": SignerRole.PROMOTER.value, "role": "Chi viene a trovarmi", "name": str(placement.promoter_tutor or "")},
    ]


def _sentences(text: str) -> list[Line]:
    """One idea a line: a text is cut at its line ends, full stops and semicolons."""
    lines = text.replace(";", "\n").replace(". ", ".\n").splitlines()
    return [line.strip(" -•·") for line in lines if line.strip(" -•·")]


def _clock(at: Any) -> str:
    """«9:00»: no zero in front."""
    return documents._at(at).removeprefix("0")


def _long(minutes: int) -> str:
    """«4 ore», «1 ora e mezza», «3 ore e 20 minuti»."""
    whole, rest = divmod(minutes, 60)
    words = f"{whole} {'ora' if whole == 1 else 'ore'}" if whole else ""
    if not rest:
        return words or documents._plain(hours(0))
    part = "mezza" if rest == 30 and whole else f"{rest} minuti"
    return f"{words} e {part}" if words else part


def _euro(amount: Decimal) -> str:
    """«400 euro»: cents only where there are some."""
    return f"{amount:.0f} euro" if amount == amount.to_integral() else f"{amount:.2f} euro".replace(".", ",")
