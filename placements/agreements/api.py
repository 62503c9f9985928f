"""Placements and framework agreements over the API, with the start light."""

from typing import Any

from django.http import QueryDict
from django.urls import path
from django.utils import timezone
from rest_framework import serializers

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.api import All, Detail, Listing, Row, Shown, Writes
from impresasolidale.core.keyset import Slice

from . import selectors, services
from .forms import PlacementFilters
from .models import FrameworkAgreement, Placement, ReadinessItem
from .start_forms import StartByProgram


class PlacementSerializer(Row):
    person_name = serializers.CharField(source="beneficiary", read_only=True)
    company_name = serializers.CharField(source="company.name", read_only=True)
    light = serializers.SerializerMethodField(help_text="of the start: red stops it, amber warns")

    class Meta:
        model = Placement
        fields = ("id", "state", "person_name", "company_name", "starts_on", "ends_on", "ended_on", "light")
        read_only_fields = fields

    def get_light(self, row: Any) -> str:
        return "red" if row.has_red else "amber" if row.has_amber else "green"


class PlacementWhole(Row):
    person = serializers.UUIDField(source="beneficiary.public_id", read_only=True)
    person_name = serializers.CharField(source="beneficiary", read_only=True)
    company = serializers.UUIDField(source="company.public_id", read_only=True)
    company_name = serializers.CharField(source="company.name", read_only=True)
    site = serializers.CharField(read_only=True)
    company_tutor = serializers.CharField(read_only=True, allow_null=True)
    agreement = serializers.UUIDField(source="agreement.public_id", read_only=True, allow_null=True)

    class Meta:
        model = Placement
        fields = (
            "id", "kind", "state", "person", "person_name", "company", "company_name", "site", "company_tutor", "agreement", "starts_on",
            "ends_on", "ended_on", "entered_on", "validated_at",
        )  # fmt: skip
        read_only_fields = fields


class Placements(Writes, Listing):
    """The placements of the Ambito, the last to begin first; `order` names another of the page's orders.

    A new one is a draft: people of the office propose it, print it, sign it. `person` is one whom the owner of the key follows. Hours are
    minutes; a week that is often used may be named by `pattern`, its end by `months`.
    """

    area = "placements"
    permission = Permission.SEE_PLACEMENTS
    may_write = Permission.PREPARE_PLACEMENTS
    serializer_class = PlacementSerializer
    written_class = PlacementWhole
    summary, write_summary = "Placements", "Prepare a draft"
    filters = {"person": "q", "company": "impresa", "state": "stato", "soon": "presto", "ending": "finisce", "order": "ordina"}

    def form(self, data: QueryDict | None) -> Any:
        return PlacementFilters(data)

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        form = wanted["form"]
        return selectors.placements_page(self.access, query, today=timezone.localdate(), **form.wanted(), **form.order())

    def body(self, data: QueryDict | None, target: Any = None) -> Any:
        return StartByProgram.drawn() if data is None else StartByProgram(data, access=self.access, today=timezone.localdate())

    def act(self, form: Any, target: Any) -> Placement:
        person = form.cleaned_data["person"]
        return services.create_placement(beneficiary=person, plan=form.plan(), by=self.access, today=timezone.localdate())


class OnePlacement(Detail):
    """One placement. Of a person that the owner of the key does not follow it is 403: it opens on its page, with a reason that is kept."""

    area = "placements"
    permission = Permission.SEE_PLACEMENTS
    serializer_class = PlacementWhole
    summary = "A placement"

    def row(self, **kwargs: Any) -> Placement:
        return selectors.placement_for(self.access, kwargs["public_id"])


class LightSerializer(Shown):
    class Meta:
        model = ReadinessItem
        fields = ("kind", "rule", "severity", "is_open", "why", "satisfied_at", "expires_on", "waived_at", "waived_until")
        read_only_fields = fields

    is_open = serializers.BooleanField(read_only=True)


class Light(All):
    """The items of the start light of a placement, in the order of the rules."""

    area = "placements"
    permission = Permission.SEE_PLACEMENTS
    serializer_class = LightSerializer
    summary = "Start light of a placement"

    def rows(self, wanted: dict[str, Any], **kwargs: Any) -> list[ReadinessItem]:
        return selectors.readiness_of(selectors.placement_for(self.access, kwargs["public_id"]))


class AgreementSerializer(Row):
    company = serializers.UUIDField(source="company.public_id", read_only=True)
    company_name = serializers.CharField(source="company.name", read_only=True)
    number = serializers.CharField(source="document.number", read_only=True, allow_null=True)

    class Meta:
        model = FrameworkAgreement
        fields = ("id", "state", "company", "company_name", "number", "valid_from", "valid_to", "signed_on")
        read_only_fields = fields


class Agreements(Listing):
    """The framework agreements of the Ambito that are not withdrawn, the last to end first."""

    area = "placements"
    permission = Permission.SEE_PLACEMENTS
    serializer_class = AgreementSerializer
    summary = "Framework agreements"

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        return selectors.agreements_page(self.access, query)


class OneAgreement(Detail):
    """One framework agreement."""

    area = "placements"
    permission = Permission.SEE_PLACEMENTS
    serializer_class = AgreementSerializer
    summary = "A framework agreement"

    def row(self, **kwargs: Any) -> FrameworkAgreement:
        return selectors.agreement_for_page(self.access, kwargs["public_id"])


urlpatterns = [
    path("placements/", Placements.as_view(), name="placement-list"),
    path("placements/<uuid:public_id>/", OnePlacement.as_view(), name="placement-detail"),
    path("placements/<uuid:public_id>/readiness/", Light.as_view(), name="placement-readiness"),
    path("agreements/", Agreements.as_view(), name="agreement-list"),
    path("agreements/<uuid:public_id>/", OneAgreement.as_view(), name="agreement-detail"),
]
