"""Commitments: the list, one with what moved it, and the acts that raise, lower and end it."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.spreadsheets import file_urls, table_response
from impresasolidale.core.views import Guarded, Page, SeeOther
from impresasolidale.core.words import euro

from .. import forms, selectors, services
from ..models import Commitment, Pot
from .budgets import body_choices
from .words import MoneyForm

PLACE = "treasury:commitment"


def _wanted(request: HttpRequest) -> dict[str, Any]:
    form = forms.CommitmentFilter(request.GET or None)
    data = form.cleaned_data if form.is_valid() else {}
    return {"year": data.get("anno"), "state": data.get("stato", "")}


class Commitments(Page):
    template_name = "treasury/commitments.html"
    permission = P.SEE_MONEY

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted = _wanted(self.request)
        page, figures = selectors.commitments_page(selectors.commitments(self.access, **wanted), self.request.GET)
        return super().get_context_data(
            rows=[{"row": row, "figures": figures[row.pk]} for row in page.rows],
            filter=forms.CommitmentFilter(self.request.GET or None),
            is_filtered=any(wanted.values()),
            pager=page.urls(self.request.GET),
            may_edit=self.access.may(P.EDIT_BUDGETS),
            **file_urls("treasury:commitments_file", self.request.GET),
            **kwargs,
        )


class CommitmentsFile(Guarded):
    """What the filter shows, as a file."""

    permission = P.SEE_MONEY

    def get(self, request: HttpRequest, kind: str) -> Any:
        rows = list(selectors.commitments(self.access, **_wanted(request)).order_by("-year", "-id"))
        figures = selectors.commitment_figures(row.pk for row in rows)

        def cells() -> Iterator[list[Any]]:
            for row in rows:
                money = figures[row.pk]
                yield [
                    row.year, row.number, row.body.name, row.chapter, row.cup, row.act_number, row.act_on, row.get_state_display(),
                    money.amount, money.paid, money.left, money.released,
                ]  # fmt: skip

        head = [_("Anno"), _("Impegno"), _("Ente"), _("Capitolo"), _("CUP"), _("Atto"), _("Data dell'atto"), _("Stato")]
        head += [_("Impegnato"), _("Speso"), _("Ancora da spendere"), _("Liberato")]
        return table_response(kind, name=f"impegni-{timezone.localdate():%Y-%m-%d}", head=head, rows=cells())


class CommitmentPage(Page):
    template_name = "treasury/commitment.html"
    permission = P.SEE_MONEY

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = selectors.commitment_for(self.access, self.kwargs["public_id"])
        page = selectors.movements_page(selectors.commitment_entries(self.access, row), self.request.GET)
        return super().get_context_data(
            row=row,
            figures=selectors.commitment_figures([row.pk])[row.pk],
            movements=[{"row": movement, "url": "", "words": movement.entry.words} for movement in page.rows],
            pager=page.urls(self.request.GET),
            may_edit=self.access.may(P.EDIT_BUDGETS),
            parts_url=reverse("forecasts:commitment", args=[row.public_id]),
            **kwargs,
        )


class NewCommitment(MoneyForm):
    form_class = forms.CommitmentForm
    permission = P.EDIT_BUDGETS
    kind = "new_commitment"

    def get_initial(self) -> dict[str, Any]:
        return {"pot": self.request.GET.get("da", ""), "year": timezone.localdate().year}

    def get_form_kwargs(self) -> dict[str, Any]:
        lines = selectors.budget_lines(self.access, beside=(Pot.Use.GRANT,))
        self.pots = {str(line.pot.public_id): line.pot for line in lines}
        words = _("%(name)s (liberi %(free)s)")
        pots = [(str(line.pot.public_id), words % {"name": line.name, "free": euro(line.free)}) for line in lines]
        return {**super().get_form_kwargs(), "pots": pots, "bodies": body_choices(self.access)}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        bodies = selectors.bodies(self.access)
        body = bodies.get(public_id=data["body"]) if data["body"] else bodies[0]  # a budget line puts its own
        row = services.open_commitment(
            pot=selectors.allowance_pots(self.access).get(pk=self.pots[data["pot"]].pk),
            body=body,
            year=data["year"],
            number=data["number"],
            chapter=data["chapter"],
            cup=data["cup"],
            amount=data["amount"],
            act=form.act,
            by=self.access,
            today=timezone.localdate(),
        )
        messages.success(self.request, _("L'impegno è registrato: i soldi sono messi da parte."))
        return reverse(PLACE, args=[row.public_id])


class _Step(MoneyForm):
    """A form about one commitment; a page for a state it has left leads back to it."""

    form_class: Any = forms.ChangeCommitmentForm
    permission = P.EDIT_BUDGETS
    state = Commitment.State.OPEN
    done = ""
    row: Commitment

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        return response if self.row.state == self.state else SeeOther(self.here())

    def get_form_kwargs(self) -> dict[str, Any]:
        self.row = selectors.commitment_for(self.access, self.kwargs["public_id"])
        return {**super().get_form_kwargs(), "current_version": self.row.row_version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        of = {"of": _("Impegno %(number)s") % {"number": self.row}, "of_url": self.here()}
        figures = selectors.commitment_figures([self.row.pk])[self.row.pk]
        return {**context, **of, "free": selectors.free_balance(self.row.pot), "figures": figures}

    def here(self) -> str:
        return reverse(PLACE, args=[self.row.public_id])

    def write(self, common: dict[str, Any], form: Any) -> None:
        raise NotImplementedError

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        common = {"commitment": self.row, "reason": data["reason"], "seen": data["row_version"], "by": self.access}
        self.write({**common, "today": timezone.localdate()}, form)
        messages.success(self.request, _("Fatto: il movimento è nel registro."))
        return self.here()

    def form_invalid(self, form: Any) -> Any:
        return self.refused(form, 409 if form.is_stale else 422)


class RaiseCommitment(_Step):
    kind = "raise"

    def write(self, common: dict[str, Any], form: Any) -> None:
        services.raise_commitment(amount=form.cleaned_data["amount"], act=form.act, **common)


class LowerCommitment(_Step):
    kind = "lower"

    def write(self, common: dict[str, Any], form: Any) -> None:
        services.lower_commitment(amount=form.cleaned_data["amount"], act=form.act, **common)


class EndCommitment(_Step):
    form_class = forms.EndCommitmentForm
    kind = "end"

    def write(self, common: dict[str, Any], form: Any) -> None:
        services.end_commitment(act=form.act, **common)


class ReleaseLeft(_Step):
    form_class = forms.ReleaseForm
    kind = "release"
    state = Commitment.State.ENDED

    def write(self, common: dict[str, Any], form: Any) -> None:
        services.release_left(**common)
