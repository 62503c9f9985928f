"""Pages of the commission that decides on applications."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.models import Document
from impresasolidale.core.views import Action, Guarded, Page, say_done, serve_document
from solidarity_fund.enums import SittingState

from ..forms import commission as forms
from ..forms.checks import ReasonForm
from ..models import Application
from ..selectors import commission as selectors
from ..selectors import procedures as procedure_selectors
from ..services import commission as services
from .common import OfApplication, PlainForm


class Sittings(Page):
    template_name = "certification/sittings.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = selectors.sittings_page(self.access, self.request.GET)
        keeps = self.access.may(Permission.KEEP_SITTINGS)
        waiting = selectors.cases_to_add(self.access) if keeps else []
        return super().get_context_data(page=page, may_keep=keeps, waiting=waiting, **page.urls(self.request.GET), **kwargs)


class NewSitting(PlainForm):
    permission = Permission.KEEP_SITTINGS
    form_class = forms.SittingForm
    title = gettext_lazy("Convoca una seduta")
    lead = gettext_lazy("I componenti ricevono una mail.")
    button = gettext_lazy("Convoca")

    def get_form_kwargs(self) -> dict[str, Any]:
        self.people = selectors.members(self.access, on=timezone.localdate())
        return {**super().get_form_kwargs(), "people": [(str(user.pk), str(user)) for user in self.people]}

    def back(self) -> str:
        return reverse("certification:sittings")

    def crumb(self) -> Any:
        return _("Sedute")

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        sitting = services.call_sitting(
            held_on=data["held_on"],
            starts_at=data["starts_at"],
            place=data["place"],
            president=next(user for user in self.people if str(user.pk) == data["president"]),
            by=self.access,
            today=timezone.localdate(),
        )
        messages.success(self.request, _("Seduta convocata. Adesso metti le domande all'ordine del giorno."))
        return reverse("certification:sitting", args=[sitting.public_id])


class SittingPage(Page):
    template_name = "certification/sitting.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sitting = selectors.sitting_for(self.access, self.kwargs["public_id"])
        seats = selectors.seats_of(sitting)
        return super().get_context_data(
            sitting=sitting,
            seats=seats,
            cases=[_row(view, seats, self.access) for view in selectors.agenda_of(sitting)],
            is_open=sitting.state == SittingState.OPEN,
            is_planned=sitting.state == SittingState.PLANNED,
            minutes_pending=bool(sitting.document and sitting.document.state == Document.State.PENDING),
            is_president=sitting.president_id == self.access.actor_id,
            today=timezone.localdate(),
            keeps=self.access.may(Permission.KEEP_SITTINGS),
            **kwargs,
        )


def _row(view: selectors.CaseView, seats: list[Any], access: Any) -> dict[str, Any]:
    """A case as a row of the page: who stands aside, how the votes stand, what this person may do."""
    names = {seat.member_id: str(seat.member) for seat in seats}
    present = {seat.member_id for seat in seats if seat.is_present}
    assert view.tally
    may = access.may(Permission.GIVE_OPINIONS)
    return {
        "view": view,
        "aside": [(names[pk], why) for pk, why in sorted(view.aside.items())],
        "missing": [names[pk] for pk in sorted(present - view.aside.keys() - view.votes.keys())],
        "may_vote": may and access.actor_id in present and access.actor_id not in view.aside and access.actor_id not in view.votes,
        "may_stand_aside": may and access.actor_id in names and access.actor_id not in view.aside and access.actor_id not in view.votes,
        "too_few": not view.tally.can_reach_quorum,
    }


class OfSitting(PlainForm):
    permission: Any = Permission.KEEP_SITTINGS

    def get_form_kwargs(self) -> dict[str, Any]:
        self.sitting = selectors.sitting_for(self.access, self.kwargs["public_id"])
        return super().get_form_kwargs()

    def back(self) -> str:
        return reverse("certification:sitting", args=[self.kwargs["public_id"]])

    def crumb(self) -> Any:
        return _("Seduta n. %(number)s") % {"number": self.sitting.number}


class OpenSitting(OfSitting):
    form_class = forms.PresentForm
    title = gettext_lazy("Chi è presente")
    lead = gettext_lazy("Solo chi è presente vota.")
    button = gettext_lazy("Salva le presenze")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        seats = selectors.seats_of(self.sitting)
        there = [str(seat.member_id) for seat in seats if seat.is_present or self.sitting.state == SittingState.PLANNED]
        return {**kwargs, "people": [(str(seat.member_id), str(seat.member)) for seat in seats], "initial": {"present": there}}

    def act(self, form: Any) -> str:
        present = [int(pk) for pk in form.cleaned_data["present"]]
        if self.sitting.state == SittingState.PLANNED:
            services.open_sitting(sitting=self.sitting, present=present, by=self.access, today=timezone.localdate())
        else:
            services.note_present(sitting=self.sitting, present=present, by=self.access)
        return self.back()


class AddCases(OfSitting):
    form_class = forms.AgendaForm
    title = gettext_lazy("Ordine del giorno")
    lead = gettext_lazy("Le domande verificate che decide la commissione, e che non sono in un'altra seduta.")
    button = gettext_lazy("Aggiungi")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        self.found: list[Application] = selectors.cases_to_add(self.access)
        choices = [(str(row.public_id), f"{row.number} · {row.company} · {row.get_level_display()}") for row in self.found]
        return {**kwargs, "choices": choices}

    def act(self, form: Any) -> str:
        wanted = set(form.cleaned_data["applications"])
        rows = [row for row in self.found if str(row.public_id) in wanted]
        services.put_on_agenda(sitting=self.sitting, applications=rows, by=self.access)
        return self.back()


class CancelSitting(OfSitting):
    form_class = ReasonForm
    title = gettext_lazy("Annulla la seduta")
    lead = gettext_lazy("Le domande potranno andare in un'altra seduta.")
    button = gettext_lazy("Annulla la seduta")
    button_kind = "danger"

    def act(self, form: Any) -> str:
        services.cancel_sitting(sitting=self.sitting, reason=form.cleaned_data["reason"], by=self.access)
        return self.back()


class ReopenSitting(OfSitting):
    form_class = ReasonForm
    permission = Permission.GIVE_OPINIONS
    title = gettext_lazy("Rimanda il verbale")
    lead = gettext_lazy("Torna a chi l'ha scritto, con il motivo.")
    button = gettext_lazy("Rimanda")

    def act(self, form: Any) -> str:
        services.reopen_sitting(sitting=self.sitting, reason=form.cleaned_data["reason"], by=self.access)
        return self.back()


class SittingAction(Action):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.sitting = selectors.sitting_for(self.access, kwargs["public_id"])
        return super().dispatch(request, *args, **kwargs)

    def back(self) -> str:
        return reverse("certification:sitting", args=[self.sitting.public_id])


class CloseSitting(SittingAction):
    permission = Permission.KEEP_SITTINGS

    def act(self) -> str:
        services.close_sitting(sitting=self.sitting, by=self.access)
        say_done(self.request, _("Seduta chiusa: il verbale aspetta chi ha presieduto."))
        return self.back()


class ApproveMinutes(SittingAction):
    permission = Permission.GIVE_OPINIONS

    def act(self) -> str:
        services.approve_minutes(sitting=self.sitting, by=self.access, today=timezone.localdate())
        say_done(self.request, _("Verbale approvato: fra poco c'è il documento."))
        return self.back()


class Minutes(Guarded):
    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        sitting = selectors.sitting_for(self.access, kwargs["public_id"])
        if sitting.document is None:
            raise Http404
        return serve_document(sitting.document, by=self.access)


class OfCase(OfSitting):
    template_name = "certification/case.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        self.item = selectors.item_of(self.sitting, self.kwargs["case_id"])
        return kwargs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "item": self.item, "view": self.view()}

    def view(self) -> selectors.CaseView:
        return next(view for view in selectors.agenda_of(self.sitting) if view.item.pk == self.item.pk)


class CastVotes(OfCase):
    """The secretary writes the votes down; a member only the own one."""

    form_class = forms.VotesForm
    permission = None
    title = gettext_lazy("I voti")
    button = gettext_lazy("Scrivi i voti")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        view = self.view()
        here = [seat for seat in selectors.seats_of(self.sitting) if seat.is_present]
        may = [seat for seat in here if seat.member_id not in view.aside and seat.member_id not in view.votes]
        if not self.access.may(Permission.KEEP_SITTINGS):
            may = [seat for seat in may if seat.member_id == self.access.actor_id]
        self.members = {seat.member_id: seat.member for seat in may}
        return {**kwargs, "people": [(pk, str(user)) for pk, user in self.members.items()]}

    def act(self, form: Any) -> str:
        for pk, in_favour in form.votes.items():
            services.cast_vote(item=self.item, member=self.members[pk], in_favour=in_favour, by=self.access)
        return self.back()


class DecideCase(OfCase):
    form_class = forms.CaseForm
    title = gettext_lazy("L'esito del caso")
    button = gettext_lazy("Registra l'esito")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        found = procedure_selectors.open_of(self.item.application)
        return {**kwargs, "observed": bool(found and found.observed_on)}

    def act(self, form: Any) -> str:
        services.decide_case(item=self.item, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Esito registrato."))
        return self.back()


class PostponeCase(OfCase):
    form_class = ReasonForm
    title = gettext_lazy("Rinvia il caso")
    lead = gettext_lazy("Potrà andare in un'altra seduta.")
    button = gettext_lazy("Rinvia")

    def act(self, form: Any) -> str:
        services.postpone_case(item=self.item, reason=form.cleaned_data["reason"], by=self.access)
        return self.back()


class StandAside(OfApplication):
    permission = Permission.GIVE_OPINIONS
    form_class = forms.AsideForm
    title = gettext_lazy("Mi astengo")
    lead = gettext_lazy("Da adesso su questa domanda niente voto, e non conti per il numero legale.")
    button = gettext_lazy("Mi astengo")

    def act(self, form: Any) -> str:
        services.stand_aside(application=self.application, by=self.access, **form.cleaned_data)
        return self.back()
