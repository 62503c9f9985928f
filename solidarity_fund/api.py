"""The fund over the API: pots, movements, what was given, what was asked. Who gave and who receives never meet, and no name stands beside a
sum (rules 71 and 73)."""

from typing import Any

from django.http import QueryDict
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.api import All, Detail, Listing, Row
from impresasolidale.core.keyset import Slice
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import Pot

from .forms.requests import RequestFilter
from .models import BenefitRequest, Contribution
from .selectors import contributions, requests

EURO: dict[str, Any] = {"max_digits": 14, "decimal_places": 2, "read_only": True}


class PotSerializer(serializers.Serializer):
    id = serializers.UUIDField(source="pot.public_id", read_only=True)
    name = serializers.CharField(source="pot.name", read_only=True)
    purpose = serializers.CharField(source="pot.purpose", read_only=True)
    received = serializers.DecimalField(**EURO)
    committed = serializers.DecimalField(**EURO)
    paid = serializers.DecimalField(**EURO)
    free = serializers.DecimalField(**EURO)


class Pots(All):
    """The pots of the fund with their figures in euro: received − paid = free + committed."""

    area = "fund"
    permission = Permission.SEE_FUND
    serializer_class = PotSerializer
    summary = "Pots of the fund"

    def rows(self, wanted: dict[str, Any], **kwargs: Any) -> Any:
        return treasury.balances(self.access, use=Pot.Use.FUND)


class MovementSerializer(serializers.Serializer):
    posted_on = serializers.DateField(source="entry.posted_on", read_only=True)
    pots = serializers.CharField(read_only=True)
    received = serializers.DecimalField(**EURO)
    committed = serializers.DecimalField(**EURO, help_text="below zero: given back")
    paid = serializers.DecimalField(**EURO)


class Movements(Listing):
    """What moved in the fund, the last first: the statement of its pots."""

    area = "fund"
    permission = Permission.SEE_FUND
    serializer_class = MovementSerializer
    summary = "Movements of the fund"

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        return treasury.movements(self.access, query, use=Pot.Use.FUND)


class ContributionSerializer(Row):
    pot = serializers.UUIDField(source="pot.public_id", read_only=True)
    donor = serializers.UUIDField(source="donor.public_id", read_only=True)
    donor_name = serializers.CharField(source="donor.name", read_only=True)
    is_taken_back = serializers.BooleanField(read_only=True)

    class Meta:
        model = Contribution
        fields = ("id", "pot", "donor", "donor_name", "amount", "received_on", "way", "reference", "for_kind", "is_taken_back")
        read_only_fields = fields


class Contributions(Listing):
    """Money given to the network's pots, the last recorded first."""

    area = "contributions"
    permission = Permission.RECORD_CONTRIBUTIONS
    serializer_class = ContributionSerializer
    summary = "Contributions"

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        return contributions.contributions_page(self.access, query)


class RequestSerializer(Row):
    code = serializers.CharField(read_only=True)

    class Meta:
        model = BenefitRequest
        fields = (
            "id", "code", "kind", "state", "is_urgent", "asked_amount", "amount", "asked_on", "decided_at", "advance",
            "proof_due_on", "closed_on",
        )  # fmt: skip
        read_only_fields = fields


class Requests(Listing):
    """What was asked of the fund, the last first, by its code: a name never stands beside a sum."""

    area = "fund"
    permission = Permission.SEE_FUND
    serializer_class = RequestSerializer
    summary = "Requests to the fund"
    filters = {"state": "stato", "kind": "tipo", "only": "solo"}

    def form(self, data: QueryDict | None) -> Any:
        return RequestFilter(data)

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        return requests.requests_page(self.access, query, state=wanted["state"], kind=wanted["kind"], only=wanted["only"])


class OneRequest(Detail):
    """One request. Who stands aside from it does not read it."""

    area = "fund"
    permission = Permission.SEE_FUND
    serializer_class = RequestSerializer
    summary = "A request to the fund"

    def row(self, **kwargs: Any) -> BenefitRequest:
        found = requests.request_for(self.access, kwargs["public_id"])
        if requests.stands_aside(self.access, found, today=timezone.localdate()):
            raise PermissionDenied(_("Da questa richiesta ti astieni: le sue carte non si aprono."))
        return found


urlpatterns = [
    path("fund/pots/", Pots.as_view(), name="fund-pots"),
    path("fund/movements/", Movements.as_view(), name="fund-movements"),
    path("fund/contributions/", Contributions.as_view(), name="fund-contributions"),
    path("fund/requests/", Requests.as_view(), name="fund-requests"),
    path("fund/requests/<uuid:public_id>/", OneRequest.as_view(), name="fund-request"),
]
