"""Writes of the office's own further questions: a version is a row that never changes; a new one puts the one before out of use."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError

from ..evaluation_enums import Area
from ..models.evaluations import QuestionSet

MOST = 12  # as many as the shipped set has
CODE_LENGTH = 30  # an answer keeps «own-<code>» in forty characters


class Asked(NamedTuple):
    """One question as the office writes it. Answers are compared by `code`; an empty one is made of the text."""

    text: str
    area: str
    code: str = ""


@transaction.atomic
def write_questions(
    *, source: str, questions: Sequence[Asked], by: Access, today: date, name: str = "", follows: QuestionSet | None = None
) -> QuestionSet:
    """A new set, or the next version of `follows`, which keeps its name and is out of use from today.

    Placements that were asked with an older version go on with it. Raises DomainError for a name that is there, no question, too many, a
    code twice; Conflict when `follows` is no longer the version in use.
    """
    by.require(Permission.EDIT_OFFICE)
    asked = checked(questions)
    if not source.strip():
        raise DomainError(_("Scrivi da dove vengono: un incontro, una scheda, una norma."), field="source")
    version = 1
    if follows is None:
        if not name.strip():
            raise DomainError(_("Scrivi il nome."), field="name")
        if QuestionSet.objects.filter(ambito_id=by.ambito_id, name__iexact=name.strip()).exists():
            raise DomainError(_("Queste domande ci sono già: aprile e scrivi una nuova versione."), field="name")
    else:
        before = _in_use(follows, by=by)
        before.retired_on = today
        before.save(update_fields=["retired_on"])
        name, version = before.name, before.version + 1
    row = QuestionSet.objects.create(
        ambito_id=by.ambito_id,
        name=name.strip(),
        version=version,
        source=source.strip(),
        questions=[{"code": code, "area": area, "text": text} for text, area, code in asked],
        created_by_id=by.actor_id,
    )
    record_fact("monitoring.questions.written", row, by=by, version=version, questions=len(asked))
    return row


@transaction.atomic
def retire_questions(*, row: QuestionSet, by: Access, today: date) -> QuestionSet:
    """Not asked any more of placements that begin; what was asked goes on. Conflict when it was out of use already."""
    by.require(Permission.EDIT_OFFICE)
    found = _in_use(row, by=by)
    found.retired_on = today
    found.save(update_fields=["retired_on"])
    record_fact("monitoring.questions.retired", found, by=by)
    return found


def _in_use(row: QuestionSet, *, by: Access) -> QuestionSet:
    found = QuestionSet.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk, ambito_id=by.ambito_id)
    if found.retired_on is not None:
        raise Conflict(_("Questa versione non si usa più: guarda se intanto qualcuno ne ha scritta una nuova."))
    return found


def checked(questions: Sequence[Asked]) -> list[Asked]:
    """The rows with a text, each with its code. DomainError on the field of the row (`text_<n>`, `code_<n>`)."""
    found: list[Asked] = []
    for n, (text, area, code) in enumerate(questions):
        if not text.strip():
            if code.strip():
                raise DomainError(_("Scrivi la domanda."), field=f"text_{n}")
            continue
        if area not in Area:
            raise DomainError(_("Scegli l'area."), field=f"area_{n}")
        short = slugify(code.strip() or text)[:CODE_LENGTH].strip("-")
        if not short:
            raise DomainError(_("Scrivi una sigla con lettere o numeri."), field=f"code_{n}")
        if any(other.code == short for other in found):
            raise DomainError(_("Questa sigla c'è già: ogni domanda ha la sua."), field=f"code_{n}")
        found.append(Asked(text.strip(), area, short))
    if not found:
        raise DomainError(_("Scrivi almeno una domanda."), field="text_0")
    if len(found) > MOST:
        raise DomainError(_("Dodici domande al massimo: di più nessuno le finisce."))
    return found
