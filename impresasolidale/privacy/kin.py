"""Which rows are about a person: every table that hangs on her record, found from the foreign keys and not from a list.

A table that is added tomorrow is in the person's copy and in the search of the log by itself; what stays out says why, here.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from django.db import models
from django.db.models import Q

from impresasolidale.core.inventory import house_tables
from impresasolidale.core.models import Document, Message, Upload
from placements.beneficiaries.models import Beneficiary

# Tables that a foreign key leads to, and that are not the person's. Each with its reason.
NOT_HERS: Mapping[str, str] = {
    "agreements.FrameworkAgreement": "of the office and the company, for everybody they host",
    "beneficiaries.DistinctPair": "says that another person is another: it would tell of her",
    "solidarity_fund.Abstention": "why a member of the commission stood aside: of the member",
    "solidarity_fund.Vote": "what each member voted: of the members; the outcome is in the request",
}
MERGED = "merged_into"  # a record that was merged is the same person's: its rows moved, what stayed is read with it


@cache
def closure() -> tuple[tuple[type[models.Model], tuple[tuple[str, type[models.Model]], ...]], ...]:
    """(model, its keys towards the person), parents before children; the record itself comes first, without keys."""
    ours = [m for m in house_tables() if m._meta.label not in NOT_HERS]
    found: dict[type[models.Model], list[tuple[str, type[models.Model]]]] = {Beneficiary: []}
    grew = True
    while grew:
        known = set(found)
        for model in ours:
            if model not in found and _keys(model, known):
                found[model] = []
        grew = len(found) > len(known)
    for model in found:
        found[model] = [] if model is Beneficiary else _keys(model, set(found))
    return tuple((model, tuple(keys)) for model, keys in _parents_first(found))


def _keys(model: type[models.Model], known: set[type[models.Model]]) -> list[tuple[str, type[models.Model]]]:
    keys = [f for f in model._meta.local_fields if isinstance(f, models.ForeignKey)]
    return [(f.name, f.related_model) for f in keys if f.related_model in known and f.related_model is not model]


def _parents_first(
    found: Mapping[type[models.Model], list[tuple[str, type[models.Model]]]],
) -> Iterator[tuple[type[models.Model], list[tuple[str, type[models.Model]]]]]:
    said: set[type[models.Model]] = set()
    waiting = dict(found)
    while waiting:
        ready = [m for m, keys in waiting.items() if {parent for _name, parent in keys} - {m} <= said] or list(waiting)[:1]
        for model in ready:
            yield model, waiting.pop(model)
            said.add(model)


def rows_of(person: Beneficiary) -> dict[type[models.Model], list[models.Model]]:
    """Every row about the person, by table, in the scope in force: one query a table. Papers, files and messages about any of them too."""
    found: dict[type[models.Model], list[models.Model]] = {}
    for model, keys in closure():
        manager: Any = model._default_manager
        if model is Beneficiary:
            rows = manager.filter(Q(pk=person.pk) | Q(**{MERGED: person.pk}))
        else:
            about = Q()
            for name, parent in keys:
                if ids := [row.pk for row in found.get(parent, ())]:
                    about |= Q(**{f"{name}__in": ids})
            if not about:
                continue
            rows = manager.filter(about)
        listed: list[models.Model] = list(rows.order_by("pk"))
        if listed:
            found[model] = listed
    return found


def subjects_of(found: Mapping[type[models.Model], Iterable[models.Model]]) -> dict[str, list[int]]:
    """Type → ids, as papers, messages and looks name what they are about."""
    return {model._meta.label_lower: [row.pk for row in rows] for model, rows in found.items()}


def papers_of(subjects: Mapping[str, list[int]]) -> list[Document]:
    """The papers issued about any of these rows, the oldest first."""
    return list(Document.objects.filter(_about(subjects)).order_by("issued_on", "pk"))


def files_of(subjects: Mapping[str, list[int]], uploads: Iterable[int]) -> list[Upload]:
    """The files handed in about any of these rows, or that one of them names."""
    return list(Upload.objects.filter(_about(subjects) | Q(pk__in=list(uploads))).order_by("created_at", "pk"))


def messages_of(subjects: Mapping[str, list[int]]) -> list[Message]:
    about = Q()
    for kind, ids in subjects.items():
        about |= Q(about_type=kind, about_id__in=ids)
    return list(Message.objects.filter(about).order_by("created_at", "pk"))


def _about(subjects: Mapping[str, list[int]]) -> Q:
    about = Q(pk=None)
    for kind, ids in subjects.items():
        about |= Q(subject_type=kind, subject_id__in=ids)
    return about
