"""Our commitments beside the accounting office's file. Nothing is changed by it and the file is not kept."""

from collections import Counter
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.errors import DomainError
from impresasolidale.core.tables_in import read_table
from impresasolidale.core.views import ServiceForm
from impresasolidale.territory.models import Body

from .. import forms, selectors, services
from ..comparison import COLUMNS, Ours, Verdict, compare, find_columns, read_lines
from .budgets import body_choices


class Compare(ServiceForm):
    """The answer is a page of its own kind: the comparison stands where the form was sent to."""

    template_name = "treasury/compare.html"
    form_class = forms.CompareForm
    permission = P.SEE_MONEY

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "bodies": body_choices(self.access)}

    def get_initial(self) -> dict[str, Any]:
        lead = self._body(self.request.GET.get("ente", "")) or selectors.bodies(self.access).first()
        initial = {"body": str(lead.public_id) if lead else "", "year": timezone.localdate().year}
        if lead:
            initial |= {f"column_{name}": value for name, value in selectors.layout_of(self.access, lead.pk).items()}
        return initial

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"found": None, **kwargs})

    def _body(self, public_id: str) -> Body | None:
        return next((body for body in selectors.bodies(self.access) if str(body.public_id) == public_id), None)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return self.compared(form)
        except DomainError as error:
            form.add_domain_error(error)
            return self.refused(form, 422)

    def compared(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        body = self._body(data["body"])
        assert body
        rows = read_table(data["file"])
        named = {**selectors.layout_of(self.access, body.pk), **form.named}
        head = [cell.strip() for cell in rows[0]]
        columns = find_columns(head, named)
        theirs, problems = read_lines(rows, columns, year=data["year"])
        services.remember_layout(body=body, columns={name: head[place] for name, place in columns.items()}, by=self.access)
        ours = [
            Ours(row.year, row.number, row.chapter, row.cup, figures.amount - figures.released, figures.paid, row)
            for row, figures in selectors.commitments_by_number(self.access, body_id=body.pk, years=[data["year"]])
        ]
        found = compare(ours, theirs)
        counts = Counter(row.verdict for row in found)
        return self.render_to_response(
            self.get_context_data(
                form=form,
                body=body,
                year=str(data["year"]),
                found=found,
                problems=problems,
                counts={verdict.value: counts[verdict] for verdict in Verdict},
                is_equal=bool(found) and counts[Verdict.SAME] == len(found),
                used=[(COLUMNS[name].label, head[place]) for name, place in columns.items()],
            )
        )
