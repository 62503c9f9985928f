"""Recognitions over the API: applications, certificates, and the public register."""

from typing import Any

from django.http import QueryDict
from django.urls import path
from django.utils import timezone
from rest_framework import serializers

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.api import Detail, Listing, Row
from impresasolidale.core.keyset import Slice

from .enums import Level
from .forms import applications as application_forms
from .forms import certificates as certificate_forms
from .models import Application, Certificate
from .selectors import applications, certificates, public


class ApplicationSerializer(Row):
    company = serializers.UUIDField(source="company.public_id", read_only=True)
    company_name = serializers.CharField(source="company.name", read_only=True)

    class Meta:
        model = Application
        fields = ("id", "number", "company", "company_name", "level", "state", "origin", "band", "submitted_on", "decided_at")
        read_only_fields = fields


class Applications(Listing):
    """The applications of the network, by name of the company."""

    area = "certification"
    permission = Permission.SEE_CERTIFICATES
    serializer_class = ApplicationSerializer
    summary = "Applications for a recognition"
    filters = {"q": "q", "state": "state"}

    def form(self, data: QueryDict | None) -> Any:
        return application_forms.Search(data)

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        return applications.applications(self.access, query, state=wanted["state"], text=wanted["q"])


class OneApplication(Detail):
    """One application, for the offices."""

    area = "certification"
    permission = Permission.SEE_CERTIFICATES
    serializer_class = ApplicationSerializer
    summary = "An application"

    def row(self, **kwargs: Any) -> Application:
        return applications.application_for(self.access, kwargs["public_id"])


class CertificateSerializer(Row):
    company = serializers.UUIDField(source="company.public_id", read_only=True)
    company_name = serializers.CharField(source="company.name", read_only=True)

    class Meta:
        model = Certificate
        fields = ("id", "company", "company_name", "level", "state", "reason_class", "decided_at", "valid_from", "valid_to")
        read_only_fields = fields


class Certificates(Listing):
    """The recognitions of the network, by name of the company."""

    area = "certification"
    permission = Permission.SEE_CERTIFICATES
    serializer_class = CertificateSerializer
    summary = "Recognitions"
    filters = {"q": "q", "state": "state"}

    def form(self, data: QueryDict | None) -> Any:
        return certificate_forms.Search(data)

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        return certificates.certificates(self.access, query, state=wanted["state"], text=wanted["q"])


class OneCertificate(Detail):
    """One recognition."""

    area = "certification"
    permission = Permission.SEE_CERTIFICATES
    serializer_class = CertificateSerializer
    summary = "A recognition"

    def row(self, **kwargs: Any) -> Certificate:
        return certificates.certificate_for(self.access, kwargs["public_id"])


class RecognisedSerializer(serializers.Serializer):
    id = serializers.UUIDField(source="public_id", read_only=True)
    company_name = serializers.CharField(source="company", read_only=True)
    sector = serializers.CharField(read_only=True)
    comune = serializers.CharField(read_only=True)
    level = serializers.CharField(source="level_code", read_only=True)
    valid_from = serializers.DateField(read_only=True)
    valid_to = serializers.DateField(read_only=True)
    since = serializers.IntegerField(read_only=True, help_text="year of the first recognition")
    is_ready = serializers.BooleanField(read_only=True, help_text="the company said that it would welcome somebody")


class Register(Listing):
    """What the public register shows: recognitions in force of companies that agreed to appear."""

    area = "certification"
    permission = Permission.SEE_CERTIFICATES
    serializer_class = RecognisedSerializer
    summary = "The public register"
    extra = {
        "q": {"type": "string", "minLength": 1, "maxLength": 80, "description": "letters of a name or of a comune"},
        "level": {"type": "string", "enum": [str(level) for level in Level], "description": "a level"},
    }

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        asked = public.Wanted(text=wanted.get("q", ""), level=wanted.get("level", ""))
        return public.register(self.access, query, today=timezone.localdate(), wanted=asked)


urlpatterns = [
    path("applications/", Applications.as_view(), name="application-list"),
    path("applications/<uuid:public_id>/", OneApplication.as_view(), name="application-detail"),
    path("certificates/", Certificates.as_view(), name="certificate-list"),
    path("certificates/<uuid:public_id>/", OneCertificate.as_view(), name="certificate-detail"),
    path("register/", Register.as_view(), name="register-list"),
]
