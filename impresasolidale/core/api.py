"""Bases of the REST API: pages by a position, writes that count once, shapes of what is asked and answered.

A room's `api.py` says which selector answers and which service writes; nothing of the rules is said again here (docs/adr/0038).
"""

import hashlib
import hmac
import json
import re
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import models, transaction
from django.http import QueryDict
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ParseError, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from . import submissions
from .api_doors import FormRefused, TooLarge, access_of, count_request
from .api_forms import body_faults, faults, from_text, schema_of, schema_of_form, to_query
from .api_problems import PROBLEM_TYPE, problem_details
from .keyset import STRICT, Slice

KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
MONTH = {"type": "string", "pattern": r"^(19|20|21)\d\d-(0[1-9]|1[0-2])$", "description": "2026-11; this month when left out"}
POSITION_SCHEMA = {"type": "string", "pattern": "^[A-Za-z0-9-]{1,64}$"}


class Shown(serializers.ModelSerializer):
    """What is shown of a row. A choice or an address that is missing is empty text, and its schema says so."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.EmailField: serializers.CharField,
    }

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        kind, kwargs = super().build_standard_field(field_name, model_field)
        if model_field.choices and model_field.blank and "choices" in kwargs:
            kwargs["choices"] = {"": "", **dict(kwargs["choices"])}
        return kind, kwargs


class Row(Shown):
    """A row by its public id: never by its number."""

    id = serializers.UUIDField(source="public_id", read_only=True)


class MonthField(serializers.CharField):
    """ "2026-11" of the first day of a month."""

    def to_representation(self, value: Any) -> str:
        return f"{value:%Y-%m}"


class Endpoint(APIView):
    """One address. `area` is what its scopes are called after: `read:<area>` for GET, `write:<area>` for POST.

    `permission`: of who reads; `may_write`: of who writes, else the same. `serializer_class`: what is answered. `filters`, `fields`: what
    of the page's forms is offered. `summary`, `write_summary`: in the schema. `status`: of a POST that went well.
    """

    metadata_class = None  # OPTIONS tells nothing: the schema does
    area: ClassVar[str] = ""
    permission: ClassVar[Any] = None
    may_write: ClassVar[Any] = None
    serializer_class: ClassVar[Any] = None
    written_class: ClassVar[Any] = None  # what a POST answers, where it is another
    status: ClassVar[int] = 201
    summary: ClassVar[str] = ""
    write_summary: ClassVar[str] = ""
    moves: ClassVar[bool] = False  # a row may have been merged into another: 303 to the one that stays
    kind: ClassVar[str] = "retrieve"
    filters: ClassVar[Mapping[str, str]] = {}  # name in the address → field of the page's form
    extra: ClassVar[Mapping[str, Mapping[str, Any]]] = {}  # what no form asks → its schema
    fields: ClassVar[tuple[str, ...]] = ()

    def scope_of(self, method: str | None) -> str:
        return f"{'read' if method in {'GET', 'HEAD', 'OPTIONS'} else 'write'}:{self.area}"

    @property
    def access(self) -> Any:
        return access_of(self.request)

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        self.format_kwarg = None
        count_request(request, now=time.time())
        self.check_permissions(request)
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)

    # --- reading

    def form(self, data: QueryDict | None) -> Any:
        """The page's own filter form; only its fields named in `filters` are offered. `data` is None when the schema is drawn."""
        return None

    def parameters(self) -> dict[str, Mapping[str, Any]]:
        """The filters of this address, each with its schema."""
        form: Any = self.form(None) if self.filters else None
        places = {"after": POSITION_SCHEMA, "before": POSITION_SCHEMA} if self.kind == "list" else {}
        return {**places, **self.extra, **{name: schema_of(form.fields[field]) for name, field in self.filters.items()}}

    def asked(self, request: Any) -> dict[str, Any]:
        """The filters asked for, cleaned by the page's own form: 400 for what the schema does not know, 422 for what the form refuses."""
        query: QueryDict = request.query_params
        known = self.parameters()
        errors: dict[str, list[str]] = {}
        for name in query:
            if name not in known:
                errors[name] = [_("Filtro sconosciuto.")]
            elif len(query.getlist(name)) > 1:
                errors[name] = [_("Scrivilo una volta sola.")]
            elif found := faults(known[name], from_text(known[name], str(query[name]))):
                errors[name] = found
        if errors:
            raise ValidationError(errors)
        if "after" in query and "before" in query:
            raise FormRefused({"before": [_("O dopo, o prima.")]})
        extra = {name: query[name] for name in self.extra if name in query}
        if not self.filters:
            return extra
        form = self.form(_only(query, self.filters))
        for field in form.fields.values():
            field.required = False
        if not form.is_valid():
            raise FormRefused({next((n for n, f in self.filters.items() if f == name), name): found for name, found in form.errors.items()})
        return {**extra, **{name: form.cleaned_data[field] for name, field in self.filters.items()}, "form": form}

    def shown(self, row: Any, shape: Any = None, **more: Any) -> Any:
        return (shape or self.serializer_class)(row, context={"access": self.access, "view": self}, **more).data

    # --- writing

    def body(self, data: QueryDict | None, target: Any = None) -> Any:
        """The page's own form of what is written; its fields named in `fields` are offered, all where none is named. `data` and `target`
        are None when the schema is drawn."""
        return None

    def body_schema(self) -> dict[str, Any] | None:
        form = self.body(None)
        return None if form is None else schema_of_form(form, self.fields or tuple(form.fields))

    def target(self, **kwargs: Any) -> Any:
        """The row that a write is about, found before its body is read: a foreign one is 404 whatever was sent."""
        return None

    def act(self, form: Any, target: Any) -> Any:
        """Call one service with what the form cleaned; returns the row to show."""
        raise NotImplementedError

    def _do(self, request: Any, **kwargs: Any) -> Response:
        if request.query_params:
            raise ValidationError({name: [_("Filtro sconosciuto.")] for name in request.query_params})
        target = self.target(**kwargs)
        schema = self.body_schema()
        sent = request.data
        if schema is None:
            if sent not in ({}, None):
                raise ValidationError({"body": [_("Qui non si manda niente.")]})
            return Response(self.shown(self.act(None, target), self.written_class), status=self.status)
        if errors := body_faults(schema, sent):
            raise ValidationError(errors)
        form = self.body(to_query(sent, self.body(None), schema["properties"]), target)
        if closed := [name for name in sent if name not in form.fields]:
            raise FormRefused({name: [_("La chiave non può scrivere questo campo.")] for name in closed})
        for name, field in form.fields.items():
            field.required = field.required and name in schema["properties"]
        if not form.is_valid():
            raise FormRefused(form.errors)
        return Response(self.shown(self.act(form, target), self.written_class), status=self.status)


def _only(query: QueryDict, filters: Mapping[str, str]) -> QueryDict:
    """Of a query what a form is given: a box that says false is not ticked."""
    left = QueryDict(mutable=True)
    for name, field in filters.items():
        if name in query and query[name] != "false":
            left[field] = "on" if query[name] == "true" else str(query[name])
    return left


class Writes:
    """An address that takes a POST."""

    def post(self, request: Any, **kwargs: Any) -> Response:
        return once(request, lambda: self._do(request, **kwargs))  # type: ignore[attr-defined]


class Detail(Endpoint):
    """One row."""

    def row(self, **kwargs: Any) -> Any:
        raise NotImplementedError

    def get(self, request: Any, **kwargs: Any) -> Response:
        self.asked(request)
        return Response(self.shown(self.row(**kwargs)))


class Listing(Endpoint):
    """A page of rows. `after` and `before` name the row it stands at; `next` and `previous` are ready to be followed."""

    kind = "list"

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        raise NotImplementedError

    def get(self, request: Any, **kwargs: Any) -> Response:
        wanted = self.asked(request)
        query: Any = request.query_params.copy()
        for ours, theirs in (("after", "dopo"), ("before", "prima")):
            if ours in query:
                query[theirs] = str(query.pop(ours)[0])
        query[STRICT] = "1"
        wanted.setdefault("form", None)
        found = self.page(query, wanted, **kwargs)

        def address(**place: str) -> str | None:
            if not all(place.values()):
                return None
            asked = request.query_params.copy()
            for name in ("after", "before"):
                asked.pop(name, None)
            asked.update(place)
            return str(request.build_absolute_uri(f"{request.path}?{asked.urlencode()}"))

        rows = self.shown(found.rows, many=True)
        return Response({"next": address(after=found.after), "previous": address(before=found.before), "results": rows})


class All(Endpoint):
    """All the rows of something that has few: the sites of a company, the lines of a month. No pages."""

    kind = "all"

    def rows(self, wanted: dict[str, Any], **kwargs: Any) -> Any:
        raise NotImplementedError

    def get(self, request: Any, **kwargs: Any) -> Response:
        wanted = self.asked(request)
        return Response({"results": self.shown(self.rows(wanted, **kwargs), many=True)})


class FileOf(Endpoint):
    """A file that is stored. `media`: what it is."""

    kind = "file"
    media: ClassVar[str] = ""

    def perform_content_negotiation(self, request: Any, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)  # whoever asks for a file gets it

    def file(self, **kwargs: Any) -> Any:
        raise NotImplementedError

    def get(self, request: Any, **kwargs: Any) -> Any:
        self.asked(request)
        return self.file(**kwargs)


class Nowhere(Endpoint):
    """Whatever address the API does not have, with any method."""

    permission_classes = ()
    schema = None

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        raise NotFound(_("Questo indirizzo non c'è."))

    def http_method_not_allowed(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        raise NotFound(_("Questo indirizzo non c'è."))


# --- a write counts once


def once(request: Any, act: Callable[[], Response]) -> Response:
    """Do a write under its `Idempotency-Key`, in this transaction: what was answered, 2xx or 4xx, is kept and repeated word by word; the
    same key with another body is 409. A twin that is under way is waited for. What failed (5xx) left nothing, and may be sent again."""
    key = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(key):
        raise ValidationError({"Idempotency-Key": [_("Serve un codice da 8 a 64 lettere, cifre, «-» o «_», nuovo per ogni richiesta.")]})
    try:
        body = request._request.body
    except RequestDataTooBig as error:
        raise TooLarge(_("Si mandano al massimo 2 MB.")) from error
    except UnreadablePostError as error:
        raise ParseError(_("La richiesta si è interrotta.")) from error
    access = access_of(request)
    name = uuid.uuid5(uuid.NAMESPACE_OID, f"api {access.token_id} {key}")
    typed = hmac.new(settings.LOOKUP_KEY.encode(), request.path.encode() + b"\0" + body, hashlib.sha256).hexdigest()
    before = submissions.begin_call(name, user_id=access.actor_id, path=request.path, body_hash=typed)
    if before is not None:
        return _answer(before.answer, before.answer_status or 500, {"Idempotent-Replayed": "true"})
    try:
        with transaction.atomic():
            response = act()
    except Exception as error:
        refused = problem_details(error, {"request": request})
        if refused is None or refused.status_code in {401, 429}:
            raise
        response = refused
    text = JSONRenderer().render(response.data).decode() if response.data is not None else ""
    submissions.finish_call(name, status=response.status_code, answer=text)
    return response


def _answer(text: str, code: int, headers: dict[str, str]) -> Response:
    kind = PROBLEM_TYPE if code >= 400 else None
    return Response(json.loads(text) if text else None, status=code, headers=headers, content_type=kind)


def month_of(wanted: Mapping[str, Any]) -> date:
    """The month asked for (its first day), else the current one."""
    today = timezone.localdate()
    return date.fromisoformat(f"{wanted.get('month') or f'{today:%Y-%m}'}-01")
