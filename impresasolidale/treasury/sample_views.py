"""Pages of checks by sample that do not ask what a row paid: the list, the files, closing."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.forms import Form
from impresasolidale.core.spreadsheets import table_response
from impresasolidale.core.views import Guarded, Page

from . import sample_rules as rules
from .enums import SampleState
from .liquidation_views import RunForm
from .models import Sample
from .selectors import samples as selectors
from .selectors.liquidations import reference_of
from .services import samples as services


def sample_url(sample: Sample) -> str:
    return reverse("composing:sample", args=[sample.public_id])


class Samples(Page):
    template_name = "treasury/liquidations/samples.html"
    permission = P.PREPARE_LIQUIDATIONS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET
        page = selectors.samples_page(self.access, query)
        return super().get_context_data(
            samples=page.rows, pager=page.urls(query), may_draw=self.access.may(P.APPROVE_LIQUIDATIONS), **kwargs
        )


class OfSample(RunForm):
    """A short form about an open sample, with the manners of those about a liquidation."""

    @cached_property
    def sample(self) -> Sample:
        return selectors.sample_for(self.access, self.kwargs["public_id"])

    @property
    def here(self) -> str:
        return sample_url(self.sample)

    def is_time(self) -> bool:
        return self.sample.state == SampleState.OPEN


class Close(OfSample):
    form_class = Form
    title = gettext_lazy("Chiudi il controllo")
    text = gettext_lazy("Dopo, gli esiti non cambiano più.")
    action = gettext_lazy("Chiudi il controllo")

    def act(self, form: Any) -> str:
        services.close_sample(sample=self.sample, by=self.access, now=timezone.now())
        messages.success(self.request, _("Il controllo è chiuso."))
        return self.here


class SampleFile(Guarded):
    """The drawn rows with what was found, or the tickets that the draw was made of (nobody's name). The look is an export."""

    permission = P.PREPARE_LIQUIDATIONS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        tables = {"righe": self.rows, "biglietti": self.tickets}
        kind, sample = kwargs["kind"], selectors.sample_for(self.access, kwargs["public_id"])
        if kind not in tables:
            raise Http404
        head, rows = tables[kind](sample)
        response = table_response(kwargs["ending"], name=f"controllo-{sample.number.replace('/', '-')}-{kind}", head=head, rows=rows)
        selectors.note_look(self.access, sample, place=f"liquidations:sample_file:{kind}", exported=True)
        return response

    def rows(self, sample: Sample) -> tuple[list[str], list[list[Any]]]:
        head = [
            _("Riferimento"), _("Persona"), _("Causale"), _("Importo"), _("Mandato"), _("Del"), _("Perché è stata estratta"), _("Esito"),
            _("Che cosa risulta"), _("Guardata da"), _("Guardata il"), _("Riga"),
        ]  # fmt: skip
        return head, [
            [
                reference_of(row.item.run, row.item), row.item.person, row.item.words, row.item.amount, row.item.order_number,
                row.item.order_on, "; ".join(row.reasons_words), row.get_outcome_display(), row.words,
                str(row.checked_by) if row.checked_by else "", timezone.localdate(row.checked_at) if row.checked_at else None,
                str(row.item.public_id),
            ]
            for row in selectors.drawn_of(sample)
        ]  # fmt: skip

    def tickets(self, sample: Sample) -> tuple[list[str], list[list[Any]]]:
        drawn = set(rules.draw(sample.seed, sample.pool, share=sample.share, minimum=sample.minimum))
        head = [_("Riga"), _("Biglietti"), _("Il più piccolo"), _("Estratta")]
        found = sorted((rules.value(sample.seed, row, tickets), row, tickets) for row, tickets in sample.pool.items())
        return head, [[row, tickets, value, _("sì") if row in drawn else _("no")] for value, row, tickets in found]
