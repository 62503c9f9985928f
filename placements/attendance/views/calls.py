"""A person to call: why, what was said lately, and how the call went."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.models import Look
from impresasolidale.core.views import ServiceForm, say_done
from placements.agreements.models import Placement

from .. import selectors, services
from ..forms import CallForm
from ..selectors.watching import calls_for, calls_of
from . import list_url

LOOKED_AT = timedelta(weeks=3)


class CallPage(ServiceForm):
    """Noting a call takes one touch; a reason of an absence is never asked here."""

    permission = Permission.RECORD_ATTENDANCE
    template_name = "attendance/call.html"
    form_class = CallForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.access.require(Permission.SEE_PLACEMENTS)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def placement(self) -> Placement:
        return selectors.placement_for(self.access, self.kwargs["public_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        audit.look(Look.Kind.DETAIL, self.placement, by=self.access, place="attendance:call")
        days = selectors.days_between([self.placement.pk], today - LOOKED_AT, today).get(self.placement.pk, [])
        return super().get_context_data(
            placement=self.placement,
            signs=calls_for(self.access, today, placement=self.placement),
            days=days[::-1],
            calls=calls_of(self.access, self.placement)[:10],
            may_see_person=self.access.may(Permission.SEE_PEOPLE),
            today=today,
            month_url=services.month_url(self.placement, today),
            back_url=services.month_url(self.placement, today),
            list_url=list_url(today),
            **kwargs,
        )

    def act(self, form: forms.Form) -> str:
        services.record_call(placement=self.placement, result=form.cleaned_data["result"], by=self.access, today=timezone.localdate())
        say_done(self.request, _("Chiamata annotata."))
        return services.month_url(self.placement, timezone.localdate())
