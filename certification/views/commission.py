"""Pages of the commission that decides on applications."""

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Page
from solidarity_fund.commission_rules import Result
from solidarity_fund.views import sittings

from ..enums import CaseOutcome
from ..forms import commission as forms
from ..models import Application
from ..selectors import commission as selectors
from ..selectors import procedures as procedure_selectors
from ..services import commission as services
from ..services import papers
from .common import OfApplication


class Sittings(Page):
    template_name = "certification/sittings.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = selectors.sittings_page(self.access, self.request.GET)
        keeps = self.access.may(Permission.KEEP_SITTINGS)
        waiting = selectors.cases_to_add(self.access) if keeps else []
        return super().get_context_data(page=page, may_keep=keeps, waiting=waiting, **page.urls(self.request.GET), **kwargs)


class _Room:
    """Whose sittings these are."""

    room = "certification"
    selectors = selectors
    services = services
    template_name: Any = "certification/form.html"


class NewSitting(_Room, sittings.NewSitting):
    lead = gettext_lazy("I componenti ricevono una mail.")
    said = gettext_lazy("Seduta convocata. Adesso metti le domande all'ordine del giorno.")


class SittingPage(_Room, sittings.SittingPage):
    template_name = "certification/sitting.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        votes = [case["view"].tally.result for case in context["cases"] if case["view"].item.outcome == CaseOutcome.PENDING]
        may = context["keeps"] and context["is_open"] and self.access.may(Permission.DECIDE_CERTIFICATES)
        return {**context, "carried": votes.count(Result.CARRIED) if may else 0}


class AwardSitting(_Room, sittings.SittingAction):
    """All that the votes say yes to, decided and awarded in one run."""

    permission = Permission.KEEP_SITTINGS

    def act(self) -> str:
        run = papers.order_sitting(sitting=self.sitting, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Il rilascio è cominciato: puoi lasciare la pagina, il lavoro continua."))
        return reverse("certification:run", args=[run.public_id])


class OpenSitting(_Room, sittings.OpenSitting):
    pass


class AddCases(_Room, sittings.OfSitting):
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


class CancelSitting(_Room, sittings.CancelSitting):
    lead = gettext_lazy("Le domande potranno andare in un'altra seduta.")


class ReopenSitting(_Room, sittings.ReopenSitting):
    pass


class CloseSitting(_Room, sittings.CloseSitting):
    pass


class ApproveMinutes(_Room, sittings.ApproveMinutes):
    pass


class Minutes(_Room, sittings.Minutes):
    pass


class CastVotes(_Room, sittings.CastVotes):
    template_name = "certification/case.html"

    def vote(self, member: Any, in_favour: bool) -> None:
        services.cast_vote(item=self.item, member=member, in_favour=in_favour, by=self.access)


class DecideCase(_Room, sittings.OfCase):
    template_name = "certification/case.html"
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


class PostponeCase(_Room, sittings.PostponeCase):
    template_name = "certification/case.html"


class StandAside(OfApplication):
    permission = Permission.GIVE_OPINIONS
    form_class = forms.AsideForm
    title = gettext_lazy("Mi astengo")
    lead = gettext_lazy(
        "Da adesso su questa domanda niente voto, non conti per il numero legale, e la domanda e le sue prove non si aprono più."
    )
    button = gettext_lazy("Mi astengo")

    def act(self, form: Any) -> str:
        services.stand_aside(application=self.application, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("Astensione registrata: la domanda e le sue prove per te non si aprono più."))
        case = selectors.case_of(self.application)
        return reverse("certification:sitting", args=[case.sitting.public_id]) if case else reverse("certification:sittings")
