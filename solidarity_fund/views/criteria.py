"""Pages of the criteria of the fund, and of what a pot may pay."""

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.forms import ReasonForm
from impresasolidale.core.four_eyes import OutsideAct
from impresasolidale.core.views import Page, say_done
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import Pot

from ..forms import criteria as forms
from ..selectors import criteria as selectors
from ..services import criteria as services
from .common import PlainForm


class Criteria(Page):
    """Every version, the one in force first said."""

    template_name = "solidarity_fund/criteria.html"
    permission = Permission.SEE_FUND

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(
            versions=selectors.all_criteria(self.access),
            in_force=selectors.criteria_on(self.access, today),
            may_publish=self.access.may(Permission.PUBLISH_RULES),
            **kwargs,
        )


class CriteriaVersion(Page):
    template_name = "solidarity_fund/criteria_version.html"
    permission = Permission.SEE_FUND

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = selectors.criteria_for(self.access, self.kwargs["public_id"])
        return super().get_context_data(row=row, may_publish=self.access.may(Permission.PUBLISH_RULES), **kwargs)


class ProposeCriteria(PlainForm):
    form_class = forms.CriteriaForm
    permission = Permission.PUBLISH_RULES
    title = gettext_lazy("Nuovi criteri del fondo")
    lead = gettext_lazy("Li approva e li pubblica un'altra persona. Poi non cambiano più: per cambiarli se ne fanno di nuovi.")
    button = gettext_lazy("Proponi i criteri")

    def get_initial(self) -> dict[str, Any]:
        there = selectors.criteria_on(self.access, timezone.localdate())
        if there is None:
            return {"kinds": [kind for kind, _label in forms.BenefitKind.choices]}
        initial: dict[str, Any] = {
            name: getattr(there, name) for name in services.FIELDS if name not in ("valid_from", "act_number", "act_on")
        }
        initial["kinds"] = [row.kind for row in there.kinds.all()]
        for row in there.kinds.all():
            initial |= {f"ceiling_{row.kind}": row.ceiling, f"form_{row.kind}": row.form}
        return initial

    def back(self) -> str:
        return reverse("solidarity_fund:criteria")

    def crumb(self) -> Any:
        return _("Criteri")

    def act(self, form: Any) -> str:
        row = services.propose_criteria(values=form.cleaned_data, kinds=form.offered, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Proposta inviata: adesso li pubblica un'altra persona."))
        return reverse("solidarity_fund:criteria_version", args=[row.public_id])


class OfCriteria(PlainForm):
    permission = Permission.PUBLISH_RULES

    def get_form_kwargs(self) -> dict[str, Any]:
        self.row = selectors.criteria_for(self.access, self.kwargs["public_id"])
        return super().get_form_kwargs()

    def back(self) -> str:
        return reverse("solidarity_fund:criteria_version", args=[self.row.public_id])

    def crumb(self) -> Any:
        return self.row.act_number


class Publish(OfCriteria):
    form_class = forms.PublishForm
    title = gettext_lazy("Pubblica i criteri")
    lead = gettext_lazy("Prima vanno pubblicati sul sito dell'ente: qui si scrive quando e dove. Da quel giorno il fondo può concedere.")
    button = gettext_lazy("Approva e pubblica")

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        outside = OutsideAct(data["outside_number"], data["outside_on"]) if data["outside_number"] else None
        services.publish_criteria(
            criteria=self.row,
            published_on=data["published_on"],
            link=data["link"],
            outside=outside,
            by=self.access,
            today=timezone.localdate(),
        )
        say_done(self.request, _("Criteri pubblicati: valgono dal giorno dell'atto."))
        return self.back()


class WithdrawCriteria(OfCriteria):
    form_class = ReasonForm
    title = gettext_lazy("Ritira la proposta")
    lead = gettext_lazy("Non entrerà mai in vigore.")
    button = gettext_lazy("Ritira la proposta")
    button_kind = "danger"

    def act(self, form: Any) -> str:
        services.withdraw_criteria(criteria=self.row, reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, _("Proposta ritirata."))
        return self.back()


class Purpose(PlainForm):
    """What a pot may pay."""

    form_class = forms.PurposeForm
    permission = Permission.RECORD_CONTRIBUTIONS
    title = gettext_lazy("Che aiuti dà il salvadanaio")
    lead = gettext_lazy("È la volontà di chi dona. Quello che è già concesso resta com'è.")
    button = gettext_lazy("Salva")

    def get_form_kwargs(self) -> dict[str, Any]:
        self.pot = treasury.pot_for(self.access, self.kwargs["public_id"], use=Pot.Use.FUND)
        there = selectors.purposes_of(self.access).get(self.pot.pk)
        return {**super().get_form_kwargs(), "initial": {"kinds": there.kinds if there else []}}

    def back(self) -> str:
        return reverse("solidarity_fund:home") + "#salvadanai"

    def crumb(self) -> Any:
        return self.pot.name

    def act(self, form: Any) -> str:
        services.set_purpose(pot=self.pot, kinds=form.cleaned_data["kinds"], by=self.access)
        messages.success(self.request, _("Salvato: gli altri aiuti qui non si pagano."))
        return self.back()
