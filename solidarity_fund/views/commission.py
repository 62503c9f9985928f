"""Pages of the commission: a member's requests to decide, the sittings, one sitting."""

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
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import Pot

from ..enums import CaseKind, RequestState, SittingState
from ..forms import commission as forms
from ..forms.common import ReasonForm, pot_choices
from ..models import BenefitRequest
from ..selectors import commission as selectors
from ..selectors import criteria as criteria_selectors
from ..selectors import procedures as procedure_selectors
from ..selectors import requests as request_selectors
from ..selectors.conflicts import aside_of
from ..services import commission as services
from .common import OfRequest, PlainForm


class ToDecide(Page):
    """The first page of a member: what waits for an opinion, one button a row."""

    template_name = "solidarity_fund/to_decide.html"
    permission = Permission.GIVE_OPINIONS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(
            rows=selectors.to_decide(self.access, today=today),
            sittings=selectors.next_sittings(self.access, today=today) if selectors.may_sit(self.access) else [],
            **kwargs,
        )


class GiveOpinion(OfRequest):
    template_name = "solidarity_fund/opinion.html"
    form_class = forms.OpinionForm
    permission = Permission.GIVE_OPINIONS
    title = gettext_lazy("Il tuo parere")
    button = gettext_lazy("Scrivi il parere")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context, today = super().get_context_data(**kwargs), timezone.localdate()
        aside, hints = aside_of([self.row], [self.access.actor], on=today)
        key = (self.row.pk, self.access.actor_id)
        return {
            **context,
            "aside": aside.get(key, ""),
            "hint": hints.get(key, ""),
            "opinions": selectors.last_opinions([self.row])[self.row.pk] if key not in aside else [],
            "quote": request_selectors.quote_of(self.row) if key not in aside else None,
            "isee": request_selectors.isee_of(self.row),
        }

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.give_opinion(
            request=self.row,
            verdict=data["verdict"],
            amount=data["amount"],
            reason=data["reason"],
            by=self.access,
            today=timezone.localdate(),
        )
        say_done(self.request, _("Parere scritto. Finché non si vota puoi cambiarlo: conta l'ultimo."))
        return reverse("solidarity_fund:to_decide")


class StandAside(OfRequest):
    form_class = forms.AsideForm
    permission = Permission.GIVE_OPINIONS
    title = gettext_lazy("Mi astengo")
    lead = gettext_lazy(
        "Da adesso su questa richiesta niente parere e niente voto, e non conti per il numero legale. Non si torna indietro."
    )
    button = gettext_lazy("Mi astengo")

    def act(self, form: Any) -> str:
        services.stand_aside(request=self.row, reason=form.cleaned_data["reason"], by=self.access)
        say_done(self.request, _("Astensione scritta: resterà nel verbale."))
        return reverse("solidarity_fund:to_decide")


# --- Sittings


class Sittings(Page):
    template_name = "solidarity_fund/sittings.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        selectors.is_of_the_commission(self.access)
        query = self.request.GET
        page = selectors.sittings_page(self.access, query)
        return super().get_context_data(
            sittings=page.rows,
            pager=page.urls(query),
            waiting=selectors.cases_to_add(self.access) if self.access.may(Permission.KEEP_SITTINGS) else [],
            may_keep=self.access.may(Permission.KEEP_SITTINGS),
            **kwargs,
        )


class NewSitting(PlainForm):
    form_class = forms.SittingForm
    permission = Permission.KEEP_SITTINGS
    title = gettext_lazy("Convoca una seduta")
    lead = gettext_lazy("I componenti della commissione ricevono una mail con il giorno e le richieste da leggere.")
    button = gettext_lazy("Convoca")

    def get_form_kwargs(self) -> dict[str, Any]:
        selectors.is_of_the_commission(self.access)
        self.people = selectors.members(self.access, on=timezone.localdate())
        return {**super().get_form_kwargs(), "people": [(str(user.pk), str(user)) for user in self.people]}

    def back(self) -> str:
        return reverse("solidarity_fund:sittings")

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
        messages.success(self.request, _("Seduta convocata. Adesso metti le richieste all'ordine del giorno."))
        return reverse("solidarity_fund:sitting", args=[sitting.public_id])


class SittingPage(Page):
    template_name = "solidarity_fund/sitting.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        selectors.is_of_the_commission(self.access)
        sitting = selectors.sitting_for(self.access, self.kwargs["public_id"])
        seats = selectors.seats_of(sitting)
        keeps = self.access.may(Permission.KEEP_SITTINGS)
        return super().get_context_data(
            sitting=sitting,
            seats=seats,
            names={seat.member_id: str(seat.member) for seat in seats},
            cases=[_case_row(view, seats, self.access) for view in selectors.agenda_of(sitting)],
            is_open=sitting.state == SittingState.OPEN,
            is_planned=sitting.state == SittingState.PLANNED,
            minutes_pending=bool(sitting.document and sitting.document.state == Document.State.PENDING),
            is_president=sitting.president_id == self.access.actor_id,
            today=timezone.localdate(),
            keeps=keeps,
            **kwargs,
        )


def _case_row(view: selectors.CaseView, seats: list[Any], access: Any) -> dict[str, Any]:
    """A case as a row of the page: who stands aside, what was said, how the votes stand, what this person may do."""
    names = {seat.member_id: str(seat.member) for seat in seats}
    present = {seat.member_id for seat in seats if seat.is_present}
    assert view.tally
    return {
        "view": view,
        "aside": [(names[pk], why) for pk, why in sorted(view.aside.items())],
        "hints": [(names[pk], why) for pk, why in sorted(view.hints.items())],
        "missing": [names[pk] for pk in sorted(present - view.aside.keys() - view.votes.keys())],
        "may_vote": access.actor_id in present and access.actor_id not in view.aside and access.actor_id not in view.votes,
        "is_aside": access.actor_id in view.aside,
        "too_few": not view.tally.can_reach_quorum,
    }


class OfSitting(PlainForm):
    permission: Any = Permission.KEEP_SITTINGS

    def get_form_kwargs(self) -> dict[str, Any]:
        self.sitting = selectors.sitting_for(self.access, self.kwargs["public_id"])
        return super().get_form_kwargs()

    def back(self) -> str:
        return reverse("solidarity_fund:sitting", args=[self.sitting.public_id])

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
    lead = gettext_lazy("Le richieste pronte e gli anticipi da ratificare che non sono in un'altra seduta. Le urgenti sono in alto.")
    button = gettext_lazy("Aggiungi")
    template_name = "solidarity_fund/add_cases.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        self.found: list[BenefitRequest] = selectors.cases_to_add(self.access)
        choices = [(str(row.public_id), _case_label(row)) for row in self.found]
        return {**kwargs, "choices": choices}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "has_cases": bool(self.found)}

    def act(self, form: Any) -> str:
        wanted = set(form.cleaned_data["requests"])
        services.put_on_agenda(sitting=self.sitting, requests=[r for r in self.found if str(r.public_id) in wanted], by=self.access)
        return self.back()


def _case_label(row: BenefitRequest) -> str:
    words = f"{row.code} · {row.beneficiary} · {row.short_kind}"
    if row.state != RequestState.READY:
        return _("%(what)s · anticipo da ratificare") % {"what": words}
    return _("%(what)s · urgente") % {"what": words} if row.is_urgent else words


class CancelSitting(OfSitting):
    form_class = ReasonForm
    title = gettext_lazy("Annulla la seduta")
    lead = gettext_lazy("Le richieste potranno andare in un'altra seduta.")
    button = gettext_lazy("Annulla la seduta")
    button_kind = "danger"

    def act(self, form: Any) -> str:
        services.cancel_sitting(sitting=self.sitting, reason=form.cleaned_data["reason"], by=self.access)
        return self.back()


class SittingAction(Action):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        selectors.is_of_the_commission(self.access)
        self.sitting = selectors.sitting_for(self.access, kwargs["public_id"])
        return super().dispatch(request, *args, **kwargs)

    def back(self) -> str:
        return reverse("solidarity_fund:sitting", args=[self.sitting.public_id])


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


class ReopenSitting(OfSitting):
    form_class = ReasonForm
    permission = Permission.GIVE_OPINIONS
    title = gettext_lazy("Rimanda il verbale")
    lead = gettext_lazy("Torna a chi l'ha scritto, con il motivo.")
    button = gettext_lazy("Rimanda")

    def act(self, form: Any) -> str:
        services.reopen_sitting(sitting=self.sitting, reason=form.cleaned_data["reason"], by=self.access)
        return self.back()


class Minutes(Guarded):
    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        selectors.is_of_the_commission(self.access)
        sitting = selectors.sitting_for(self.access, kwargs["public_id"])
        if sitting.document is None:
            raise Http404
        return serve_document(sitting.document, by=self.access)


# --- Cases


class OfCase(OfSitting):
    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        self.item = selectors.item_of(self.sitting, self.kwargs["case_id"])
        return kwargs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "item": self.item, "row": self.item.request, "view": self.view()}

    def view(self) -> selectors.CaseView:
        return next(view for view in selectors.agenda_of(self.sitting) if view.item.pk == self.item.pk)


class CastVotes(OfCase):
    """The secretary writes the votes down; a member only the own one."""

    template_name = "solidarity_fund/case.html"
    form_class = forms.VotesForm
    permission = None
    title = gettext_lazy("I voti")
    button = gettext_lazy("Scrivi i voti")

    def get_form_kwargs(self) -> dict[str, Any]:
        selectors.is_of_the_commission(self.access)
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
            services.cast_vote(item=self.item, member=self.members[pk], in_favour=in_favour, by=self.access, today=timezone.localdate())
        return self.back()


class DecideCase(OfCase):
    template_name = "solidarity_fund/case.html"
    form_class = forms.CaseForm
    title = gettext_lazy("L'esito del caso")
    button = gettext_lazy("Registra l'esito")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        clock = procedure_selectors.clock_of(self.item.request, today=timezone.localdate())
        pots = pot_choices(
            treasury.balances(self.access, use=Pot.Use.FUND), criteria_selectors.purposes_of(self.access), kind=self.item.request.kind
        )
        observed = bool(clock and clock.procedure.observed_on)
        return {**kwargs, "pots": pots, "observed": observed, "is_ratify": self.item.kind == CaseKind.RATIFY}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.decide_case(
            item=self.item,
            pot=treasury.pot_for(self.access, data["pot"], use=Pot.Use.FUND) if data.get("pot") else None,
            amount=data.get("amount"),
            reason=data["reason"],
            answer=data.get("answer", ""),
            by=self.access,
            today=timezone.localdate(),
        )
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
