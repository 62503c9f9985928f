"""The company's own pages of what it and the offices write to each other."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.hosts import selectors, services
from companies.hosts.forms import PostForm
from companies.hosts.models import Thread
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.scope import scope
from impresasolidale.core.views import Guarded, Page, ServiceForm, serve_upload

from .our_companies import companies_spoken_for


class ToOfficeForm(PostForm):
    """A new matter: which office, for which of the companies one acts for."""

    ambito: Any = forms.ModelChoiceField(label=gettext_lazy("A quale ufficio"), queryset=None)
    company: Any = forms.ModelChoiceField(label=gettext_lazy("Per quale impresa"), queryset=None)
    subject = forms.CharField(label=gettext_lazy("Di che cosa si tratta"), max_length=120)
    field_order = ("ambito", "company", "subject", "text", "file")

    def __init__(self, *args: Any, ambiti: Any, companies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("ambito", ambiti), ("company", companies)):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
            if len(rows) == 1:
                self.fields[name].initial = rows[0].pk


class OurThreads(Page):
    permission = P.USE_COMPANY_PORTAL
    template_name = "desk/our_threads.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = selectors.our_threads(self.access, self.request.GET)
        return super().get_context_data(rows=page.rows, pager=page.urls(self.request.GET), **kwargs)


class NewOurThread(ServiceForm):
    permission = P.USE_COMPANY_PORTAL
    template_name = "desk/new_our_thread.html"
    form_class = ToOfficeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        more = {"ambiti": selectors.ambiti_of(self.access), "companies": companies_spoken_for(self.access)}
        return {**super().get_form_kwargs(), **more}

    def act(self, form: Any) -> str:
        thread = services.open_to_office(by=self.access, now=timezone.now(), **form.cleaned_data)
        messages.success(self.request, _("Il messaggio è arrivato all'ufficio."))
        return reverse("desk:our_thread", args=[thread.public_id])


class OurThread(ServiceForm):
    permission = P.USE_COMPANY_PORTAL
    template_name = "desk/our_thread.html"
    form_class = PostForm

    @cached_property
    def thread(self) -> Thread:
        return selectors.our_thread(self.access, self.kwargs["public_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        with scope(selectors.of_office(self.thread).scope):
            posts = selectors.posts_of(self.thread)
        return super().get_context_data(thread=self.thread, posts=posts, **kwargs)

    def act(self, form: Any) -> str:
        services.write_to_office(thread=self.thread, by=self.access, now=timezone.now(), **form.cleaned_data)
        messages.success(self.request, _("Il messaggio è arrivato all'ufficio."))
        return reverse("desk:our_thread", args=[self.thread.public_id])


class OurThreadFile(Guarded):
    permission = P.USE_COMPANY_PORTAL

    def get(self, request: HttpRequest, public_id: UUID, file_id: UUID) -> Any:
        thread = selectors.our_thread(self.access, public_id)
        with scope(selectors.of_office(thread).scope):
            return serve_upload(selectors.file_of(thread, file_id), by=self.access)
