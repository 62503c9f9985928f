"""The OpenAPI description of the API, drawn from its addresses: parameters from the pages' forms, refusals and an example everywhere."""

from collections.abc import Mapping
from inspect import cleandoc
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "example": "about:blank"},
        "title": {"type": "string", "example": "Non c'è"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599, "example": 404},
        "detail": {"type": "string", "example": "Non c'è, o non è del tuo ufficio."},
        "errors": {"type": "object", "additionalProperties": True, "description": "field → what is wrong with it"},
    },
}
READS = {
    "400": "A filter that nobody knows, or that cannot be read",
    "401": "No valid key",
    "403": "The key lacks the scope, or its owner the permission",
    "404": "No such row in reach",
    "405": "No such method here",
    "406": "Nothing but JSON is answered",
    "429": "Too many requests: Retry-After says when",
}
WRITES = {
    **READS,
    "400": "The body, or its Idempotency-Key, cannot be taken",
    "409": "Somebody was faster, or the Idempotency-Key served for another body",
    "413": "More than 2 MB",
    "415": "Not JSON",
    "422": "A rule says no, in words",
}
PHRASES = {
    "400": "Cannot be understood", "401": "A valid key is needed", "403": "Not allowed", "404": "Not there", "405": "No such method",
    "406": "No such format", "409": "It changed meanwhile", "413": "Too large", "415": "No such content", "422": "Not possible",
    "429": "Too many requests",
}  # fmt: skip
# What an example says of a name; else of a format, else of a type.
EXAMPLES: dict[str, Any] = {
    "id": "0b6f3c1e-2f0a-4c57-9a1e-7a5d0e7c2b11",
    "name": "Falegnameria Adda",
    "company_name": "Falegnameria Adda",
    "first_name": "Maria",
    "last_name": "Rossi",
    "email": "maria.rossi@example.org",
    "partita_iva": "01234567897",
    "tax_code": "01234567897",
    "comune": "Sondrio (SO)",
    "month": "2026-11",
    "funding_source": "fondazione",
    "number": "2026/000123",
    "next": None,
    "previous": None,
}
FORMATS: dict[str, Any] = {
    "uuid": "0b6f3c1e-2f0a-4c57-9a1e-7a5d0e7c2b11",
    "date": "2026-11-30",
    "date-time": "2026-11-30T09:30:00+01:00",
    "time": "09:30:00",
    "uri": "https://impresasolidale.example.org/api/v1/",
    "email": "maria.rossi@example.org",
    "decimal": "12.50",
}
TYPES: dict[str, Any] = {"string": "…", "integer": 1, "number": 1.5, "boolean": True, "object": {}}


class Schema(AutoSchema):
    """One address of core.api.Endpoint. Whatever else is drawn as drf_spectacular draws it."""

    view: Any

    @property
    def words(self) -> list[str]:
        return [part for part in self.path.strip("/").split("/")[2:] if not part.startswith("{")]

    def _is_write(self) -> bool:
        return self.method == "POST"

    def get_operation_id(self) -> str:
        last = "write" if self._is_write() else self.view.kind
        return "_".join([*(w.replace("-", "_") for w in self.words), last])

    def get_tags(self) -> list[str]:
        return self.words[:1]

    def get_summary(self) -> str | None:
        return self.view.write_summary if self._is_write() else self.view.summary or super().get_summary()

    def get_description(self) -> str:  # type: ignore[override]
        scope = self.view.scope_of(self.method)
        said = cleandoc(self.view.__doc__ or "")
        return f"{said}\n\nScope: `{scope}`." if self.view.area else said

    def get_override_parameters(self) -> Any:
        if self._is_write():
            key = {"type": "string", "pattern": "^[A-Za-z0-9_-]{8,64}$", "example": "0b6f3c1e-2f0a-4c57-9a1e-7a5d0e7c2b11"}
            words = "New for each write. Sent again, the answer is repeated and nothing is done twice."
            return [OpenApiParameter("Idempotency-Key", key, OpenApiParameter.HEADER, required=True, description=words)]
        return [
            OpenApiParameter(
                name,
                {k: v for k, v in schema.items() if k != "description"},
                description=schema.get("description", "As `next` and `previous` give it."),
            )
            for name, schema in self.view.parameters().items()
        ]

    def get_request_serializer(self) -> Any:
        schema = self.view.body_schema() if self._is_write() else None
        return {"application/json": schema} if schema else None

    def get_response_serializers(self) -> Any:
        answer = self.view.serializer_class
        if self._is_write():
            found = {str(self.view.status): OpenApiResponse(self.view.written_class or answer, description="Done")}
        elif self.view.kind == "file":
            return {(200, self.view.media): OpenApiTypes.BINARY}
        elif self.view.kind == "retrieve":
            found = {"200": OpenApiResponse(answer, description="The row")}
        else:
            found = {"200": OpenApiResponse(page_of(answer, paged=self.view.kind == "list"), description="The rows")}
        if self.view.moves:
            found["303"] = OpenApiResponse(description="It was merged: the one that stays is at Location")
        return found


def page_of(answer: Any, *, paged: bool) -> Any:
    name = answer.__name__.removesuffix("Serializer")
    parts: dict[str, Any] = {"results": answer(many=True)}
    if paged:
        address: dict[str, Any] = {"allow_null": True, "help_text": "an address to be followed as it is"}
        parts = {"next": serializers.URLField(**address), "previous": serializers.URLField(**address), **parts}
    return type(f"{name}{'Page' if paged else 'All'}", (serializers.Serializer,), parts)


def finish(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Refusals and examples for every operation."""
    known = result.setdefault("components", {}).setdefault("schemas", {})
    known["Problem"] = PROBLEM
    for part in known.values():
        for said in part.get("properties", {}).values():
            for each in (said, said.get("items", {})):
                each.pop("x-spec-enum-id", None)
    for operations in result["paths"].values():
        for method, operation in operations.items():
            operation["parameters"] = operation.get("parameters", [])
            refusals = WRITES if method == "post" else READS
            if any(p["in"] == "query" for p in operation["parameters"]):
                refusals = {**refusals, "422": "A filter that is well written and means nothing here"}
            for code, words in refusals.items():
                operation["responses"].setdefault(code, {"description": words, "content": refusal(code, words)})
            for code, answer in operation["responses"].items():
                if code == "429":
                    answer = operation["responses"][code] = {
                        **answer,
                        "headers": {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}},
                    }
                if code == "303":
                    answer["headers"] = {"Location": {"schema": {"type": "string"}}}
                for kind, body in answer.get("content", {}).items():
                    if kind == "application/json":
                        body["example"] = example_of(body["schema"], known)
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
            for body in operation.get("requestBody", {}).get("content", {}).values():
                body["example"] = example_of(body["schema"], known)
    return result


def refusal(code: str, words: str) -> dict[str, Any]:
    example: dict[str, Any] = {"type": "about:blank", "title": PHRASES[code], "status": int(code), "detail": words}
    if code in {"400", "422"}:
        example["errors"] = {"field": [words]}
    return {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}


def example_of(schema: Mapping[str, Any], known: Mapping[str, Any], name: str = "") -> Any:
    """A value that the schema takes, told as somebody would."""
    if "$ref" in schema:
        return example_of(known[schema["$ref"].rpartition("/")[2]], known, name)
    for key in ("oneOf", "anyOf", "allOf"):
        if key in schema:
            return example_of(schema[key][0], known, name)
    if "example" in schema:
        return schema["example"]
    if "enum" in schema:
        return schema["enum"][0]
    kinds = schema.get("type", "object")
    kind = next((k for k in kinds if k != "null"), "null") if isinstance(kinds, list) else kinds
    if kind == "object" and "properties" in schema:
        return {key: example_of(part, known, key) for key, part in schema["properties"].items() if not part.get("writeOnly") or name == ""}
    if kind == "array":
        return [example_of(schema["items"], known, name)]
    if name in EXAMPLES and (kind == "string" or EXAMPLES[name] is None) and "format" not in schema:
        return EXAMPLES[name]
    if EXAMPLES.get(name, "") is None:
        return None
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    if kind == "integer":
        return max(schema.get("minimum", 1), min(1, schema.get("maximum", 1)))
    return "x" * max(1, schema.get("minLength", 1)) if kind == "string" and schema.get("minLength", 0) > 1 else TYPES.get(kind)
