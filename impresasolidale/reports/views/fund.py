"""The fund's account on its way to everybody: prepared, looked at, approved with an act."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.forms import Form
from impresasolidale.core.views import Guarded, Page, SeeOther, ServiceForm, say_done, serve_document
from impresasolidale.core.words import NBSP
from solidarity_fund.forms.publications import PublishForm
from solidarity_fund.models import Publication
from solidarity_fund.selectors.account import years
from solidarity_fund.selectors.transparency import publication_for
from solidarity_fund.transitions import PUBLICATION

from .. import publishing, tables
from ..forms import AccountForm
from .reports import shown_table


class NewAccount(ServiceForm):
    permission = P.PUBLISH_FUND
    template_name = "reports/new_account.html"
    form_class: type[Form] = AccountForm

    def get_form_kwargs(self) -> dict[str, Any]:
        self.years = [year for year in years(self.access) if year < timezone.localdate().year]
        return {**super().get_form_kwargs(), "years": self.years}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "has_years": bool(self.years)}

    def act(self, form: Any) -> str:
        row = publishing.prepare_account(year=form.cleaned_data["year"], by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Il rendiconto è fermo com'è adesso: un'altra persona lo guarda e lo approva con il suo atto."))
        return reverse("reports:fund_account", args=[row.public_id])


class _OfAccount(Guarded):
    permission = P.SEE_FUND

    def find(self) -> Publication:
        row = publication_for(self.access, self.kwargs["public_id"])
        if row.kind != Publication.Kind.ACCOUNT:
            raise Http404
        return row


class AccountPage(_OfAccount, Page):
    template_name = "reports/fund_account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.find()
        content = publishing.content_of(row)
        return super().get_context_data(
            row=row,
            steps={step.name for step in PUBLICATION.available(row.state, self.access)},
            content=content,
            empty=tables.read(content.empty),
            figures=[(_(f.label), tables.written(f.value, f.kind).replace(NBSP, " ")) for f in content.figures],
            shown=[shown_table(table) for table in content.tables],
            notes=[tables.read(note) for note in content.notes],
            about=publishing.about_of(row),
            **kwargs,
        )


class AccountPaper(_OfAccount):
    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        row = self.find()
        if row.document is None:
            raise Http404
        return serve_document(row.document, by=self.access)


class ApproveAccount(_OfAccount, ServiceForm):
    permission = P.PUBLISH_FUND
    template_name = "solidarity_fund/publication_step.html"
    form_class = PublishForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        return response if self.row.state == Publication.State.PREPARED else SeeOther(self.here())

    def here(self) -> str:
        return reverse("reports:fund_account", args=[self.row.public_id])

    def get_form_kwargs(self) -> dict[str, Any]:
        self.row = self.find()
        more = {"today": timezone.localdate(), "needs_act": True, "current_version": self.row.row_version}
        return {**super().get_form_kwargs(), **more}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        is_own = self.row.created_by_id == self.access.actor_id
        return {**context, "row": self.row, "step": "published", "is_own": is_own, "back_url": self.here()}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        publishing.approve_account(
            publication=self.row, seen=data["row_version"], act=data["act"], by=self.access, today=timezone.localdate()
        )
        say_done(self.request, _("Il rendiconto è approvato e pubblico."))
        return self.here()

    def form_invalid(self, form: Any) -> Any:
        return self.refused(form, 409 if form.is_stale else 422)
