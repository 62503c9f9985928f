"""Visits and evaluations over the API: when, of whom, how it stands. Never what was written, nor a score."""

from typing import Any

from django.http import QueryDict
from django.urls import path
from django.utils import timezone
from rest_framework import serializers

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.api import Listing, Row
from impresasolidale.core.keyset import Slice

from .forms.evaluations import EvaluationFilters
from .forms.visits import VisitFilters
from .models.evaluations import Evaluation
from .models.visits import Visit
from .selectors import evaluations, visits


class VisitSerializer(Row):
    placement = serializers.UUIDField(source="placement.public_id", read_only=True)
    person_name = serializers.CharField(source="placement.beneficiary", read_only=True)
    company_name = serializers.CharField(source="placement.company.name", read_only=True)

    class Meta:
        model = Visit
        fields = ("id", "placement", "person_name", "company_name", "kind", "state", "due_on", "why", "held_on")
        read_only_fields = fields


class Visits(Listing):
    """The visits of the office: what is to do by its day, or with `state` done what was done, the last first."""

    area = "monitoring"
    permission = Permission.FOLLOW_VISITS
    serializer_class = VisitSerializer
    summary = "Visits"
    filters = {"whose": "chi", "state": "stato", "kind": "tipo", "late": "tardi"}

    def form(self, data: QueryDict | None) -> Any:
        return VisitFilters(data, comuni=[], mine=False)

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        return visits.visits_page(self.access, query, today=timezone.localdate(), **wanted["form"].wanted())


class EvaluationSerializer(Row):
    placement = serializers.UUIDField(source="placement.public_id", read_only=True)
    person_name = serializers.CharField(source="placement.beneficiary", read_only=True)

    class Meta:
        model = Evaluation
        fields = ("id", "placement", "person_name", "moment", "voice", "state", "asked_on", "due_on", "given_on")
        read_only_fields = fields


class Evaluations(Listing):
    """The evaluations of the office: asked ones by their day, or those of another `state`."""

    area = "monitoring"
    permission = Permission.KEEP_EVALUATIONS
    serializer_class = EvaluationSerializer
    summary = "Evaluations"
    filters = {"state": "stato", "moment": "momento", "voice": "voce", "late": "in_ritardo"}

    def form(self, data: QueryDict | None) -> Any:
        return EvaluationFilters(data)

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        return evaluations.evaluations_page(self.access, query, today=timezone.localdate(), **wanted["form"].wanted())


urlpatterns = [
    path("visits/", Visits.as_view(), name="visit-list"),
    path("evaluations/", Evaluations.as_view(), name="evaluation-list"),
]
