"""The reports that come by themselves, and the keys by which the comuni share costs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.views import Action, Page, ServiceForm

from .. import selectors, services
from ..definitions import BY_CODE, DEFINITIONS, open_to
from ..enums import Scope
from ..forms import CalendarForm, SplitKeyForm
from ..models import ReportCalendar


class Calendar(Page):
    permission = P.ORDER_REPORTS
    template_name = "reports/calendar.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        funders = dict(selectors.sources_of(self.access))
        rows = [
            (row, BY_CODE[row.kind], reverse("reports:calendar_edit", args=[row.public_id]), funders.get(row.source, row.source))
            for row in selectors.calendars(self.access)
        ]
        return super().get_context_data(
            rows=rows,
            automatic=[d for d in DEFINITIONS if d.is_automatic],
            keys=selectors.split_keys(self.access),
            list_url=reverse("reports:list"),
            new_url=reverse("reports:calendar_new"),
            key_url=reverse("reports:split_key") if self.access.may(P.EDIT_BUDGETS) else "",
            **kwargs,
        )


class EditCalendar(ServiceForm):
    """A new entry, or one that is there."""

    permission = P.ORDER_REPORTS
    template_name = "reports/calendar_edit.html"
    form_class = CalendarForm
    extra_context = {"calendar_url": reverse_lazy("reports:calendar")}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.row: ReportCalendar | None = None
        return super().dispatch(request, *args, **kwargs)

    def get_row(self) -> ReportCalendar:
        if self.row is None:
            given = self.kwargs.get("public_id")
            self.row = selectors.calendar_for(self.access, given) if given else ReportCalendar(ambito_id=self.access.ambito_id)
        return self.row

    def get_form_kwargs(self) -> dict[str, Any]:
        more = {
            "instance": self.get_row(),
            "kinds": [d for d in open_to(self.access) if d.scope != Scope.NETWORK],
            "comuni": selectors.comuni_of(self.access),
            "sources": selectors.sources_of(self.access),
        }
        return {**super().get_form_kwargs(), **more}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.get_row()
        return super().get_context_data(end_url=reverse("reports:calendar_end", args=[row.public_id]) if row.pk else "", **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.refused(form, 409 if form.is_stale else 422)

    def act(self, form: Any) -> str:
        services.keep_calendar(row=form.save(commit=False), by=self.access)
        return reverse("reports:calendar")


class EndCalendar(Action):
    permission = P.ORDER_REPORTS

    def act(self) -> str:
        row = selectors.calendar_for(self.access, self.kwargs["public_id"])
        services.end_calendar(row=row, by=self.access, today=timezone.localdate())
        return self.back()

    def back(self) -> str:
        return reverse("reports:calendar")


class AddSplitKey(ServiceForm):
    permission = P.EDIT_BUDGETS
    template_name = "reports/split_key.html"
    form_class = SplitKeyForm
    extra_context = {"back_url": reverse_lazy("reports:list")}

    def act(self, form: Any) -> str:
        services.add_split_key(**form.cleaned_data, by=self.access)
        return reverse("reports:order_kind", args=["riparto"])
