"""What waits, and the papers that wait for a number of the body's register, over the API."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.api import All, Detail, Listing, Row, Shown, Writes
from impresasolidale.core.forms import Form
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Document, Look, Todo

from . import selectors, services


class TodoSerializer(Shown):
    is_mine = serializers.BooleanField(read_only=True, help_text="of the owner of the key, before of a colleague")

    class Meta:
        model = Todo
        fields = ("kind", "title", "url", "role", "case_role", "is_mandatory", "due_on", "created_at", "is_mine")
        read_only_fields = fields


class Todos(All):
    """What waits for the owner of the key, and for the office beside: what cannot wait first, then by day."""

    area = "todos"
    serializer_class = TodoSerializer
    summary = "To-dos"

    def rows(self, wanted: dict[str, Any], **kwargs: Any) -> list[Any]:
        found = selectors.inbox(self.access, timezone.localdate())
        for row in found.mine:
            row.is_mine = True  # type: ignore[attr-defined]
        for row in found.others:
            row.is_mine = False  # type: ignore[attr-defined]
        return [*found.mine, *found.others]


class PaperSerializer(Row):
    class Meta:
        model = Document
        fields = ("id", "kind", "kind_label", "number", "issued_on", "state", "register_state", "protocol_number", "protocol_on")
        read_only_fields = fields


class Papers(Listing):
    """The papers of the Ambito that have no number of the body's register yet, the oldest first."""

    area = "papers"
    permission = Permission.RECORD_PROTOCOL
    serializer_class = PaperSerializer
    summary = "Papers to register"

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        page = page_of(selectors.papers_to_register(self.access), query, order=("id",))
        audit.look(Look.Kind.LIST, page.rows, by=self.access, place="desk:to_register", subject_type="core.document")
        return page


class NumberForm(Form):
    number = forms.RegexField(r"^[^\s;→]+$", label=_("Numero di protocollo"), max_length=30)
    on = forms.DateField(label=_("Data di protocollo"))


class RegisterPaper(Writes, Detail):
    """The number that the body's register gave to a paper that waits for one."""

    area = "papers"
    permission = Permission.RECORD_PROTOCOL
    serializer_class = PaperSerializer
    write_summary = "Record a protocol number"
    status = 200
    http_method_names = ("post", "options")

    def target(self, **kwargs: Any) -> Document:
        return selectors.paper_to_register(self.access, kwargs["public_id"])

    def body(self, data: QueryDict | None, target: Any = None) -> Any:
        return NumberForm(data)

    def act(self, form: Any, target: Any) -> Document:
        return services.record_number(paper=target, by=self.access, today=timezone.localdate(), **form.cleaned_data)


urlpatterns = [
    path("todos/", Todos.as_view(), name="todo-list"),
    path("papers/", Papers.as_view(), name="paper-list"),
    path("papers/<uuid:public_id>/protocol/", RegisterPaper.as_view(), name="paper-protocol"),
]
