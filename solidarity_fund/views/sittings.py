"""The pages of the sittings of every commission. What a case is, and what its decision does, each room adds."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.forms import ReasonForm
from impresasolidale.core.models import Document
from impresasolidale.core.views import Action, FormPage, Guarded, Page, say_done, serve_document

from ..enums import SittingState
from ..forms import commission as forms


class OfCommission:
    """`room`: the URL namespace; `selectors` and `services`: the room's modules of its commission."""

    room: str
    selectors: Any
    services: Any
    access: Any
    kwargs: dict[str, Any]

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"{self.room}:{name}", args=args)


class NewSitting(OfCommission, FormPage):
    form_class = forms.SittingForm
    permission = Permission.KEEP_SITTINGS
    title = gettext_lazy("Convoca una seduta")
    button = gettext_lazy("Convoca")
    said: Any  # once it is called

    def get_form_kwargs(self) -> dict[str, Any]:
        self.selectors.is_of_the_commission(self.access)
        self.people = self.selectors.members(self.access, on=timezone.localdate())
        return {**super().get_form_kwargs(), "people": [(str(user.pk), str(user)) for user in self.people]}

    def back(self) -> str:
        return self.url("sittings")

    def crumb(self) -> Any:
        return _("Sedute")

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        sitting = self.services.call_sitting(
            held_on=data["held_on"],
            starts_at=data["starts_at"],
            place=data["place"],
            president=next(user for user in self.people if str(user.pk) == data["president"]),
            by=self.access,
            today=timezone.localdate(),
        )
        messages.success(self.request, str(self.said))
        return self.url("sitting", sitting.public_id)


class SittingPage(OfCommission, Page):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sitting = self.selectors.sitting_for(self.access, self.kwargs["public_id"])
        seats = self.selectors.seats_of(sitting)
        return super().get_context_data(
            sitting=sitting,
            seats=seats,
            cases=[self.case(view, seats) for view in self.selectors.agenda_of(sitting, seats=seats)],
            is_open=sitting.state == SittingState.OPEN,
            is_planned=sitting.state == SittingState.PLANNED,
            minutes_pending=bool(sitting.document and sitting.document.state == Document.State.PENDING),
            is_president=sitting.president_id == self.access.actor_id,
            today=timezone.localdate(),
            keeps=self.access.may(Permission.KEEP_SITTINGS),
            **kwargs,
        )

    def case(self, view: Any, seats: list[Any]) -> dict[str, Any]:
        """A case as a row of the page: who stands aside, how the votes stand, what this person may do."""
        names = {seat.member_id: str(seat.member) for seat in seats}
        present = {seat.member_id for seat in seats if seat.is_present}
        me, done = self.access.actor_id, view.aside.keys() | view.votes.keys()
        may = self.access.may(Permission.GIVE_OPINIONS) and me not in done
        return {
            "view": view,
            "aside": [(names[pk], why) for pk, why in sorted(view.aside.items())],
            "missing": [names[pk] for pk in sorted(present - done)],
            "may_vote": may and me in present,
            "may_stand_aside": may and me in names,
            "is_aside": me in view.aside,
            "too_few": not view.tally.can_reach_quorum,
        }


class OfSitting(OfCommission, FormPage):
    permission: Any = Permission.KEEP_SITTINGS

    def get_form_kwargs(self) -> dict[str, Any]:
        self.sitting = self.selectors.sitting_for(self.access, self.kwargs["public_id"])
        return super().get_form_kwargs()

    def back(self) -> str:
        return self.url("sitting", self.kwargs["public_id"])

    def crumb(self) -> Any:
        return _("Seduta n. %(number)s") % {"number": self.sitting.number}


class OpenSitting(OfSitting):
    form_class = forms.PresentForm
    title = gettext_lazy("Chi è presente")
    lead = gettext_lazy("Solo chi è presente vota.")
    button = gettext_lazy("Salva le presenze")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        seats = self.selectors.seats_of(self.sitting)
        there = [str(seat.member_id) for seat in seats if seat.is_present or self.sitting.state == SittingState.PLANNED]
        return {**kwargs, "people": [(str(seat.member_id), str(seat.member)) for seat in seats], "initial": {"present": there}}

    def act(self, form: Any) -> str:
        present = [int(pk) for pk in form.cleaned_data["present"]]
        if self.sitting.state == SittingState.PLANNED:
            self.services.open_sitting(sitting=self.sitting, present=present, by=self.access, today=timezone.localdate())
        else:
            self.services.note_present(sitting=self.sitting, present=present, by=self.access)
        return self.back()


class CancelSitting(OfSitting):
    form_class = ReasonForm
    title = gettext_lazy("Annulla la seduta")
    button = gettext_lazy("Annulla la seduta")
    button_kind = "danger"

    def act(self, form: Any) -> str:
        self.services.cancel_sitting(sitting=self.sitting, reason=form.cleaned_data["reason"], by=self.access)
        return self.back()


class ReopenSitting(OfSitting):
    form_class = ReasonForm
    permission = Permission.GIVE_OPINIONS
    title = gettext_lazy("Rimanda il verbale")
    lead = gettext_lazy("Torna a chi l'ha scritto, con il motivo.")
    button = gettext_lazy("Rimanda")

    def act(self, form: Any) -> str:
        self.services.reopen_sitting(sitting=self.sitting, reason=form.cleaned_data["reason"], by=self.access)
        return self.back()


class SittingAction(OfCommission, Action):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.sitting = self.selectors.sitting_for(self.access, kwargs["public_id"])
        return super().dispatch(request, *args, **kwargs)

    def back(self) -> str:
        return self.url("sitting", self.sitting.public_id)


class CloseSitting(SittingAction):
    permission = Permission.KEEP_SITTINGS

    def act(self) -> str:
        self.services.close_sitting(sitting=self.sitting, by=self.access)
        say_done(self.request, _("Seduta chiusa: il verbale aspetta chi ha presieduto."))
        return self.back()


class ApproveMinutes(SittingAction):
    permission = Permission.GIVE_OPINIONS

    def act(self) -> str:
        self.services.approve_minutes(sitting=self.sitting, by=self.access, today=timezone.localdate())
        say_done(self.request, _("Verbale approvato: fra poco c'è il documento."))
        return self.back()


class Minutes(OfCommission, Guarded):
    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        sitting = self.selectors.sitting_for(self.access, kwargs["public_id"])
        if sitting.document is None:
            raise Http404
        return serve_document(sitting.document, by=self.access)


# --- Cases


class OfCase(OfSitting):
    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        self.item = self.selectors.item_of(self.sitting, self.kwargs["case_id"])
        return kwargs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "item": self.item, "view": self.view()}

    def view(self) -> Any:
        return next(view for view in self.selectors.agenda_of(self.sitting) if view.item.pk == self.item.pk)


class CastVotes(OfCase):
    """The secretary writes the votes down; a member only the own one."""

    form_class = forms.VotesForm
    permission = None
    title = gettext_lazy("I voti")
    button = gettext_lazy("Scrivi i voti")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        view = self.view()
        here = [seat for seat in self.selectors.seats_of(self.sitting) if seat.is_present]
        may = [seat for seat in here if seat.member_id not in view.aside and seat.member_id not in view.votes]
        if not self.access.may(Permission.KEEP_SITTINGS):
            may = [seat for seat in may if seat.member_id == self.access.actor_id]
        self.members = {seat.member_id: seat.member for seat in may}
        return {**kwargs, "people": [(pk, str(user)) for pk, user in self.members.items()]}

    def act(self, form: Any) -> str:
        for pk, in_favour in form.votes.items():
            self.vote(self.members[pk], in_favour)
        return self.back()

    def vote(self, member: Any, in_favour: bool) -> None:
        raise NotImplementedError


class PostponeCase(OfCase):
    form_class = ReasonForm
    title = gettext_lazy("Rinvia il caso")
    lead = gettext_lazy("Potrà andare in un'altra seduta.")
    button = gettext_lazy("Rinvia")

    def act(self, form: Any) -> str:
        self.services.postpone_case(item=self.item, reason=form.cleaned_data["reason"], by=self.access)
        return self.back()


def addresses(room: Any) -> list[URLPattern]:
    """Those of one sitting; `room` is the module of the room's views."""
    return [
        path("", room.SittingPage.as_view(), name="sitting"),
        path("presenze/", room.OpenSitting.as_view(), name="open_sitting"),
        path("ordine-del-giorno/", room.AddCases.as_view(), name="add_cases"),
        path("annulla/", room.CancelSitting.as_view(), name="cancel_sitting"),
        path("chiudi/", room.CloseSitting.as_view(), name="close_sitting"),
        path("approva/", room.ApproveMinutes.as_view(), name="approve_minutes"),
        path("rimanda/", room.ReopenSitting.as_view(), name="reopen_sitting"),
        path("verbale/", room.Minutes.as_view(), name="minutes"),
        path("casi/<uuid:case_id>/voti/", room.CastVotes.as_view(), name="votes"),
        path("casi/<uuid:case_id>/esito/", room.DecideCase.as_view(), name="decide_case"),
        path("casi/<uuid:case_id>/rinvio/", room.PostponeCase.as_view(), name="postpone_case"),
    ]
