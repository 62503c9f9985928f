"""Checks by sample where they meet the months: a draw, its rows with what they paid, what was found."""

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.views import Page, ServiceForm
from impresasolidale.core.words import euro
from impresasolidale.treasury import liquidation_forms as forms
from impresasolidale.treasury.enums import SampleOutcome, SampleState
from impresasolidale.treasury.models import Sample, SampledItem
from impresasolidale.treasury.sample_views import OfSample, sample_url
from impresasolidale.treasury.selectors import samples as treasury
from impresasolidale.treasury.services.samples import hands_in

from ..selectors import samples as selectors
from ..services import samples as services


class Draw(ServiceForm):
    template_name = "confirm.html"
    form_class = forms.DrawForm
    permission = P.APPROVE_LIQUIDATIONS

    def get_initial(self) -> dict[str, Any]:
        today = timezone.localdate()
        return {"since": today.replace(month=1, day=1), "until": today, "share": 10, "minimum": 5}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Estrai un campione"),
            text=_("Si estraggono a sorte le righe pagate che nessun controllo ha ancora guardato."),
            consequences=[
                _("Chi ha un motivo di rischio in più ha un biglietto in più, e viene estratto più facilmente."),
                _("L'estrazione non si ripete e non si cancella: una riga estratta va guardata."),
            ],
            action=_("Estrai"),
            back_url=reverse("liquidations:samples"),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        sample = services.draw_sample(**form.cleaned_data, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Estratto: adesso guarda le righe, una per una."))
        return sample_url(sample)


class SamplePage(Page):
    template_name = "treasury/liquidations/sample.html"
    permission = P.PREPARE_LIQUIDATIONS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sample = treasury.sample_for(self.access, self.kwargs["public_id"])
        treasury.note_look(self.access, sample, place="composing:sample")
        rows, me = treasury.drawn_of(sample), self.access.actor_id
        months = selectors.months_paid_by([row.item.source_id for row in rows])
        is_open = sample.state == SampleState.OPEN
        for row in rows:
            row.month = months[row.item.source_id]  # type: ignore[attr-defined]
            row.is_mine = me in (*hands_in(row), row.month.confirmed_by)  # type: ignore[attr-defined]
        return super().get_context_data(sample=sample, rows=rows, is_open=is_open, **kwargs)


class Judge(OfSample):
    """What was found in one row; written again, it is put right."""

    form_class = forms.JudgeForm
    title = gettext_lazy("Com'è questa riga?")
    action = gettext_lazy("Scrivi l'esito")

    @cached_property
    def row(self) -> SampledItem:
        return treasury.drawn_for(self.access, self.kwargs["public_id"])

    @cached_property
    def sample(self) -> Sample:
        return self.row.sample

    @property
    def text(self) -> str:
        item = self.row.item
        return f"{item.person}, {item.words}, {euro(item.amount)}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.row.row_version}

    def get_initial(self) -> dict[str, Any]:
        outcome = "" if self.row.outcome == SampleOutcome.PENDING else self.row.outcome
        return {"outcome": outcome, "words": self.row.words}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.judge(
            row=self.row, outcome=data["outcome"], words=data["words"], seen=data["row_version"], by=self.access, now=timezone.now()
        )
        messages.success(self.request, _("Esito scritto."))
        return self.here
