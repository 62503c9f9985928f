"""What comes after: the outcome, the calls of the year that follows."""

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Page, ServiceForm, say_done
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.views import AsksReason

from ..forms.closing import FollowUpFilters, FollowUpForm, OutcomeForm
from ..models.outcomes import FollowUp
from ..selectors import outcomes as selectors
from ..services import outcomes as services
from ..visit_enums import FollowState
from .closing import Ends


class Outcome(Ends):
    template_name = "confirm.html"
    form_class = OutcomeForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"person": self.placement.beneficiary, "company": self.placement.company}
        return super().get_context_data(
            title=_("Che cosa viene dopo"),
            text=_("%(person)s, dopo il tirocinio presso %(company)s. Nessuna risposta vale più di un'altra.") % words,
            consequences=[
                _("Si scrive una volta sola."),
                _("Fra sei e dodici mesi chi segue la persona la sente, se lei è d'accordo."),
            ],
            action=_("Scrivi l'esito"),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.record_outcome(placement=self.placement, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("L'esito è scritto."))
        return self.closing_url


class FollowUps(Page):
    permission = Permission.FOLLOW_VISITS
    template_name = "monitoring/follow_ups.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, today = FollowUpFilters(self.request.GET or None), timezone.localdate()
        wanted = form.wanted()
        page = selectors.follow_ups_page(self.access, self.request.GET, today=today, **wanted)
        return super().get_context_data(
            form=form, rows=page.rows, filtered=bool(self.request.GET), today=today, **page.urls(self.request.GET), **kwargs
        )


class FollowUpPage(AsksReason, ServiceForm):
    """One call: heard, no answer, or she wants none any more."""

    permission = Permission.FOLLOW_VISITS
    template_name = "monitoring/follow_up.html"
    form_class = FollowUpForm

    def who(self) -> Beneficiary:
        return self.follow_up.placement.beneficiary

    def back_after(self, person_id: Any) -> str:
        return reverse("monitoring:follow_up", args=[self.kwargs["public_id"]])

    @cached_property
    def follow_up(self) -> FollowUp:
        return selectors.follow_up_for(self.access, self.kwargs["public_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.follow_up
        back_url = reverse("monitoring:course", args=[row.placement.public_id])
        return super().get_context_data(
            follow_up=row, placement=row.placement, is_open=row.state == FollowState.WAITING, back_url=back_url, **kwargs
        )

    def act(self, form: Any) -> str:
        d, said = form.cleaned_data, {"follow_up": self.follow_up, "by": self.access, "today": timezone.localdate()}
        if d["result"] == FollowUpForm.ANSWERED:
            services.answer_follow_up(way=d["way"], kind=d["kind"], note=d["note"], **said)
        elif d["result"] == FollowUpForm.TRIED:
            services.try_follow_up(**said)
        else:
            services.refuse_follow_up(**said)
        say_done(self.request, _("Scritto."))
        return reverse("monitoring:follow_ups")
