"""Bases of the REST API: access required, cursor pages, problem details (RFC 9457)."""

from typing import Any

from rest_framework.exceptions import APIException
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission
from rest_framework.response import Response


class AccessRequired(BasePermission):
    """A token with an access, and the permission the view names in `permission`."""

    def has_permission(self, request: Any, view: Any) -> bool:
        access = request._request.access
        return bool(access and access.actor_id and request.user and (not view.permission or access.may(view.permission)))


class Cursor(CursorPagination):
    page_size = 25
    ordering = "-id"


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """Errors as application/problem+json."""
    from rest_framework.views import exception_handler  # it reads settings that name this module

    response = exception_handler(error, context)
    if response is None:
        return None
    title = error.default_detail if isinstance(error, APIException) else str(response.data.get("detail", ""))
    response.data = {"type": "about:blank", "title": str(title), "status": response.status_code, "detail": response.data}
    response.content_type = "application/problem+json"
    return response
