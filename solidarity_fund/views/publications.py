"""What waits to be published and what is public: lists of grants here; the account is approved among the reports."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.forms import ReasonForm
from impresasolidale.core.views import Guarded, Page, SeeOther, ServiceForm, say_done
from impresasolidale.territory.selectors import letterhead_of, rules_for
from impresasolidale.treasury import selectors as treasury

from ..forms import publications as forms
from ..models import Publication
from ..selectors import account, transparency
from ..services import publications as services
from ..services.publications import address_of
from ..transitions import PUBLICATION

YEARS = 4  # how far back a list may be prepared


class Publications(Page):
    template_name = "solidarity_fund/publications.html"
    permission = Permission.SEE_FUND

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [*account.accounts(self.access), *(transparency.lists(self.access) if self.access.ambito_id else ())]
        rows.sort(key=lambda row: (-row.year, row.kind, -row.pk))
        return super().get_context_data(
            rows=[(row, address_of(row)) for row in rows], may_publish=self.access.may(Permission.PUBLISH_FUND), **kwargs
        )


class NewList(ServiceForm):
    template_name = "solidarity_fund/new_list.html"
    form_class = forms.ListForm
    permission = Permission.PUBLISH_FUND

    def get_initial(self) -> dict[str, Any]:
        head = letterhead_of(self.access.ambito_id)
        book, _rules = rules_for(self.access.ambito, timezone.localdate())
        return {"year": timezone.localdate().year - 1, "official": head.official if head else "", "act": book.act}

    def get_form_kwargs(self) -> dict[str, Any]:
        if not self.access.ambito_id:
            raise Http404
        this = timezone.localdate().year
        self.bodies = list(treasury.bodies(self.access))
        return {**super().get_form_kwargs(), "years": range(this, this - YEARS, -1), "bodies": self.bodies}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        row = services.prepare_list(
            body=next(body for body in self.bodies if str(body.public_id) == data["body"]),
            year=data["year"],
            official=data["official"],
            act=data["act"],
            by=self.access,
            today=timezone.localdate(),
        )
        messages.success(self.request, _("L'elenco è fermo com'è adesso: un'altra persona lo guarda e lo pubblica."))
        return address_of(row)


class _OfPublication(Guarded):
    permission = Permission.SEE_FUND

    def find(self) -> Publication:
        return transparency.publication_for(self.access, self.kwargs["public_id"])


class ListPage(_OfPublication, Page):
    template_name = "solidarity_fund/publication.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.row = self.find()
        return SeeOther(address_of(self.row)) if self.row.kind != Publication.Kind.GRANTS else super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        steps = {step.name for step in PUBLICATION.available(self.row.state, self.access)}
        return super().get_context_data(row=self.row, listed=transparency.listed(self.row), steps=steps, **kwargs)


class _PublicationStep(_OfPublication, ServiceForm):
    permission = Permission.PUBLISH_FUND
    template_name = "solidarity_fund/publication_step.html"
    step: str

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        return response if self.row.state in PUBLICATION[self.step].sources else SeeOther(address_of(self.row))

    def get_form_kwargs(self) -> dict[str, Any]:
        self.row = self.find()
        return super().get_form_kwargs()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        is_own = self.row.created_by_id == self.access.actor_id
        return {**context, "row": self.row, "step": self.step, "is_own": is_own, "back_url": address_of(self.row)}


class PublishList(_PublicationStep):
    form_class: Any = forms.PublishForm
    step = "published"

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        if self.row.kind != Publication.Kind.GRANTS:
            raise Http404
        return {**kwargs, "today": timezone.localdate(), "current_version": self.row.row_version}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.publish(publication=self.row, seen=data["row_version"], act=data["act"], by=self.access)
        say_done(self.request, _("L'elenco è pubblico."))
        return address_of(self.row)

    def form_invalid(self, form: Any) -> Any:
        return self.refused(form, 409 if form.is_stale else 422)


class Withdraw(_PublicationStep):
    """Of a list or of an account."""

    form_class = ReasonForm
    step = "withdrawn"

    def act(self, form: Any) -> str:
        services.withdraw(publication=self.row, reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, _("È ritirato: dalla pagina pubblica non si legge più."))
        return address_of(self.row)
