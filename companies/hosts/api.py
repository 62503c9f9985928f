"""Companies over the API: their sites, tutors and places, and who came forward."""

from typing import Any

from django.http import QueryDict
from django.urls import path
from django.utils import timezone
from rest_framework import serializers

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.api import All, Detail, Listing, Row, Writes
from impresasolidale.core.keyset import Slice
from impresasolidale.territory.models import Ambito

from . import forms, selectors, services
from .models import Company, CompanyTutor, Lead, Opening, Site


class CompanySerializer(Row):
    comune = serializers.CharField(source="comune.name", read_only=True)
    size_class = serializers.CharField(read_only=True, help_text="micro, small, medium, large; empty when unknown")

    class Meta:
        model = Company
        fields = ("id", "name", "kind", "partita_iva", "tax_code", "ateco", "sector", "size_class", "comune")
        read_only_fields = fields


class CompanyWhole(CompanySerializer):
    class Meta:
        model = Company
        fields = (
            *CompanySerializer.Meta.fields, "legal_form", "staff_count", "risk_class", "representative", "address", "email", "pec",
            "sdi_code", "phone", "associations", "welcomes_disability", "safety_declared_on", "law68_position", "law68_declared_on",
            "on_register",
        )  # fmt: skip
        read_only_fields = fields


class Companies(Writes, Listing):
    """The companies and bodies of the network, by name.

    A new one takes what the page takes: the company, its first site, its first tutor. A VAT number that is known is 422; so is a name that
    is nearly known, until `is_another` says that somebody looked.
    """

    area = "companies"
    permission = Permission.SEE_COMPANIES
    may_write = Permission.EDIT_COMPANIES
    serializer_class = CompanySerializer
    summary, write_summary = "Companies", "Register a company"
    filters = {"q": "q", "kind": "kind", "comune": "comune", "association": "association", "welcoming": "welcoming"}

    def form(self, data: QueryDict | None) -> Any:
        return forms.FilterForm(data, ambiti=Ambito.objects.none())

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        return selectors.companies_sheet(self.access, query, filters=wanted)

    def body(self, data: QueryDict | None, target: Any = None) -> Any:
        return forms.NewCompanyForm(data)

    def act(self, form: Any, target: Any) -> Company:
        return services.register_host(
            company=form.company,
            site=form.site,
            tutor=form.tutor,
            by=self.access,
            today=timezone.localdate(),
            is_another=form.cleaned_data["is_another"],
        )


class OneCompany(Detail):
    """One company. An id that was merged into another leads there (303): the merge may still be undone."""

    area = "companies"
    permission = Permission.SEE_COMPANIES
    serializer_class = CompanyWhole
    summary = "A company"
    moves = True

    def row(self, **kwargs: Any) -> Company:
        return selectors.company_for(self.access, kwargs["public_id"])


class SiteSerializer(Row):
    comune = serializers.CharField(source="comune.name", read_only=True)

    class Meta:
        model = Site
        fields = (
            "id", "name", "address", "comune", "directions", "bus_line", "bus_stop", "bus_hours", "facilities", "latitude", "longitude",
            "closed_on",
        )  # fmt: skip
        read_only_fields = fields


class Sites(All):
    """Where a company works, with the sites that closed."""

    area = "companies"
    permission = Permission.SEE_COMPANIES
    serializer_class = SiteSerializer
    summary = "Sites of a company"
    moves = True

    def rows(self, wanted: dict[str, Any], **kwargs: Any) -> Any:
        return selectors.sites_of(self.access, selectors.company_for(self.access, kwargs["public_id"])).select_related("comune")


class PlacesSerializer(Row):
    company = serializers.UUIDField(source="company.public_id", read_only=True)
    site = serializers.UUIDField(source="site.public_id", read_only=True)
    taken = serializers.IntegerField(read_only=True, help_text="places taken on this day")
    free = serializers.IntegerField(read_only=True, help_text="places free on this day")
    free_from = serializers.DateField(read_only=True, allow_null=True, help_text="the first day with a free place")

    class Meta:
        model = Opening
        fields = ("id", "company", "site", "places", "taken", "free", "free_from", "starts_on", "ends_on", "words")
        read_only_fields = fields


class Places(Listing):
    """The places offered today, by company."""

    area = "companies"
    permission = Permission.SEE_COMPANIES
    serializer_class = PlacesSerializer
    summary = "Places offered"
    filters = {"comune": "comune", "free": "free"}

    def form(self, data: QueryDict | None) -> Any:
        return forms.PlacesFilter(data, ambiti=Ambito.objects.none())

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        return selectors.places_page(self.access, query, on=timezone.localdate(), filters=wanted)


class EngagedSerializer(serializers.Serializer):
    company = serializers.UUIDField(source="company.public_id", read_only=True)
    valid_from = serializers.DateField(read_only=True)
    valid_to = serializers.DateField(read_only=True, allow_null=True)


class TutorSerializer(Row):
    engaged = EngagedSerializer(many=True, read_only=True, help_text="where they are tutor today")

    class Meta:
        model = CompanyTutor
        fields = ("id", "first_name", "last_name", "email", "phone", "job_title", "engaged")
        read_only_fields = fields


class Tutors(Listing):
    """Who follows people at the companies, by name."""

    area = "companies"
    permission = Permission.SEE_COMPANIES
    serializer_class = TutorSerializer
    summary = "Company tutors"
    filters = {"q": "q", "comune": "comune"}

    def form(self, data: QueryDict | None) -> Any:
        return forms.TutorFilter(data, ambiti=Ambito.objects.none())

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        return selectors.tutors_page(self.access, query, on=timezone.localdate(), filters=wanted)


class LeadSerializer(Row):
    comune = serializers.CharField(source="comune.name", read_only=True)
    company = serializers.UUIDField(source="company.public_id", read_only=True, allow_null=True)

    class Meta:
        model = Lead
        fields = (
            "id", "state", "company_name", "partita_iva", "comune", "person", "email", "phone", "words", "agreed_at", "touched_on",
            "call_on", "company",
        )  # fmt: skip
        read_only_fields = fields


class Leads(Listing):
    """Companies that came forward by themselves, the newest first; those that are over by `state`."""

    area = "companies"
    permission = Permission.SEE_COMPANIES
    serializer_class = LeadSerializer
    summary = "Companies that came forward"
    filters = {"state": "state"}

    def form(self, data: QueryDict | None) -> Any:
        return forms.LeadFilter(data)

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        return selectors.leads_page(self.access, query, filters=wanted)


class OneLead(Detail):
    """One that came forward."""

    area = "companies"
    permission = Permission.SEE_COMPANIES
    serializer_class = LeadSerializer
    summary = "A company that came forward"

    def row(self, **kwargs: Any) -> Lead:
        return selectors.lead_for(self.access, kwargs["public_id"])


class _LeadStep(Writes, Detail):
    area = "companies"
    permission = Permission.SEE_COMPANIES
    may_write = Permission.EDIT_COMPANIES
    serializer_class = LeadSerializer
    status = 200
    http_method_names = ("post", "options")

    def target(self, **kwargs: Any) -> Lead:
        return selectors.lead_for(self.access, kwargs["public_id"])


class CallLead(_LeadStep):
    """Somebody called the company."""

    write_summary = "They were called"

    def act(self, form: Any, target: Any) -> Lead:
        return services.call_lead(lead=target, by=self.access, today=timezone.localdate())


class PostponeLead(_LeadStep):
    """Not now: to be called again on a day."""

    write_summary = "Call again later"

    def body(self, data: QueryDict | None, target: Any = None) -> Any:
        return forms.PostponeForm(data)

    def act(self, form: Any, target: Any) -> Lead:
        return services.postpone_lead(lead=target, by=self.access, today=timezone.localdate(), **form.cleaned_data)


urlpatterns = [
    path("companies/", Companies.as_view(), name="company-list"),
    path("companies/<uuid:public_id>/", OneCompany.as_view(), name="company-detail"),
    path("companies/<uuid:public_id>/sites/", Sites.as_view(), name="company-sites"),
    path("places/", Places.as_view(), name="place-list"),
    path("tutors/", Tutors.as_view(), name="tutor-list"),
    path("leads/", Leads.as_view(), name="lead-list"),
    path("leads/<uuid:public_id>/", OneLead.as_view(), name="lead-detail"),
    path("leads/<uuid:public_id>/call/", CallLead.as_view(), name="lead-call"),
    path("leads/<uuid:public_id>/postpone/", PostponeLead.as_view(), name="lead-postpone"),
]
