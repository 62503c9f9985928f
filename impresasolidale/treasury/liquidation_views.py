"""Pages of liquidations: HTTP in, one selector or service, HTTP out. Only who prepares, approves or pays sees names and sums together."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.models import Look
from impresasolidale.core.spreadsheets import XLSX, table_response
from impresasolidale.core.views import Guarded, Page, SeeOther, ServiceForm, say_done, serve_document, serve_stored, serve_upload

from . import liquidation_files as files
from . import liquidation_forms as forms
from . import liquidation_rules as rules
from .enums import WAIVABLE, CheckKind, ItemState, Payment, RecoveryState, RunState
from .models import LiquidationItem, LiquidationRun, Recovery, RunFile
from .selectors import liquidations as selectors
from .services import answers, payers, recoveries
from .services import liquidations as services
from .transitions import ITEM, RECOVERY, RUN


class Runs(Page):
    template_name = "treasury/liquidations/list.html"
    permission = P.PREPARE_LIQUIDATIONS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET
        bodies = [(str(body.public_id), body.name) for body in selectors.bodies(self.access)]
        form = forms.RunFilter(query or None, bodies=bodies)
        wanted = form.cleaned_data if form.is_valid() else {}
        page = selectors.runs_page(
            self.access, query, today=timezone.localdate(), state=wanted.get("stato", ""), body=wanted.get("ente", "")
        )
        for run in page.rows:
            run.name = services.name_of(run)
        return super().get_context_data(runs=page.rows, filter=form, is_filtered=any(wanted.values()), pager=page.urls(query), **kwargs)


class Desk(Page):
    """Accounting's first page: liquidations in, orders back."""

    template_name = "treasury/liquidations/desk.html"
    permission = P.RECORD_PAYMENTS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        desk = selectors.desk(self.access, today=timezone.localdate())
        for run in (*desk.to_approve, *desk.to_answer, *desk.done):
            run.name = services.name_of(run)  # type: ignore[attr-defined]
        return super().get_context_data(desk=desk, **kwargs)


class OfRun(Guarded):
    permission: str | None = P.PREPARE_LIQUIDATIONS
    kwargs: dict[str, Any]

    @cached_property
    def run(self) -> LiquidationRun:
        return selectors.run_for(self.access, self.kwargs["public_id"])

    @property
    def here(self) -> str:
        return services.run_url(self.run)


class RunPage(OfRun, Page):
    template_name = "treasury/liquidations/run.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run, today, may = self.run, timezone.localdate(), self.access.may
        selectors.note_look(self.access, run, place="liquidations:run")
        rows = selectors.rows_of(run, today=today)
        is_prepared = run.state == RunState.PREPARED
        waits = [i for i in (*rows.stopped, *rows.held) if any(c.kind == CheckKind.PUBLICATION for c in i.failed)]  # type: ignore[attr-defined]
        papers = [d for d in (run.act_document, run.public_document, run.slip_document) if d]
        return super().get_context_data(
            run=run,
            name=services.name_of(run),
            rows=rows,
            parts=[(Payment(kind).label, n, amount) for kind, n, amount in rows.totals.by_payment],
            papers=papers,
            papers_pending=any(d.state == "pending" for d in papers),
            sepa=selectors.file_of(run, RunFile.Kind.SEPA) if not is_prepared else None,
            steps={step.name for step in RUN.available(run.state, self.access)},
            may_prepare=is_prepared and may(P.PREPARE_LIQUIDATIONS),
            may_waive=is_prepared and may(P.APPROVE_LIQUIDATIONS),
            may_answer=run.state in (RunState.APPROVED, RunState.SETTLED) and may(P.RECORD_PAYMENTS),
            may_lay_out=may(P.RECORD_PAYMENTS),
            may_recover=may(P.PREPARE_LIQUIDATIONS),
            has_payroll=any(i.is_taxed for i in rows.paying),
            waits_publication=is_prepared and bool(waits),
            waivable=WAIVABLE,
            **kwargs,
        )


class RunForm(OfRun, ServiceForm):
    """A short form about one liquidation."""

    template_name = "confirm.html"
    title: Any = ""
    text: Any = ""
    action: Any = ""
    danger = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=self.title, text=self.text, action=self.action, danger=self.danger, back_url=self.back_url, **kwargs
        )

    @property
    def back_url(self) -> str:
        return self.here

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.refused(form, 409 if getattr(form, "is_stale", False) else 422)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.is_time() else SeeOther(self.back_url)

    def is_time(self) -> bool:
        """Whether the form means anything in the state of the liquidation."""
        return self.run.state == RunState.PREPARED


class Cancel(RunForm):
    form_class = forms.ReasonForm
    title = gettext_lazy("Annulla la liquidazione")
    text = gettext_lazy("Le sue righe si potranno liquidare con un'altra. Il numero resta occupato.")
    action = gettext_lazy("Annulla la liquidazione")
    danger = True

    def act(self, form: Any) -> str:
        services.cancel_run(run=self.run, reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, _("La liquidazione è annullata."))
        return self.here


class RecordPublication(RunForm):
    form_class = forms.PublishedForm
    title = gettext_lazy("Righe pubblicate")
    text = gettext_lazy("Sopra la soglia dell'anno una somma si versa solo dopo che l'elenco, con i codici e senza nomi, è pubblicato.")
    action = gettext_lazy("Registra la pubblicazione")

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def act(self, form: Any) -> str:
        services.record_publication(run=self.run, on=form.cleaned_data["on"], by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Registrato. Adesso aggiorna la liquidazione: i controlli si rifanno."))
        return self.here


class OfItem(RunForm):
    """About one row: `self.item`; the address names the row."""

    form_class: Any = forms.ReasonForm
    step = ""

    @cached_property
    def item(self) -> LiquidationItem:
        return selectors.item_for(self.access, self.kwargs["public_id"])

    @cached_property
    def run(self) -> LiquidationRun:
        return self.item.run

    @property
    def text(self) -> str:
        return f"{self.item.person}, {self.item.words}"

    def is_time(self) -> bool:
        return self.run.state == RunState.PREPARED and (not self.step or self.item.state in ITEM[self.step].sources)


class Hold(OfItem):
    title = gettext_lazy("Trattieni la riga")
    action = gettext_lazy("Trattieni")
    step = "held"

    def act(self, form: Any) -> str:
        services.hold_item(item=self.item, reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, _("La riga è trattenuta: aspetta la prossima liquidazione."))
        return self.here


class Resume(OfItem):
    title = gettext_lazy("Riprendi la riga")
    action = gettext_lazy("Riprendi")
    step = "resumed"

    def act(self, form: Any) -> str:
        services.resume_item(item=self.item, reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, _("La riga è di nuovo fra quelle da versare."))
        return self.here


class Waive(OfItem):
    form_class = forms.WaiveForm
    permission = P.APPROVE_LIQUIDATIONS
    action = gettext_lazy("Lascia passare")

    @cached_property
    def kind(self) -> str:
        kind: str = self.kwargs["kind"]
        if kind not in WAIVABLE:
            raise Http404
        return kind

    @property
    def title(self) -> str:
        return _("Lascia passare il controllo: %(kind)s") % {"kind": CheckKind(self.kind).label}

    def get_initial(self) -> dict[str, Any]:
        return {"until": timezone.localdate()}

    def act(self, form: Any) -> str:
        services.waive_check(item=self.item, kind=self.kind, **form.cleaned_data, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Il controllo è lasciato passare, fino al giorno che hai scelto."))
        return self.here


# --- Files and papers


class ListFile(OfRun):
    """A list in the body's own columns, reserved or to be published, as CSV or XLSX. The look is an export."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        kind, ending = kwargs["kind"], kwargs["ending"]
        if kind not in ("riservato", "pubblico", *Payment.values) or ending not in ("csv", "xlsx"):
            raise Http404
        run, public = self.run, kind == "pubblico"
        if run.state in (RunState.PREPARED, RunState.CANCELLED) and not (public and run.state == RunState.PREPARED):
            raise Http404  # nobody pays from a list that is not approved; what is published first is there before
        payer = selectors.payer_of(run.ambito_id, run.body_id)
        columns = rules.columns_of(payer.columns, public=public)
        states = [ItemState.READY, ItemState.HELD] if run.state == RunState.PREPARED else list(selectors.GOING)
        rows = selectors.list_rows(run, office=str(self.access.ambito), states=states, kind=kind if kind in Payment.values else "")
        selectors.note_look(self.access, run, place=f"liquidations:list:{kind}", exported=True)
        name = f"liquidazione-{run.number.replace('/', '-')}-{kind}"
        if ending == "csv":
            head = [str(rules.COLUMNS[column].label) for column in columns]
            return table_response(ending, name=name, head=head, rows=[rules.cells(row, columns) for row in rows])
        response = HttpResponse(files.list_xlsx(rows, columns, title=_("Liquidazione")), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
        return response


class Paper(OfRun):
    """The act, the act to publish, the distinta."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        names = {"atto": self.run.act_document, "da-pubblicare": self.run.public_document, "distinta": self.run.slip_document}
        document = names.get(kwargs["kind"])
        if document is None:
            raise Http404
        return serve_document(document, by=self.access)


class SepaFile(OfRun):
    permission = P.RECORD_PAYMENTS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        file = selectors.file_of(self.run, RunFile.Kind.SEPA)
        if file is None:
            raise Http404
        name = f"sepa-{self.run.number.replace('/', '-')}.xml"
        return serve_stored(
            file.file_name, file, by=self.access, place="liquidations:sepa", kind=Look.Kind.EXPORT, content_type="application/xml",
            filename=name, as_attachment=True,
        )  # fmt: skip


class ActCopy(OfRun):
    """The copy of the outside act that stands for the second key."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.run.act_file is None:
            raise Http404
        return serve_upload(self.run.act_file, by=self.access)


# --- What comes back


class Answers(OfRun, ServiceForm):
    """Orders, receipts and refusals pasted or from a CSV; the lines not taken come back with their reason, to be put right here."""

    template_name = "treasury/liquidations/answers.html"
    form_class = forms.TextOrFileForm
    permission = P.RECORD_PAYMENTS
    what = "answers"

    def record(self, text: str) -> answers.Taken:
        return answers.record_answers(run=self.run, text=text, by=self.access, today=timezone.localdate())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            run=self.run, name=services.name_of(self.run), what=self.what, back_url=self.here, **{"taken": None, **kwargs}
        )

    def form_valid(self, form: Any) -> HttpResponse:
        self.taken: answers.Taken | None = None
        response = super().form_valid(form)
        if self.taken is None or not self.taken.unread:
            return response
        left = self.form_class(initial={"text": "\n".join(unread.text for unread in self.taken.unread)})
        return self.render_to_response(self.get_context_data(form=left, taken=self.taken), status=422)

    def act(self, form: Any) -> str:
        self.taken = self.record(form.lines)
        if not self.taken.unread:
            say_done(self.request, self.words(self.taken))
        return self.here

    def words(self, taken: answers.Taken) -> str:
        if not taken.paid and not taken.refused:
            return _("Erano già tutte registrate: non è cambiato niente.")
        paid = ngettext("%(n)d riga pagata", "%(n)d righe pagate", taken.paid) % {"n": taken.paid}
        refused = ngettext("%(n)d respinta", "%(n)d respinte", taken.refused) % {"n": taken.refused}
        return _("Registrato: %(paid)s, %(refused)s.") % {"paid": paid, "refused": refused}


class Layout(ServiceForm):
    """The columns of one body's lists, and its own account when it has one."""

    template_name = "treasury/liquidations/layout.html"
    form_class = forms.PayerForm
    permission = P.RECORD_PAYMENTS

    def get_form_kwargs(self) -> dict[str, Any]:
        self.body = selectors.body_for(self.access, self.kwargs["public_id"])
        payer = selectors.payer_of(self.access.ambito_id, self.body.pk)
        kwargs = {**super().get_form_kwargs(), "columns": payer.columns, "current_version": payer.row_version if payer.pk else 0}
        return {**kwargs, "initial": {"iban": payer.iban}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(back_url=reverse("liquidations:list"), **kwargs)
        return {**context, "body": self.body}

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.refused(form, 409 if form.is_stale else 422)

    def act(self, form: Any) -> str:
        payers.set_payer(
            body=self.body, columns=form.columns, iban=form.cleaned_data["iban"], seen=form.cleaned_data["row_version"], by=self.access
        )
        messages.success(self.request, _("Salvato: gli elenchi di questo ente escono così."))
        return reverse("liquidations:list")


# --- Recoveries


class Recoveries(Page):
    template_name = "treasury/liquidations/recoveries.html"
    permission = P.PREPARE_LIQUIDATIONS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET
        page = selectors.recoveries_page(self.access, query)
        for row in page.rows:
            row.steps_names = {step.name for step in RECOVERY.available(row.state, self.access)}
        return super().get_context_data(
            recoveries=page.rows, pager=page.urls(query), may_record=self.access.may(P.RECORD_PAYMENTS), me=self.access.actor_id, **kwargs
        )


class OfRecovery(ServiceForm):
    template_name = "confirm.html"
    form_class: Any = forms.ReasonForm
    permission: str | None = P.APPROVE_LIQUIDATIONS
    title: Any = ""
    action: Any = ""
    danger = False
    states: tuple[str, ...] = ()

    @cached_property
    def recovery(self) -> Recovery:
        return selectors.recovery_for(self.access, self.kwargs["public_id"])

    @property
    def back_url(self) -> str:
        return reverse("liquidations:recoveries")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.recovery.state in self.states else SeeOther(self.back_url)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.recovery
        return super().get_context_data(
            title=self.title, text=f"{row.item.person}, {row.item.words}. {row.reason}", action=self.action, danger=self.danger,
            back_url=self.back_url, **kwargs,
        )  # fmt: skip


class PayBack(OfRecovery):
    form_class = forms.PayBackForm
    permission = P.RECORD_PAYMENTS
    title = gettext_lazy("Soldi restituiti")
    action = gettext_lazy("Registra")
    states = (RecoveryState.OPEN,)

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def act(self, form: Any) -> str:
        recoveries.record_pay_back(recovery=self.recovery, **form.cleaned_data, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Registrato: i soldi sono tornati nella loro fonte."))
        return self.back_url


class AskWriteOff(OfRecovery):
    title = gettext_lazy("Chiedi di rinunciare al recupero")
    action = gettext_lazy("Chiedi")
    danger = True
    states = (RecoveryState.OPEN,)

    def act(self, form: Any) -> str:
        recoveries.ask_write_off(recovery=self.recovery, reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, _("Adesso deve approvare un'altra persona."))
        return self.back_url


class KeepRecovering(OfRecovery):
    title = gettext_lazy("Continua a recuperare")
    action = gettext_lazy("Continua")
    states = (RecoveryState.ASKED,)

    def act(self, form: Any) -> str:
        recoveries.keep_recovering(recovery=self.recovery, reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, _("Il recupero va avanti."))
        return self.back_url
