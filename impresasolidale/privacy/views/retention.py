"""How long things are kept, who is due, holds, lists to discard."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.models import Job, Look
from impresasolidale.core.spreadsheets import file_urls, table_response
from impresasolidale.core.views import Action, FormPage, Guarded, Page, serve_document
from placements.beneficiaries.models import Beneficiary

from .. import forms, rules
from ..enums import DiscardState, KeptFor
from ..models import DiscardList, LegalHold
from ..selectors import requests as people
from ..selectors import retention as selectors
from ..services import looks as look_services
from ..services import retention as services
from ..transitions import DISCARD

HEAD = (gettext_lazy("Persona"), gettext_lazy("Ultimo fatto"), gettext_lazy("Conservato fino al"))


class Retention(Page):
    permission = Permission.KEEP_PRIVACY
    template_name = "privacy/retention.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today, access = timezone.localdate(), self.access
        lines = [(term, None if term.months is None else selectors.due(access, term, today).count()) for term in selectors.terms(access)]
        return super().get_context_data(lines=lines, lists=selectors.lists(access), **kwargs)


class _OfKind(Guarded):
    permission = Permission.KEEP_PRIVACY

    @cached_property
    def term(self) -> selectors.Term:
        return selectors.term_for(self.access, self.kwargs["code"])

    def back(self) -> str:
        return reverse("privacy:retention_kind", args=[self.kwargs["code"]])


class KindPage(_OfKind, Page):
    """The dry run: who would be in a list today, and how many rows of what."""

    template_name = "privacy/retention_kind.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today, term = timezone.localdate(), self.term
        page = selectors.due_page(self.access, term, self.request.GET, today)
        ids = list(selectors.due(self.access, term, today).values_list("pk", flat=True))
        return super().get_context_data(
            term=term,
            people=[(row, row.last, rules.months_after(row.last, term.months or 0)) for row in page.rows],
            count=len(ids),
            touched=selectors.touched(term.kind, ids),
            **file_urls("privacy:due_file", self.request.GET, self.kwargs["code"]),
            **page.urls(self.request.GET),
            **kwargs,
        )


class DueFile(_OfKind):
    """The same people as a file. Taking it away is a look of its own."""

    def get(self, request: HttpRequest, code: str, ending: str) -> Any:
        today, months = timezone.localdate(), self.term.months or 0
        rows: list[Any] = list(selectors.due(self.access, self.term, today).order_by("last", "pk"))
        cells = [[str(row), row.last, rules.months_after(row.last, months)] for row in rows]
        response = table_response(ending, name=f"da-scartare-{code}-{today:%Y-%m-%d}", head=[str(h) for h in HEAD], rows=cells)
        audit.look(Look.Kind.EXPORT, rows, by=self.access, place="privacy:due_file", subject_type="beneficiaries.beneficiary")
        return response


class SetTerm(_OfKind, FormPage):
    form_class = forms.TermForm
    lead = gettext_lazy("Vale quello che dice il piano di conservazione del vostro ente: la proposta del programma non è una regola.")
    button = gettext_lazy("Salva la durata")

    @property
    def title(self) -> str:
        return str(self.term.kind.label).capitalize()

    def get_initial(self) -> dict[str, Any]:
        months = self.term.months
        return {"is_forever": months is None, "years": months // 12 if months else None, "act": self.term.act}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        months = None if data["is_forever"] else data["years"] * 12
        services.set_term(kind=self.term.kind, months=months, act=data["act"], by=self.access)
        messages.success(self.request, _("La durata è salvata. Quelle di prima restano scritte."))
        return self.back()


class PrepareList(_OfKind, Action):
    def act(self) -> str:
        row = services.prepare_list(kind=self.term.kind, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La lista è preparata. Adesso serve l'autorizzazione, e il sì di un'altra persona."))
        return reverse("privacy:discard_list", args=[row.public_id])


# --- Lists


class _OfList(Guarded):
    permission = Permission.KEEP_PRIVACY

    @cached_property
    def row(self) -> DiscardList:
        return selectors.list_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("privacy:discard_list", args=[self.kwargs["public_id"]])


class ListPage(_OfList, Page):
    template_name = "privacy/discard_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row
        page = selectors.people_page(self.access, row, self.request.GET)
        gone = selectors.no_longer_due(self.access, row, timezone.localdate()) if row.state in selectors.BEFORE else set()
        stopped = row.state == DiscardState.RUNNING and row.job is not None and row.job.state in {Job.State.FAILED, Job.State.CANCELLED}
        why = dict(KeptFor.choices)
        return super().get_context_data(
            row=row,
            people=[(each, each.last, each.pk in gone, each.is_gone, why.get(each.kept_for, "")) for each in page.rows],
            gone=len(gone),
            tally=selectors.tally(row) if row.started_at else None,
            stopped=stopped,
            is_running=row.state == DiscardState.RUNNING and not stopped,
            is_mine=row.created_by_id == self.access.actor_id,
            steps={step.name for step in DISCARD.available(row.state, self.access)},
            **file_urls("privacy:discard_file", self.request.GET, row.public_id),
            **page.urls(self.request.GET),
            **kwargs,
        )


class ListFile(_OfList):
    def get(self, request: HttpRequest, ending: str, **kwargs: Any) -> Any:
        row = self.row
        rows: list[Any] = list(selectors.people_of(row))
        cells = [[str(person), person.last, rules.months_after(person.last, row.months)] for person in rows]
        name = f"lista-di-scarto-{row.counted_on:%Y-%m-%d}"
        response = table_response(ending, name=name, head=[str(h) for h in HEAD], rows=cells)
        audit.look(Look.Kind.EXPORT, rows, by=self.access, place="privacy:discard_file", subject_type="beneficiaries.beneficiary")
        return response


class _ListForm(_OfList, FormPage):
    """The form finds its row first: a foreign one is 404."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"row": self.row, **kwargs})


class ApproveList(_ListForm):
    form_class = forms.ApproveDiscardForm
    title = gettext_lazy("Approva la lista")
    lead = gettext_lazy(
        "Lo scarto vuole l'autorizzazione della Soprintendenza archivistica (D.Lgs. 42/2004, art. 21): scrivi numero e data."
        " Da qui chi è in lista non cambia più. Per ora non si cancella niente: lo scarto si avvia dopo, a parte."
    )
    button = gettext_lazy("Approva la lista")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.row.row_version}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.approve_list(
            discard=self.row, number=data["number"], on=data["on"], seen=data["row_version"], by=self.access, today=timezone.localdate()
        )
        messages.success(self.request, _("La lista è approvata."))
        return self.back()


class StartList(_ListForm):
    form_class = forms.StartDiscardForm
    title = gettext_lazy("Scarta adesso")
    lead = gettext_lazy(
        "Delle persone in lista non resta il nome, né quello che è stato scritto di loro: non si torna indietro. Chi ha un blocco, o"
        " qualcosa di nuovo, non viene toccato. Statistiche, importi e numeri dei documenti restano come sono."
    )
    button = gettext_lazy("Scarta adesso")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.row.row_version}

    def act(self, form: Any) -> str:
        services.start_list(discard=self.row, seen=form.cleaned_data["row_version"], by=self.access)
        messages.success(self.request, _("Lo scarto è avviato: qui vedi a che punto è. Alla fine c'è il verbale."))
        return self.back()


class StartAgain(_OfList, Action):
    def act(self) -> str:
        services.start_again(discard=self.row, by=self.access)
        messages.success(self.request, _("Lo scarto riprende da dove si era fermato."))
        return self.back()


class MinuteFile(_OfList):
    def get(self, request: HttpRequest, **kwargs: Any) -> Any:
        if self.row.document is None:
            raise Http404
        return serve_document(self.row.document, by=self.access)


class WithdrawList(_ListForm):
    form_class = forms.ReasonForm
    title = gettext_lazy("Ritira la lista")
    lead = gettext_lazy("Resta scritta, con il motivo. Le persone tornano a contare per una lista nuova.")
    button = gettext_lazy("Ritira la lista")

    def act(self, form: Any) -> str:
        services.withdraw_list(discard=self.row, reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, _("La lista è ritirata."))
        return self.back()


# --- Holds


class Holds(Page):
    permission = Permission.KEEP_PRIVACY
    template_name = "privacy/holds.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = selectors.holds_page(self.access, self.request.GET)
        return super().get_context_data(rows=page.rows, today=timezone.localdate(), **page.urls(self.request.GET), **kwargs)


class WhoseHold(FormPage):
    """Of whom: by the codice fiscale, as for a request."""

    permission = Permission.KEEP_PRIVACY
    form_class = forms.FindPersonForm
    title = gettext_lazy("Un blocco nuovo")
    lead = gettext_lazy("Di chi non va scartato niente? Serve il codice fiscale della persona.")
    button = gettext_lazy("Avanti")

    def back(self) -> str:
        return reverse("privacy:holds")

    def act(self, form: Any) -> str:
        person = look_services.find_person(code=form.cleaned_data["codice_fiscale"], by=self.access, today=timezone.localdate())
        return reverse("privacy:new_hold", args=[person.public_id])


class NewHold(FormPage):
    permission = Permission.KEEP_PRIVACY
    form_class = forms.HoldForm
    lead = gettext_lazy("Finché c'è il blocco niente di questa persona entra in una lista di scarto.")
    button = gettext_lazy("Metti il blocco")

    @cached_property
    def person(self) -> Beneficiary:
        return people.person_for(self.access, self.kwargs["public_id"])

    @property
    def title(self) -> str:
        return str(self.person)

    def back(self) -> str:
        return reverse("privacy:holds")

    def act(self, form: Any) -> str:
        until: date | None = form.cleaned_data["until"]
        services.place_hold(person=self.person, reason=form.cleaned_data["reason"], until=until, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Il blocco è messo."))
        return self.back()


class LiftHold(FormPage):
    permission = Permission.KEEP_PRIVACY
    form_class = forms.LiftForm
    title = gettext_lazy("Togli il blocco")
    lead = gettext_lazy("Da oggi i termini della persona contano di nuovo.")
    button = gettext_lazy("Togli il blocco")

    @cached_property
    def hold(self) -> LegalHold:
        return selectors.hold_for(self.access, self.kwargs["public_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"row": self.hold, **kwargs})

    def back(self) -> str:
        return reverse("privacy:holds")

    def act(self, form: Any) -> str:
        services.lift_hold(hold=self.hold, reason=form.cleaned_data["reason"], by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Il blocco è tolto."))
        return self.back()
