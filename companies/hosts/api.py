"""Companies over the API."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.api import access_of

from . import selectors
from .models import Company


class CompanySerializer(serializers.ModelSerializer):
    id = serializers.UUIDField(source="public_id", read_only=True)
    comune = serializers.CharField(source="comune.name", read_only=True)
    size_class = serializers.CharField(read_only=True, help_text="micro, small, medium, large; empty when unknown")

    class Meta:
        model = Company
        fields = ("id", "name", "kind", "partita_iva", "tax_code", "ateco", "sector", "size_class", "comune")
        read_only_fields = fields


class CompanyViewSet(ReadOnlyModelViewSet):
    """The companies and bodies of the network."""

    serializer_class = CompanySerializer
    permission = Permission.SEE_COMPANIES
    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    queryset = Company._base_manager.none()  # for the schema alone; rows come from the selector

    def get_queryset(self) -> Any:
        return selectors.companies(access_of(self.request))

    def retrieve(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """An id that was merged into another leads there (303): the merge may still be undone."""
        stays = selectors.stays_for(access_of(request), kwargs["public_id"])
        if stays.public_id != kwargs["public_id"]:
            return Response(status=303, headers={"Location": reverse("api:company-detail", args=[stays.public_id])})
        return super().retrieve(request, *args, **kwargs)
