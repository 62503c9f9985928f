"""Liquidations where they meet the months: what waits to be paid, preparing, updating, approving, recovering, the yearly list."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.errors import DomainError
from impresasolidale.core.spreadsheets import table_response
from impresasolidale.core.views import Action, Guarded, Page, SeeOther, say_done
from impresasolidale.territory.models import Body
from impresasolidale.territory.selectors import rules_for
from impresasolidale.treasury import liquidation_forms as forms
from impresasolidale.treasury.enums import ItemState, RecoveryState
from impresasolidale.treasury.liquidation_views import Answers, OfItem, OfRecovery, OfRun, RunForm
from impresasolidale.treasury.models import LiquidationItem
from impresasolidale.treasury.selectors import liquidations as treasury
from impresasolidale.treasury.services.answers import Taken
from impresasolidale.treasury.services.liquidations import RunExists, name_of, run_url
from placements.agreements.models import Placement

from .. import liquidation_selectors as selectors
from ..selectors import allowances as given
from ..services import liquidations as services
from .asking import AsksAbout


class WaitingPage(Page):
    """What is confirmed and not yet paid, by month and body."""

    template_name = "treasury/liquidations/waiting.html"
    permission = P.PREPARE_LIQUIDATIONS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(groups=selectors.waiting(self.access), **kwargs)


class _OfMonth(Guarded):
    permission = P.PREPARE_LIQUIDATIONS
    kwargs: dict[str, Any]

    @cached_property
    def body(self) -> Body:
        return treasury.body_for(self.access, self.kwargs["public_id"])

    @cached_property
    def month(self) -> date:
        try:
            return date.fromisoformat(f"{self.kwargs['month']}-01")
        except ValueError as error:
            raise Http404 from error


class Prepare(_OfMonth, Page):
    """What would enter, and what cannot because it has no source; the button makes the liquidation."""

    template_name = "treasury/liquidations/prepare.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        groups = [g for g in selectors.waiting(self.access) if g.body == self.body and g.month == self.month]
        bare = selectors.without_source(self.access, self.body, self.month)
        here = {"body": self.body, "month": self.month, "group": groups[0] if groups else None, "bare": bare}
        return super().get_context_data(**kwargs | here)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                run = services.prepare_run(body=self.body, month=self.month, by=self.access, today=timezone.localdate(), now=timezone.now())
        except RunExists as there:
            messages.info(request, str(there.words))
            return SeeOther(run_url(there.run))
        except DomainError as error:
            messages.error(request, str(error.words))
            return SeeOther(reverse("composing:waiting"))
        messages.success(request, _("La liquidazione è preparata e controllata. Adesso la approva un'altra persona."))
        return SeeOther(run_url(run))


class Refresh(OfRun, Action):
    def act(self) -> str:
        services.refresh_run(run=self.run, by=self.access, today=timezone.localdate(), now=timezone.now())
        messages.success(self.request, _("Controlli rifatti, e aggiunti i mesi confermati nel frattempo."))
        return self.here

    def back(self) -> str:
        return self.here


class Approve(RunForm):
    """The page says once more how much, to how many; one person prepares, another approves."""

    template_name = "treasury/liquidations/approve.html"
    form_class = forms.ApproveForm
    permission = P.APPROVE_LIQUIDATIONS

    @property
    def has_prepared(self) -> bool:
        return bool(self.run.created_by_id == self.access.actor_id)

    @cached_property
    def needs_act(self) -> bool:
        return self.has_prepared or selectors.wrote_a_sum(self.run, self.access.actor_id)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "needs_act": self.needs_act, "current_version": self.run.row_version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = treasury.rows_of(self.run, today=timezone.localdate())
        left = len(rows.stopped) + len(rows.held)
        keys = {"needs_act": self.needs_act, "has_prepared": self.has_prepared}
        return super().get_context_data(run=self.run, name=name_of(self.run), rows=rows, left=left, **keys, **kwargs)

    def act(self, form: Any) -> str:
        services.approve_run(
            run=self.run,
            seen=form.cleaned_data["row_version"],
            act=form.act(timezone.localdate()) if self.needs_act else None,
            act_file=form.cleaned_data.get("file"),
            by=self.access,
            today=timezone.localdate(),
            now=timezone.now(),
        )
        say_done(self.request, _("Approvata: i mesi sono definitivi, i soldi sono registrati in uscita, le carte si stanno preparando."))
        return self.here


class Recover(AsksAbout, OfItem):
    """Get back what was paid too much on one row. The other forms about a row are there while its liquidation is not finished: a task."""

    form_class = forms.RecoveryForm
    permission = P.PREPARE_LIQUIDATIONS
    title = gettext_lazy("Recupera quanto versato in più")
    action = gettext_lazy("Comincia il recupero")

    @cached_property
    def item(self) -> LiquidationItem:
        item = treasury.item_for(self.access, self.kwargs["public_id"])
        self.month = given.allowance_paid_by(self.access, item)
        return item

    @property
    def placement(self) -> Placement:
        return self.month.placement

    def is_time(self) -> bool:
        return self.item.state == ItemState.PAID

    def act(self, form: Any) -> str:
        services.open_recovery(item=self.item, **form.cleaned_data, by=self.access)
        messages.success(self.request, _("Il recupero è cominciato."))
        return reverse("liquidations:recoveries")


class ApproveWriteOff(OfRecovery):
    """The second of two who give a recovery up; its months get back what waits to be taken off."""

    form_class = forms.Form
    title = gettext_lazy("Approva la rinuncia")
    action = gettext_lazy("Approva la rinuncia")
    danger = True
    states = (RecoveryState.ASKED,)

    def act(self, form: Any) -> str:
        services.approve_write_off(recovery=self.recovery, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Il recupero è chiuso: non si recupera."))
        return self.back_url


class Nets(Answers):
    """The net sums of the payroll office, on the rows and on the months they pay."""

    what = "nets"

    def record(self, text: str) -> Taken:
        return services.record_nets(run=self.run, text=text, by=self.access, today=timezone.localdate())

    def words(self, taken: Taken) -> str:
        return ngettext("%(n)d netto registrato.", "%(n)d netti registrati.", taken.paid) % {"n": taken.paid}


# --- The yearly list (rules 70 and 71)


class _Published(Guarded):
    permission = P.PREPARE_LIQUIDATIONS

    def wanted(self) -> dict[str, Any]:
        """Year, body, threshold and lines that the address asks for."""
        query, today = self.request.GET, timezone.localdate()
        years = sorted({*selectors.publication_years(self.access), today.year}, reverse=True)
        bodies = list(treasury.bodies(self.access))
        form = forms.PublicationFilter(query or None, years=years, bodies=[(str(body.public_id), body.name) for body in bodies])
        asked = form.cleaned_data if form.is_valid() else {}
        year = int(asked.get("anno") or years[0])
        body = next((b for b in bodies if str(b.public_id) == asked.get("ente")), bodies[0] if bodies else None)
        threshold = rules_for(self.access.ambito, today)[1].publication_threshold if self.access.ambito else None
        lines = selectors.publication(self.access, body=body, year=year, threshold=threshold) if body and threshold is not None else []
        return {"year": str(year), "filter": form, "body": body, "threshold": threshold, "lines": lines}


class PublicationPage(_Published, Page):
    template_name = "treasury/liquidations/publication.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted = self.wanted()
        asked = f"?anno={wanted['year']}&ente={wanted['body'].public_id}" if wanted["body"] else ""
        return super().get_context_data(**wanted, csv_url=reverse("composing:publication_file") + asked, **kwargs)


class PublicationFile(_Published):
    """The open table of the year: codes, sums, title, office. Nobody's name, nobody's code of the tax office."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wanted = self.wanted()
        selectors.note_export(self.access, "composing:publication_file")
        head = [_("Codice"), _("Importo dell'anno"), _("Versamenti"), _("Titolo"), _("Ufficio"), _("Pubblicato il")]
        title = _("Contributo motivazionale, progetto personalizzato")
        rows = [[line.code, line.amount, line.payments, title, line.office, line.published_on] for line in wanted["lines"]]
        return table_response("csv", name=f"contributi-{wanted['year']}", head=head, rows=rows)
