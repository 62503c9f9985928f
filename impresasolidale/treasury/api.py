"""Money over the API: commitments, liquidations, their rows, and what the treasurer answers."""

from typing import Any

from django.http import QueryDict
from django.urls import path
from django.utils import timezone
from rest_framework import serializers

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.api import All, Detail, Listing, MonthField, Row, Writes
from impresasolidale.core.keyset import Slice

from .forms import CommitmentFilter
from .liquidation_forms import RunFilter, TextOrFileForm
from .models import Commitment, LiquidationItem, LiquidationRun
from .selectors import liquidations as selectors
from .selectors.commitments import commitments, commitments_page
from .services.answers import record_answers

EURO: dict[str, Any] = {"max_digits": 14, "decimal_places": 2, "read_only": True}


class CommitmentSerializer(Row):
    body = serializers.CharField(source="body.name", read_only=True)
    pot = serializers.UUIDField(source="pot.public_id", read_only=True)
    left = serializers.SerializerMethodField(help_text="euro still to be spent, a decimal as text")

    class Meta:
        model = Commitment
        fields = ("id", "body", "pot", "year", "number", "chapter", "cup", "act_number", "act_on", "state", "ended_on", "left")
        read_only_fields = fields

    def get_left(self, row: Any) -> str:
        return str(row.figures.left)


class Commitments(Listing):
    """The commitments of the Ambito, the newest year first."""

    area = "money"
    permission = Permission.SEE_MONEY
    serializer_class = CommitmentSerializer
    summary = "Commitments"
    filters = {"year": "anno", "state": "stato"}

    def form(self, data: QueryDict | None) -> Any:
        return CommitmentFilter(data)

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        rows = commitments(self.access, year=wanted["year"], state=wanted["state"])
        page, figures = commitments_page(rows, query)
        for row in page.rows:
            row.figures = figures[row.pk]
        return page


class RunSerializer(Row):
    body = serializers.CharField(source="body.name", read_only=True)
    month = MonthField(read_only=True)
    rows_count = serializers.IntegerField(read_only=True)
    amount = serializers.DecimalField(**EURO)
    open_count = serializers.IntegerField(read_only=True, help_text="rows that still wait for an answer")

    class Meta:
        model = LiquidationRun
        fields = ("id", "number", "body", "month", "supplement", "state", "approved_at", "rows_count", "amount", "open_count")
        read_only_fields = fields


class Runs(Listing):
    """The liquidations of the Ambito, the newest month first."""

    area = "money"
    permission = Permission.PREPARE_LIQUIDATIONS
    serializer_class = RunSerializer
    summary = "Liquidations"
    filters = {"state": "stato"}

    def form(self, data: QueryDict | None) -> Any:
        return RunFilter(data, bodies=())

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        return selectors.runs_page(self.access, query, today=timezone.localdate(), state=wanted["state"])


class _OfRun:
    kwargs: dict[str, Any]
    access: Any

    def run(self) -> LiquidationRun:
        run = selectors.run_for(self.access, self.kwargs["public_id"])
        selectors.note_look(self.access, run, place="liquidations:run")
        return run


class OneRun(_OfRun, Detail):
    """One liquidation."""

    area = "money"
    permission = Permission.PREPARE_LIQUIDATIONS
    serializer_class = RunSerializer
    summary = "A liquidation"

    def row(self, **kwargs: Any) -> LiquidationRun:
        return selectors.with_totals([self.run()], today=timezone.localdate())[0]


class ItemSerializer(Row):
    reference = serializers.SerializerMethodField(help_text="what the treasurer's answers name the row by")

    class Meta:
        model = LiquidationItem
        fields = (
            "id", "reference", "position", "state", "code", "year", "words", "payee", "amount", "is_taxed", "net", "payment",
            "order_number", "order_on", "receipt", "refusal",
        )  # fmt: skip
        read_only_fields = fields

    def get_reference(self, row: LiquidationItem) -> str:
        return f"{self.context['view'].found.number}/{row.position}"


class Items(_OfRun, All):
    """The rows of a liquidation, in their order. IBAN and tax codes are in its files, not here."""

    area = "money"
    permission = Permission.PREPARE_LIQUIDATIONS
    serializer_class = ItemSerializer
    summary = "Rows of a liquidation"

    def rows(self, wanted: dict[str, Any], **kwargs: Any) -> Any:
        self.found = self.run()
        return selectors.items_of(self.found)


class UnreadSerializer(serializers.Serializer):
    line = serializers.IntegerField(read_only=True)
    words = serializers.CharField(read_only=True, help_text="why it was not taken")


class TakenSerializer(serializers.Serializer):
    paid = serializers.IntegerField(read_only=True)
    refused = serializers.IntegerField(read_only=True)
    known = serializers.IntegerField(read_only=True, help_text="lines that said what was known")
    unread = UnreadSerializer(many=True, read_only=True)


class Answers(_OfRun, Writes, Detail):
    """What the treasurer answered about a liquidation, a line a row, as it is pasted on the page. The lines that are right are taken, the
    others told; a line that says what is known changes nothing."""

    area = "money"
    permission = Permission.PREPARE_LIQUIDATIONS
    may_write = Permission.RECORD_PAYMENTS
    serializer_class = TakenSerializer
    write_summary = "Record the treasurer's answers"
    status = 200
    http_method_names = ("post", "options")
    fields = ("text",)

    def target(self, **kwargs: Any) -> LiquidationRun:
        return self.run()

    def body(self, data: QueryDict | None, target: Any = None) -> Any:
        return TextOrFileForm(data)

    def act(self, form: Any, target: Any) -> Any:
        return record_answers(run=target, text=form.cleaned_data["text"], by=self.access, today=timezone.localdate())


urlpatterns = [
    path("commitments/", Commitments.as_view(), name="commitment-list"),
    path("liquidations/", Runs.as_view(), name="liquidation-list"),
    path("liquidations/<uuid:public_id>/", OneRun.as_view(), name="liquidation-detail"),
    path("liquidations/<uuid:public_id>/rows/", Items.as_view(), name="liquidation-rows"),
    path("liquidations/<uuid:public_id>/answers/", Answers.as_view(), name="liquidation-answers"),
]
