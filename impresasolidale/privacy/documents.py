"""Frozen contexts of the room's papers."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone, translation

from impresasolidale.accounts.access import Access
from impresasolidale.core.words import day_short
from placements.agreements.documents import promoter_body

from . import processing
from .models import DiscardList
from .selectors.registers import Told, pacts, register
from .selectors.retention import Tally

COPY = "privacy.copy"
COPY_LABEL = "Copia dei dati personali"
COPY_TEMPLATE = "privacy/pdf/copy_v1.html"
MACHINE = ("format", "person_name", "made_on", "tables", "papers", "signatures", "files", "messages", "looks")


def machine_file(context: Mapping[str, Any]) -> dict[str, Any]:
    """What a program reads of a copy: the values alone, without the words made for the paper."""
    told = {name: context[name] for name in MACHINE}
    told["tables"] = {table["name"]: [row["values"] for row in table["rows"]] for table in context["tables"]}
    return told


REGISTER, DPIA = "privacy.register", "privacy.dpia"
PACK = {
    REGISTER: ("Registro delle attività di trattamento", "privacy/pdf/register_v1.html"),
    DPIA: ("Valutazione d'impatto: bozza", "privacy/pdf/dpia_v1.html"),
}
STATE = {True: "sì", False: "no", None: "da dire a mano"}


def _facts(told: Told) -> list[list[str]]:
    entry = told.entry
    rows = [
        ["Come va letto", "" if entry.source == "L" else "proposta, da confermare con l'ente"],
        ["Finalità", str(entry.purpose)],
        ["Base giuridica", str(entry.basis)],
        ["Persone", str(entry.people)],
        ["Dati", ", ".join(told.tables)],
        ["Cifrati", ", ".join(told.encrypted)],
        ["Chi li vede", ", ".join(told.readers)],
        ["Destinatari", str(entry.recipients)],
        ["Conservazione", str(entry.retention)],
        ["Note dell'ufficio", told.note.text if told.note else ""],
    ]
    return [row for row in rows if row[1]]


def pack(access: Access) -> dict[str, Any]:
    """What the register and the draft of the impact assessment say: the entries with their notes, the measures as they are, the risks."""
    with translation.override("it"):
        return {
            "body_name": promoter_body(access.ambito).name,
            "entries": [{"title": str(told.entry.title), "facts": _facts(told)} for told in register(access)],
            "measures": [[m.title, STATE[m.is_on], m.detail] for m in processing.measures()],
            "risks": [[str(risk), str(measure)] for risk, measure in processing.RISKS],
            "pacts": [
                [p.party, str(p.get_kind_display()), p.subject, day_short(p.expires_on) if p.expires_on else "senza scadenza"]
                for p in pacts(access)
                if p.ended_on is None
            ],
            "measure_head": ["Misura", "Attiva", "Come"],
            "risk_head": ["Rischio", "Che cosa lo riduce"],
            "pact_head": ["Con chi", "Accordo", "Per che cosa", "Scade il"],
        }


MINUTE, MINUTE_LABEL, MINUTE_TEMPLATE = "privacy.discard_minute", "Verbale di scarto", "privacy/pdf/discard_v1.html"
LEFT = (
    "numeri, giorni, importi e codici di cui sono fatte le statistiche",
    "numeri, date e impronte dei documenti emessi: chi ne ha una copia può ancora provarla",
    "i movimenti di denaro, senza il nome di chi li ha avuti",
    "gli atti che riguardano più persone insieme, con il loro termine",
    "chi ha fatto o guardato che cosa, e quando",
)


def minute(row: DiscardList, tally: Tally, *, today: date) -> dict[str, Any]:
    """What was done with a list: how many, by whom, with which acts. Nobody's name but those of who decided."""
    assert row.approved_at and row.started_at and row.authority_on
    with translation.override("it"):
        return {
            "body_name": promoter_body(row.ambito).name,
            "facts": [
                ["Che cosa", str(row.get_kind_display())],
                ["Durata", f"{row.months} mesi: {row.term_act}"],
                ["Lista preparata", f"{day_short(row.counted_on)}, da {row.created_by}"],
                ["Autorizzazione", f"{row.authority_act} del {day_short(row.authority_on)}"],
                ["Lista approvata", f"{day_short(timezone.localdate(row.approved_at))}, da {row.approved_by}"],
                ["Scarto avviato", f"{day_short(timezone.localdate(row.started_at))}, da {row.started_by}"],
                ["Scarto finito", day_short(today)],
                ["Impronta della lista", row.digest],
            ],
            "numbers": [
                ["Persone in lista", str(row.people)],
                ["Persone scartate", str(tally.done)],
                ["Righe cambiate o tolte", str(tally.rows)],
                ["File cancellati", str(tally.files)],
            ],
            "kept": [[why, str(number)] for why, number in tally.kept],
            "kept_head": ["Perché non sono state toccate", "Persone"],
            "left": list(LEFT),
        }
