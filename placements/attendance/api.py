"""Days, months and what they give over the API: read, said of a day, closed and confirmed."""

from typing import Any

from django.http import Http404, QueryDict
from django.urls import path
from django.utils import timezone
from rest_framework import serializers

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core.api import MONTH, All, Detail, Listing, MonthField, Row, Shown, Writes, month_of
from impresasolidale.core.keyset import Slice
from impresasolidale.territory.selectors import name_key
from placements.agreements.models import Placement

from . import selectors, services
from .enums import Note, Outcome
from .forms import RecordForm, SheetFilterForm
from .models import AttendanceEvent, MonthAllowance, Timesheet
from .selectors import allowances as given

DRAWN = Access(actor=None, network_id=None, ambito_id=None, roles=frozenset({Role.SOCIAL_WORKER, Role.PROMOTER_TUTOR}))


class SheetSerializer(Row):
    placement = serializers.UUIDField(source="placement.public_id", read_only=True)
    person_name = serializers.CharField(source="placement.beneficiary", read_only=True)
    company_name = serializers.CharField(source="placement.company.name", read_only=True)
    month = MonthField(read_only=True)

    class Meta:
        model = Timesheet
        fields = (
            "id", "placement", "person_name", "company_name", "month", "state", "planned_minutes", "done_minutes", "credited_minutes",
            "days_present", "days_absent", "closed_at", "confirmed_at", "frozen_at",
        )  # fmt: skip
        read_only_fields = fields


class Sheets(Listing):
    """The sheets of a month, by person's name."""

    area = "attendance"
    permission = Permission.SEE_PLACEMENTS
    serializer_class = SheetSerializer
    summary = "Sheets of a month"
    filters = {"state": "stato", "person": "nome"}
    extra = {"month": MONTH}

    def form(self, data: QueryDict | None) -> Any:
        return SheetFilterForm(data)

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        narrowed = selectors.SheetFilter(state=wanted["state"], name=name_key(wanted["person"]))
        return selectors.office_sheets(self.access, month_of(wanted), narrowed, query)[0]


class OneSheet(Detail):
    """The sheet of one month: its state and its sums. The days are at `placements/<id>/attendance/`."""

    area = "attendance"
    permission = Permission.SEE_PLACEMENTS
    serializer_class = SheetSerializer
    summary = "A sheet"

    def row(self, **kwargs: Any) -> Timesheet:
        return selectors.sheet_shown(self.access, kwargs["public_id"])


class _SheetStep(Writes, Detail):
    area = "attendance"
    permission = Permission.SEE_PLACEMENTS
    serializer_class = SheetSerializer
    status = 200
    http_method_names = ("post", "options")

    def target(self, **kwargs: Any) -> Timesheet:
        return selectors.sheet_for(self.access, kwargs["public_id"])


class CloseSheet(_SheetStep):
    """The month is whole: every planned day up to its end was spoken of."""

    may_write = Permission.RECORD_ATTENDANCE
    write_summary = "Close a month"

    def act(self, form: Any, target: Any) -> Timesheet:
        return services.close_month(sheet=target, by=self.access, today=timezone.localdate())


class ConfirmSheet(_SheetStep):
    """The office confirms a month that somebody else closed."""

    may_write = Permission.CONFIRM_MONTHS
    write_summary = "Confirm a month"

    def act(self, form: Any, target: Any) -> Timesheet:
        return services.confirm_month(sheet=target, by=self.access, today=timezone.localdate())


class DaySerializer(serializers.Serializer):
    day = serializers.DateField(read_only=True)
    planned_minutes = serializers.IntegerField(source="planned", read_only=True)
    outcome = serializers.ChoiceField(Outcome.choices, read_only=True, allow_blank=True, help_text="the last word; empty when nobody spoke")
    minutes = serializers.IntegerField(read_only=True)
    travel_minutes = serializers.IntegerField(source="travel", read_only=True)
    note = serializers.ChoiceField(Note.choices, read_only=True, allow_blank=True)


class EventSerializer(Shown):
    class Meta:
        model = AttendanceEvent
        fields = ("day", "outcome", "minutes", "travel_minutes", "note", "channel", "recorded_at")
        read_only_fields = fields


class Days(Writes, All):
    """The days of a placement in a month, each with its plan and the last thing said of it.

    What is said of a day is a row that stays; said again, it is a correction. `outcome` withdrawn takes the last word back.
    """

    area = "attendance"
    permission = Permission.SEE_PLACEMENTS
    may_write = Permission.RECORD_ATTENDANCE
    serializer_class = DaySerializer
    written_class = EventSerializer
    summary, write_summary = "Days of a placement", "Say how a day went"
    extra = {"month": MONTH}
    fields = ("day", "outcome", "minutes", "travel_minutes", "note", "channel")

    def rows(self, wanted: dict[str, Any], **kwargs: Any) -> Any:
        placement = selectors.placement_for(self.access, kwargs["public_id"])
        return selectors.month_sheet(self.access, placement, month_of(wanted), timezone.localdate(), place="attendance:month").days

    def target(self, **kwargs: Any) -> Placement:
        return selectors.placement_for(self.access, kwargs["public_id"])

    def body(self, data: QueryDict | None, target: Any = None) -> Any:
        return RecordForm(data, access=DRAWN if data is None else self.access, travels=True)

    def act(self, form: Any, target: Any) -> AttendanceEvent:
        data = form.cleaned_data
        try:
            return services.record_attendance(
                public_id=target.public_id,
                day=data["day"],
                outcome=data["outcome"],
                minutes=data["minutes"],
                travel_minutes=data.get("travel_minutes") or 0,
                note=data["note"],
                submission=None,
                channel=data["channel"],
                by=self.access,
                today=timezone.localdate(),
            )
        except Placement.DoesNotExist:
            raise Http404 from None


class GivenSerializer(Row):
    month = MonthField(read_only=True)
    state = serializers.CharField(source="timesheet.state", read_only=True)

    class Meta:
        model = MonthAllowance
        fields = ("id", "month", "state", "amount", "tax_treatment", "computed_at", "net_amount", "net_on")
        read_only_fields = fields


class LineSerializer(serializers.Serializer):
    words = serializers.CharField(read_only=True)
    quantity = serializers.CharField(read_only=True, help_text="a decimal, as text")
    unit = serializers.CharField(read_only=True)
    rate = serializers.CharField(read_only=True, help_text="euro, a decimal, as text")
    amount = serializers.CharField(read_only=True, help_text="euro, a decimal, as text")


class GivenWhole(GivenSerializer):
    placement = serializers.UUIDField(source="placement.public_id", read_only=True)
    payer = serializers.CharField(source="payer.name", read_only=True)
    rows = LineSerializer(many=True, read_only=True)

    class Meta:
        model = MonthAllowance
        fields = (*GivenSerializer.Meta.fields, "placement", "payer", "rows")
        read_only_fields = fields


class Given(All):
    """What the months of a placement gave, the last first. Of a person that the owner of the key does not follow it is 403."""

    area = "allowances"
    permission = Permission.SEE_ALLOWANCES
    serializer_class = GivenSerializer
    summary = "Allowances of a placement"

    def rows(self, wanted: dict[str, Any], **kwargs: Any) -> list[MonthAllowance]:
        return given.months_given(self.access, given.placement_for(self.access, kwargs["public_id"]))[0]


class OneGiven(Detail):
    """What one month gives, line by line."""

    area = "allowances"
    permission = Permission.SEE_ALLOWANCES
    serializer_class = GivenWhole
    summary = "An allowance"

    def row(self, **kwargs: Any) -> MonthAllowance:
        return given.allowance_for(self.access, kwargs["public_id"])


urlpatterns = [
    path("timesheets/", Sheets.as_view(), name="timesheet-list"),
    path("timesheets/<uuid:public_id>/", OneSheet.as_view(), name="timesheet-detail"),
    path("timesheets/<uuid:public_id>/close/", CloseSheet.as_view(), name="timesheet-close"),
    path("timesheets/<uuid:public_id>/confirm/", ConfirmSheet.as_view(), name="timesheet-confirm"),
    path("placements/<uuid:public_id>/attendance/", Days.as_view(), name="placement-attendance"),
    path("placements/<uuid:public_id>/allowances/", Given.as_view(), name="placement-allowances"),
    path("allowances/<uuid:public_id>/", OneGiven.as_view(), name="allowance-detail"),
]
