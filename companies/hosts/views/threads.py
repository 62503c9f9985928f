"""Messages between the office and companies, and the mails that were put aside."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.models import Look
from impresasolidale.core.spreadsheets import table_response
from impresasolidale.core.views import Action, Guarded, Page, ServiceForm, say_done, serve_upload

from .. import forms, selectors, services
from ..models import Company, StrayMail, Thread
from ._base import OfCompany


def _only(access: Any, request: HttpRequest) -> Company | None:
    """The one company the list is asked for."""
    wanted = request.GET.get("impresa", "")
    return selectors.company_chosen(access, wanted) if wanted else None


class Threads(Page):
    permission = Permission.SEE_COMPANIES
    template_name = "hosts/threads.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query, company = self.request.GET, _only(self.access, self.request)
        page = selectors.threads_page(self.access, query, company=company)
        strays = list(selectors.strays(self.access)[:1]) if self.access.may(Permission.SEE_MESSAGES) else []
        return super().get_context_data(
            rows=page.rows, company=company, has_strays=bool(strays), asked=query.urlencode(), pager=page.urls(query), **kwargs
        )


class ThreadsFile(Guarded):
    """The list, without what was written. The look is an export."""

    permission = Permission.SEE_COMPANIES

    def get(self, request: HttpRequest, ending: str) -> Any:
        rows = list(selectors.threads(self.access, company=_only(self.access, request)).order_by("-last_at", "-id"))

        def cells() -> Iterator[list[Any]]:
            for row in rows:
                begun, last = timezone.localdate(row.created_at), timezone.localdate(row.last_at)
                waits = _("sì") if row.waits else _("no")  # type: ignore[attr-defined]
                yield [row.company.name, row.subject, row.address, begun, last, waits]

        head = [_("Impresa"), _("Oggetto"), _("A chi si scrive"), _("Cominciata il"), _("Ultimo messaggio"), _("Aspetta una risposta")]
        response = table_response(ending, name=f"messaggi-{timezone.localdate():%Y-%m-%d}", head=head, rows=cells())
        audit.look(Look.Kind.EXPORT, rows, by=self.access, place="hosts:threads", subject_type="hosts.thread")
        return response


class NewThread(OfCompany, ServiceForm):
    permission = Permission.EDIT_COMPANIES
    template_name = "hosts/new_thread.html"
    form_class = forms.NewThreadForm

    @cached_property
    def addresses(self) -> list[tuple[str, str]]:
        return selectors.whom_to_write(self.company, timezone.localdate())

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "addresses": self.addresses}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(addresses=self.addresses, **kwargs)

    def act(self, form: Any) -> str:
        thread = services.open_thread(company=self.company, by=self.access, now=timezone.now(), **form.cleaned_data)
        messages.success(self.request, _("Il messaggio è in partenza."))
        return reverse("hosts:thread", args=[self.company.public_id, thread.public_id])


class OfThread(OfCompany):
    @cached_property
    def thread(self) -> Thread:
        return selectors.thread_for(self.access, self.company, self.kwargs["thread_id"])

    def thread_url(self) -> str:
        return reverse("hosts:thread", args=[self.company.public_id, self.thread.public_id])


class ThreadPage(OfThread, ServiceForm):
    """All that was written, and the next message."""

    permission = Permission.SEE_COMPANIES
    template_name = "hosts/thread.html"
    form_class = forms.PostForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_write = self.access.may(Permission.EDIT_COMPANIES)
        return super().get_context_data(thread=self.thread, posts=selectors.posts_of(self.thread), may_write=may_write, **kwargs)

    def act(self, form: Any) -> str:
        services.write_to_company(thread=self.thread, by=self.access, now=timezone.now(), **form.cleaned_data)
        say_done(self.request, _("Il messaggio è in partenza."))
        return self.thread_url()


class SettleThread(OfThread, Action):
    permission = Permission.EDIT_COMPANIES

    def act(self) -> str:
        services.settle_thread(thread=self.thread, by=self.access)
        say_done(self.request, _("Segnato come letto."))
        return self.thread_url()


class ThreadFile(OfThread, Guarded):
    permission = Permission.SEE_COMPANIES

    def get(self, request: HttpRequest, public_id: UUID, thread_id: UUID, file_id: UUID) -> Any:
        return serve_upload(selectors.file_of(self.thread, file_id), by=self.access)


class Strays(Page):
    """Mails that belong to no thread."""

    permission = Permission.SEE_MESSAGES
    template_name = "hosts/strays.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list(selectors.strays(self.access)[:50])
        selectors.note_looks(rows, by=self.access)
        return super().get_context_data(rows=rows, **kwargs)


class TakeStray(ServiceForm):
    """One of them, whole; it begins a thread with the company it is from."""

    permission = Permission.EDIT_COMPANIES
    template_name = "hosts/stray.html"
    form_class = forms.StrayForm

    @cached_property
    def stray(self) -> StrayMail:
        self.access.require(Permission.SEE_MESSAGES)
        return selectors.stray_for(self.access, self.kwargs["public_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "companies": selectors.companies_for_choice(self.access)}

    def get_initial(self) -> dict[str, Any]:
        likely = selectors.likely_company(self.access, self.stray)
        return {"company": likely.public_id} if likely else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        selectors.note_looks([self.stray], by=self.access)
        return super().get_context_data(mail=self.stray, back_url=reverse("hosts:strays"), **kwargs)

    def act(self, form: Any) -> str:
        thread = services.take_stray(row=self.stray, by=self.access, now=timezone.now(), **form.cleaned_data)
        messages.success(self.request, _("Il messaggio è nella sua conversazione: rispondi da qui."))
        return reverse("hosts:thread", args=[thread.company.public_id, thread.public_id])


class StraySeen(Action):
    permission = Permission.SEE_MESSAGES

    def act(self) -> str:
        services.note_stray_seen(row=selectors.stray_for(self.access, self.kwargs["public_id"]), by=self.access, now=timezone.now())
        messages.success(self.request, _("Segnata come guardata: resta conservata."))
        return reverse("hosts:strays")
