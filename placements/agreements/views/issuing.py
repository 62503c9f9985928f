"""Pages that make papers of a placement: one, many, an agreement of its own; who funds it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Action, Page, SeeOther, ServiceForm

from .. import issuing_selectors, services
from ..forms_papers import FundingForm, ManyFilters, ManyForm, PaperForm, bulk_kinds
from ..papers import KINDS, PaperKind
from . import OfPlacement


class IssuePaper(OfPlacement, ServiceForm):
    """Make one paper. A kind that asks for nothing is made by its button alone; opened, the page says what will happen."""

    permission = Permission.SEE_PLACEMENTS
    form_class = PaperForm

    @cached_property
    def kind(self) -> PaperKind:
        try:
            return KINDS[self.kwargs["kind"]]
        except KeyError:
            raise Http404 from None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.access.require(self.kind.permission)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if self.kind.page:
            return SeeOther(reverse(self.kind.page, args=[self.placement.public_id]))
        return super().get(request, *args, **kwargs)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return self.get(request, *args, **kwargs) if self.kind.page else super().post(request, *args, **kwargs)

    def get_template_names(self) -> list[str]:
        return ["agreements/paper.html" if self.kind.asks else "confirm.html"]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "asks": self.kind.asks}

    def get_initial(self) -> dict[str, Any]:
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=self.kind.label,
            text=_("%(person)s, presso %(company)s.") % {"person": self.placement.beneficiary, "company": self.placement.company},
            consequences=[_("Riceve un numero e non cambia più."), _("Se ce n'è già una, la nuova prende il suo posto.")],
            action=_("Prepara la carta"),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.issue_paper(
            placement=self.placement, kind=self.kind.slug, details=form.cleaned_data, by=self.access, today=timezone.localdate()
        )
        messages.success(self.request, _("La carta è in preparazione: tra poco si apre da qui."))
        return f"{self.detail_url}#carte"


class SetFunding(OfPlacement, ServiceForm):
    permission = Permission.PREPARE_PLACEMENTS
    template_name = "agreements/fact.html"
    form_class = FundingForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "sources": issuing_selectors.funding_sources(self.access)}

    def get_initial(self) -> dict[str, Any]:
        return {"source": self.placement.funding_source}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = _("Le carte preparate da adesso portano il suo logo e le sue parole. Quelle già fatte restano come sono.")
        return super().get_context_data(title=_("Chi finanzia il tirocinio"), lead=lead, **kwargs)

    def act(self, form: Any) -> str:
        services.set_funding_source(placement=self.placement, source=form.cleaned_data["source"], by=self.access)
        messages.success(self.request, _("Salvato."))
        return f"{self.detail_url}#carte"


class OwnAgreement(OfPlacement, Action):
    """A draft convenzione for this placement alone; its page takes it from there."""

    permission = Permission.PREPARE_PLACEMENTS

    def act(self) -> str:
        agreement = services.create_single_agreement(placement=self.placement, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La convenzione per questo tirocinio è in bozza: preparala da qui."))
        return reverse("agreements:agreement_detail", args=[agreement.public_id])

    def back(self) -> str:
        return self.detail_url


class IssueMany(ServiceForm):
    """One kind of paper for the placements that are ticked."""

    permission = Permission.SEE_PLACEMENTS
    template_name = "agreements/issue_many.html"
    form_class = ManyForm

    @cached_property
    def filters(self) -> ManyFilters:
        return ManyFilters(self.request.GET or None)

    @cached_property
    def wanted(self) -> dict[str, Any]:
        return self.filters.wanted()

    @cached_property
    def slice(self) -> Any:
        return issuing_selectors.to_issue(self.access, self.request.GET, **self.wanted)

    @property
    def may_make(self) -> bool:
        kind = KINDS.get(self.wanted["kind"])
        return bool(self.access.may(kind.permission if kind else Permission.PREPARE_PLACEMENTS))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "choices": [str(row.public_id) for row in self.slice.rows]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            filters=self.filters,
            rows=self.slice.rows,
            kind_label=str(dict(bulk_kinds())[self.wanted["kind"]]),
            may_make=self.may_make,
            **self.slice.urls(self.request.GET),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        chosen = [UUID(value) for value in form.cleaned_data["placements"]]
        job = services.order_papers(public_ids=chosen, kind=self.wanted["kind"], by=self.access)
        return reverse("core:job", args=[job.public_id])


class PapersMade(Page):
    """What became of an order: how many are ready, who was refused and why."""

    permission = Permission.SEE_PLACEMENTS
    template_name = "agreements/papers_made.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batch = issuing_selectors.batch_for(self.access, self.kwargs["public_id"])
        return super().get_context_data(batch=batch, total=len(batch.made), **kwargs)


def papers_section(access: Any, placement: Any, documents: Any) -> dict[str, Any]:
    """What a placement's page shows of the papers made one by one."""
    issued = issuing_selectors.issued_of(access, placement, documents)
    return {
        "issued": issued,
        "minutes": issuing_selectors.minutes_of(access, documents),
        "issued_pending": any(d.state == d.State.PENDING for row in issued for d in row.documents),
        "may_see_meetings": access.may(Permission.SEE_PEOPLE),
    }
