"""Bases of the REST API: access required, cursor pages, problem details (RFC 9457)."""

from typing import Any

from rest_framework.exceptions import APIException, NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission
from rest_framework.response import Response


def access_of(request: Any) -> Any:
    """The Access that the middleware made of the token."""
    return request._request.access


class AccessRequired(BasePermission):
    """A token with an access, and the permission the view names in `permission`."""

    def has_permission(self, request: Any, view: Any) -> bool:
        access = access_of(request)
        return bool(access and access.actor_id and request.user and (not view.permission or access.may(view.permission)))


class Cursor(CursorPagination):
    page_size = 25
    ordering = "-id"

    def decode_cursor(self, request: Any) -> Any:
        """404 for a cursor nobody made: its position must be an id, or the database would be asked for nonsense."""
        cursor = super().decode_cursor(request)
        position = "0" if cursor is None or cursor.position is None else str(cursor.position)
        if not (position.isascii() and position.isdigit()):
            raise NotFound(self.invalid_cursor_message)
        return cursor


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


PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {"type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {}},
}
REFUSALS = {"401": "No valid token", "403": "The role lacks the right", "404": "No such row in reach"}


def document_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Every operation of the schema may be refused: with a problem (RFC 9457)."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            for status, words in REFUSALS.items():
                operation["responses"].setdefault(status, {"description": words, "content": content})
    return result
