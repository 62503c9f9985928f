"""One page for one human with several hats: what waits under each, without switching first (experience.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certification.selectors.assessment import OurRecognition, our_recognitions
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import todos
from impresasolidale.core.models import Todo
from impresasolidale.core.scope import Scope, scope
from placements.agreements.host_papers import papers_to_sign
from placements.attendance.selectors import sheets_to_close, today_cards
from placements.attendance.services import month_address, month_words

from . import selectors
from .menu import ASKED, first_page
from .our_companies import our_companies
from .todo_kinds import button_of, kinds_by_right

SHOWN = 6  # of each hat; the rest is one button away


@dataclass(frozen=True)
class Waiting:
    """One thing that waits, and the button that opens it."""

    title: str
    url: str
    button: str
    due_on: date | None = None


@dataclass(frozen=True)
class Hat:
    """What waits in one role or place. `key` is its context: where it is not the active one, a button switches and goes on."""

    title: str
    place: str
    key: str
    is_active: bool
    waiting: list[Waiting]
    url: str
    url_label: str

    @property
    def shown(self) -> list[Waiting]:
        return self.waiting[:SHOWN]

    @property
    def has_more(self) -> bool:
        return len(self.waiting) > SHOWN


def hats(accesses: Sequence[Access], *, active: Access, today: date) -> list[Hat]:
    """A section for each Ambito, one as tutor, one as contact: as many queries for many as for one. The looks are logged."""
    return [
        replace(hat, is_active=bool(active.contexts) and hat.key == active.context["key"])
        for hat in [*_company_hats([a for a in accesses if a.companies is not None], today), *_office_hats(accesses, today)]
    ]


def _office_hats(accesses: Sequence[Access], today: date) -> list[Hat]:
    office = [a for a in accesses if a.companies is None]
    asked = [a for a in office if a.roles & ASKED]
    waiting: Mapping[str, list[Waiting]] = {a.context["key"]: [] for a in office}
    reach = Scope(
        networks=frozenset(a.network_id for a in asked),
        ambiti=frozenset().union(*(a.ambiti for a in asked)),
        actor_id=asked[0].actor_id if asked else None,
    )
    with scope(reach):
        loud = ~selectors.muted_in(reach.ambiti, today) if asked else Q()
        for todo in todos.open_for_all([(a, selectors.wanted_by(a, today) & loud) for a in asked], each=SHOWN + 1, today=today):
            mine = next(a for a in asked if todo.ambito_id == a.ambito_id or (todo.ambito_id is None and _asks(a, todo)))
            waiting[mine.context["key"]].append(Waiting(todo.title, todo.url, button_of(todo.kind), todo.due_on))
    return [
        Hat(
            title=", ".join(str(role.label) for role in Role if role in a.roles).capitalize(),
            place=a.context["label"],
            key=a.context["key"],
            is_active=False,
            waiting=waiting[a.context["key"]],
            url=reverse(first_page(a.roles)),
            url_label=_("Vedi tutto") if a.roles & ASKED else _("Apri"),
        )
        for a in office
    ]


def _asks(access: Access, todo: Todo) -> bool:
    return todo.role in access.roles or todo.kind in kinds_by_right(access)


def _company_hats(accesses: Sequence[Access], today: date) -> list[Hat]:
    found = []
    for access in accesses:  # one a network
        common: dict[str, Any] = {"place": access.context["label"], "key": access.context["key"], "is_active": False}
        with scope(access.scope):
            if access.may(P.USE_TUTOR_PORTAL):
                waiting = _as_tutor(access, today)
                found.append(
                    Hat(
                        title=str(Role.COMPANY_TUTOR.label).capitalize(),
                        waiting=waiting,
                        url=reverse("attendance:today"),
                        url_label=_("Le mie persone"),
                        **common,
                    )
                )
            if access.may(P.USE_COMPANY_PORTAL):
                waiting = _as_contact(access, today)
                found.append(
                    Hat(
                        title=str(Role.COMPANY_CONTACT.label).capitalize(),
                        waiting=waiting,
                        url=reverse("desk:our_company"),
                        url_label=_("La nostra impresa"),
                        **common,
                    )
                )
    return found


def _as_tutor(access: Access, today: date) -> list[Waiting]:
    """Today's people nobody said anything of, the days that are missing, the months to close."""
    cards = today_cards(access, today)
    now = [
        Waiting(_("%(name)s: com'è andata oggi?") % {"name": card.name}, reverse("attendance:today"), _("Registra"), today)
        for card in cards
        if card.planned and card.is_open and not card.is_said and not card.is_suspended
    ]
    late = [
        Waiting(
            ngettext("%(name)s: manca una giornata passata", "%(name)s: mancano %(n)d giornate passate", card.missing)
            % {"name": card.name, "n": card.missing},
            month_address(card.placement_id, card.missing_since),
            _("Completa"),
            card.missing_since,
        )
        for card in cards
        if card.missing_since
    ]
    months = [
        Waiting(
            _("%(name)s: chiudi %(month)s") % {"name": sheet.name, "month": month_words(sheet.month)},
            month_address(sheet.placement_id, sheet.month),
            _("Apri"),
        )
        for sheet in sheets_to_close(access, today)
    ]
    return [*now, *late, *months]


def _with_recognition(access: Access, today: date) -> list[tuple[Any, OurRecognition | None]]:
    ours = our_companies(access, today)
    known = our_recognitions(access, [our.company.pk for our in ours], today=today)
    return [(our, known.get(our.company.pk)) for our in ours]


def _as_contact(access: Access, today: date) -> list[Waiting]:
    """Papers to sign, tutors still to be trained (rule 91), placements whose tutor cannot sign in yet."""
    url = reverse("desk:our_company")
    found = [
        Waiting(
            _("%(paper)s, %(person)s: da firmare") % {"paper": paper.words, "person": paper.person or paper.number},
            url,
            _("Apri"),
            timezone.localdate(paper.expires_at),
        )
        for paper in papers_to_sign(access)
    ]
    for our, recognition in _with_recognition(access, today):
        if recognition and recognition.waits:
            words = _("%(company)s: il riconoscimento aspetta una risposta") % {"company": our.company}
            due_on = recognition.check.due_on if recognition.check else None
            found.append(Waiting(words, reverse("our_recognition:page", args=[our.company.public_id]), _("Apri"), due_on))
        for tutor in our.tutors:
            if not tutor.is_trained:
                words = _("%(company)s: %(tutor)s deve ancora fare il corso per tutor") % {"company": our.company, "tutor": tutor}
                found.append(Waiting(words, url, _("Apri")))
        for placement in our.placements:
            if placement.company_tutor is None or placement.company_tutor.user_id is None:
                words = _("%(company)s: il tutor di %(name)s non ha ancora l'accesso") % {
                    "company": our.company,
                    "name": placement.short_name,
                }
                found.append(Waiting(words, url, _("Apri")))
    return found
