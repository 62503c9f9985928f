"""The person's copy: everything about one person as plain JSON values, the same for the paper and for the machine file.

All columns of all tables that hang on her record (kin.closure) are told, but those that say nothing of her: listed here, with the reason.
A test plants a person in every table and looks for each value.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone, translation
from django.utils.formats import localize

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.core.inventory import plain_value
from impresasolidale.core.models import Document, Look, Upload
from impresasolidale.core.words import day_short, moment
from impresasolidale.territory.selectors import name_key
from impresasolidale.treasury.models import LiquidationItem
from placements.agreements.enums import SignerRole
from placements.agreements.models import Signature
from placements.beneficiaries.models import Beneficiary, Consent, PaymentWay, Representative

from . import kin
from .enums import Asker
from .models import DataRequest
from .purposes import ABOUT
from .selectors.looks import ROOMS, about
from .selectors.notices import given_to

FORMAT = "impresasolidale.copia/1"
# Columns that are how the program works, not what it knows. By name, in every table.
TECHNICAL: Mapping[str, str] = {
    "id": "a number of the database",
    "ambito": "the office itself",
    "network": "the office itself",
    "row_version": "counts savings",
    "search_key": "the name again, for searching",
    "merged_into": "another record of the same person, told too",
    "file": "told among the files",
    "scan": "told among the files",
    "document": "told among the papers",
    "act_file": "told among the files",
    "certificate": "told among the files",
    "proof": "told among the files",
}
ENDS = ("_hash", "_file", "_key")  # digests and stored files
STAFF = "una persona dell'ufficio"  # colleagues by name only when the data protection officer decided so
OWN_HANDS = (SignerRole.PERSON, SignerRole.REPRESENTATIVE)  # of the others who signed the same paper no name is told
HIDDEN = "Non è in questa copia: l'indirizzo è protetto. Lo dà il servizio, alla persona."


def is_told(field: models.Field, parents: Iterable[str] = ()) -> bool:
    """Whether a column is in the copy."""
    return not (field.primary_key or field.name in TECHNICAL or field.name.endswith(ENDS) or field.name in parents)


def person_copy(request: DataRequest, *, by: Access, today: date) -> dict[str, Any]:
    """All that is known of the person of a request, or of the representative who asks for the own data."""
    with translation.override("it"):
        own = request.asker == Asker.FOR_SELF
        found = _of_representative(request) if own else kin.rows_of(request.beneficiary)
        subjects = kin.subjects_of(found)
        named = request.names == "granted"
        who = request.representative if own else request.beneficiary
        assert who is not None
        hide = request.asker == Asker.FOR_PERSON and request.beneficiary.is_address_protected
        tables = [_table(model, rows, named=named, hide_address=hide) for model, rows in found.items()]
        items, looks = _items(subjects), _looks(subjects, named=named)
        papers = kin.papers_of(kin.subjects_of(kin.rows_of(request.beneficiary)) if own else subjects)
        if items:
            tables.append(_table(LiquidationItem, items, named=named))
        return {
            "format": FORMAT,
            "person_name": f"{who.first_name} {who.last_name}",
            "person_last_name": who.last_name,
            "made_on": today.isoformat(),
            "about": [*_notice(request, own), *([title, list(lines)] for title, lines in ABOUT)],
            "tables": tables,
            "papers": [] if own else [[p.kind_label, p.number, day_short(p.issued_on)] for p in papers],
            "signatures": _signatures(papers, by_hand_of=request.representative if own else None),
            "files": [[f.original_name, day_short(timezone.localdate(f.created_at))] for f in kin.files_of(subjects, _uploads(found))],
            "messages": [
                [m.subject, str(m.get_channel_display()), day_short(timezone.localdate(m.created_at))] for m in kin.messages_of(subjects)
            ],
            "looks": looks,
            "has_names": named,
            "look_count": sum(int(line[-1]) for line in looks),
            "paper_head": ["Documento", "Numero", "Del"],
            "signature_head": ["Documento", "Chi ha firmato", "Nome", "Come", "Il"],
            "file_head": ["File", "Ricevuto il"],
            "message_head": ["Oggetto", "Come", "Il"],
            "look_head": ["Giorno", "Servizio", "Perché", *(["Chi"] if named else []), "Volte"],
        }


def _notice(request: DataRequest, own: bool) -> list[list[Any]]:
    """Which version of the notice the person was given, where it is known."""
    person = request.beneficiary
    found = None if own else given_to(person)
    if found is None or person.privacy_notice_on is None:
        return []
    line = f"«{found.title}», versione {found.version}, che ti abbiamo dato il {day_short(person.privacy_notice_on)}."
    return [["L'informativa che hai avuto", [line]]]


def _of_representative(request: DataRequest) -> dict[type[models.Model], list[models.Model]]:
    """What is kept of who represents a person: the own row, and the consents and ways of payment that name her. Nothing of the person."""
    assert request.representative is not None
    found: dict[type[models.Model], list[models.Model]] = {Representative: [request.representative]}
    naming: tuple[Any, ...] = (Consent, PaymentWay)
    for model in naming:
        if rows := list(model._default_manager.filter(representative=request.representative).order_by("pk")):
            found[model] = rows
    return found


def _signatures(papers: Iterable[Document], *, by_hand_of: Representative | None) -> list[list[str]]:
    """Who signed these papers, in what quality, how and when: all of them, or those that one representative gave with the own hand."""
    found = Signature.objects.filter(document__in=list(papers)).select_related("document")
    rows = list(found.order_by("document__issued_on", "document", "pk"))
    if by_hand_of:
        name = _letters(f"{by_hand_of.first_name} {by_hand_of.last_name}")
        rows = [row for row in rows if row.role == SignerRole.REPRESENTATIVE and _letters(row.signer) == name]
    return [
        [
            f"{row.document.kind_label} n. {row.document.number}",
            str(row.get_role_display()),
            row.signer if row.role in OWN_HANDS else "",
            str(row.get_method_display()),
            day_short(row.signed_on),
        ]
        for row in rows
    ]


def _letters(name: str) -> list[str]:
    """The words of a name, whichever stands first."""
    return sorted(name_key(name).split())


def _items(subjects: Mapping[str, list[int]]) -> list[models.Model]:
    wanted = models.Q(pk=None)
    for kind, ids in subjects.items():
        wanted |= models.Q(source_type=kind, source_id__in=ids)
    return list(LiquidationItem.objects.filter(wanted).order_by("pk"))


def _uploads(found: Mapping[type[models.Model], list[models.Model]]) -> list[int]:
    """The ids of the files that the rows themselves name."""
    keys = [(rows, f) for model, rows in found.items() for f in model._meta.local_fields if f.is_relation and f.related_model is Upload]
    return [pk for rows, field in keys for row in rows if (pk := getattr(row, field.attname))]


def _table(model: type[models.Model], rows: list[models.Model], *, named: bool, hide_address: bool = False) -> dict[str, Any]:
    """One table: its name, its columns in words, and each row twice, as values and as a line to read."""
    parents = [name for known, keys in kin.closure() if known is model for name, _parent in keys]
    columns = [field for field in model._meta.local_fields if is_told(field, parents)]
    related = {field.name: _related(field, rows) for field in columns if field.is_relation}
    told = []
    for row in rows:
        values, words = {}, []
        for field in columns:
            value = _value(field, row, related, named=named)
            if hide_address and model is Beneficiary and field.name == "address":
                value = HIDDEN
            values[field.name] = value
            # A column without an Italian name stays in the machine file; what it was chosen among is in words.
            is_named = str(field.verbose_name) != field.name.replace("_", " ")
            if (is_named or field.choices) and field.name != "created_at" and (said := _said(field, row, value)):
                words.append([str(field.verbose_name) if is_named else "", said])
        told.append({"values": values, "words": words})
    return {"name": model._meta.label, "title": str(model._meta.verbose_name_plural), "rows": told}


def _related(field: models.Field, rows: list[models.Model]) -> dict[int, str]:
    ids = {pk for row in rows if (pk := getattr(row, field.attname))}
    target: Any = field.related_model
    if target is User:
        return {pk: str(user) for pk, user in User.objects.in_bulk(ids).items()}
    return {pk: str(found) for pk, found in target._default_manager.in_bulk(ids).items()}


def _value(field: models.Field, row: models.Model, related: Mapping[str, Mapping[int, str]], *, named: bool) -> Any:
    """A JSON value; of what a key points to its words."""
    value = getattr(row, field.attname)
    if field.is_relation:
        if value and field.related_model is User and not named:
            return STAFF
        return related[field.name].get(value, "") if value else ""
    return plain_value(value)


def _said(field: models.Field, row: models.Model, value: Any) -> str:
    """A value as one reads it; empty when there is nothing to say."""
    raw = getattr(row, field.attname)
    if value in (None, "", [], {}):
        return ""
    if isinstance(raw, bool):
        return "sì" if raw else "no"
    if isinstance(raw, datetime):
        return moment(raw)
    if isinstance(raw, date):
        return day_short(raw)
    if isinstance(raw, Decimal):
        return localize(raw)
    if field.choices:
        return str(dict(field.flatchoices).get(raw, raw))
    if isinstance(value, list):
        base = getattr(field, "base_field", None)
        known = dict(base.flatchoices) if base is not None else {}
        return ", ".join(str(known.get(each, each)) if isinstance(each, str | int) else _plain(each) for each in value)
    return _plain(value)


def _plain(value: Any) -> str:
    """A JSON value on one line, without the signs of a program."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_plain(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(each) for each in value)
    return {True: "sì", False: "no", None: ""}.get(value, str(value)) if isinstance(value, bool | None) else str(value)


def _looks(subjects: Mapping[str, list[int]], *, named: bool) -> list[list[str]]:
    """The looks as date, service, purpose and how many times, the newest first; with the name only when that was decided (C-579/21)."""
    rows = list(Look.objects.filter(pk__in=about(subjects)).order_by("-at", "-pk"))
    people = User.objects.in_bulk({row.actor_id for row in rows if row.actor_id}) if named else {}
    lines: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        service = "L'ufficio" if row.ambito_id else "L'impresa o la rete"
        service = service if row.actor_id else "Il programma, oppure tu dalla tua area"
        purpose = str(ROOMS.get(row.place.split(":")[0].split(".")[0], "")) or "Altro"
        who = (str(people.get(row.actor_id or 0, "")),) if named else ()
        lines[day_short(timezone.localdate(row.at)), service, f"{purpose}: {row.get_kind_display()}", *who] += 1
    return [[*line, str(times)] for line, times in lines.items()]
