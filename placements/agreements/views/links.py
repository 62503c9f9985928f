"""Pages of who signs with a personal link, on a telephone and without an account (accounts.doors).

Everything is read in the scope of who holds the link: one paper, nothing else.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView

from impresasolidale.accounts import doors
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Document
from impresasolidale.core.views import Action, SeeOther, ServiceForm, serve_document

from .. import documents, services, signing_selectors
from ..enums import RequestState
from ..forms_signing import CodeForm, RefuseForm, SignForm
from ..models import SignatureRequest
from ..services.signing import CODE_MINUTES
from ..signing_rules import masked

RIGHT = "signing_right"  # key of the session
GOOD_FOR = timedelta(minutes=30)  # after the code was right


class Door(doors.Door):
    place, links = "personal links", "signing_links"
    page, gone_template = "signing:sign", "agreements/signing/gone.html"
    find, ask_behind = staticmethod(signing_selectors.door_of), staticmethod(signing_selectors.request_behind)


class Behind(doors.Behind):
    """`self.signing` is the request."""

    door = Door

    def look_behind(self, found: signing_selectors.Door) -> None:
        self.signing: SignatureRequest = signing_selectors.request_behind(found)

    @property
    def url(self) -> str:
        return reverse("signing:sign", args=[self.signing.public_id])

    @property
    def is_right(self) -> bool:
        """Whether the code was typed in this browser, not long ago, for the link as it is now."""
        at, token_hash = self.request.session.get(RIGHT, {}).get(str(self.signing.public_id), ("", ""))
        return token_hash == self.signing.token_hash and datetime.fromisoformat(at) > self.now - GOOD_FOR

    @cached_property
    def is_shut(self) -> bool:
        """Whether the paper may not be read from here any more: then it is not signed from here either."""
        return signing_selectors.is_shut(self.signing)

    @property
    def stage(self) -> str:
        """What the page is about now."""
        row = self.signing
        if row.state in (RequestState.SIGNED, RequestState.REFUSED, RequestState.CANCELLED):
            return str(row.state)
        if row.state == RequestState.EXPIRED or row.expires_at <= self.now:
            return "expired"
        if self.is_shut:
            return "shut"
        if self.is_right:
            return "sign"
        if row.is_locked:
            return "locked"
        return "code" if row.code_hash and row.code_expires_at and row.code_expires_at > self.now else "begin"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        document = self.signing.document
        return super().get_context_data(  # type: ignore[misc]
            **{
                "signing": self.signing,
                "document": document,
                "stage": self.stage,
                "body_name": documents.body_of(document),
                "where": masked(self.signing.address),
                "minutes": CODE_MINUTES,
                **kwargs,
            }
        )


class Sign(Behind, FormView):
    """The one page: ask for the code, type it, read, sign; or why the link leads nowhere any more."""

    template_name = "agreements/signing/link.html"
    gone = ("signed", "refused", "cancelled", "expired", "shut", "locked")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.signing = services.open_link(request=self.signing, by=self.holder, now=self.now)
        return super().get(request, *args, **kwargs)

    def get_form_class(self) -> Any:
        return SignForm if self.stage == "sign" else CodeForm

    def get_initial(self) -> dict[str, Any]:
        """The page carries which paper was read: another one that took its place meanwhile is not signed."""
        return {"context_hash": self.signing.document.context_hash} if self.stage == "sign" else {}

    def get_template_names(self) -> list[str]:
        return ["agreements/signing/gone.html" if self.stage in self.gone else self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        more: dict[str, Any] = {}
        if self.stage == "cancelled" and (later := signing_selectors.is_replaced(self.signing)):
            more = {"later": later, "later_where": masked(later.address)}
        if self.stage == "sign":
            more = {"summary": documents.summary(self.signing.document), "is_ready": self.signing.document.state == Document.State.READY}
        if self.stage == "signed":
            more = {"may_read": self.is_right and not self.is_shut}
        return super().get_context_data(**more, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.stage == "shut":  # since the page was opened
            return self.render_to_response(self.get_context_data(), status=409)
        if self.stage in self.gone:  # the other tab was quicker
            return SeeOther(self.url)
        if "context_hash" in request.POST and self.stage != "sign":
            messages.info(request, _("È passato un po' di tempo: chiedi un nuovo codice, poi firma."))
            return SeeOther(self.url)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return self.sign(form) if isinstance(form, SignForm) else self.try_code(form)
        except DomainError as error:
            if error.status == 409:
                return SeeOther(self.url)  # the page says by itself what happened
            form.add_domain_error(error)
            return self.form_invalid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def sign(self, form: SignForm) -> HttpResponse:
        meta = self.request.META
        services.sign_by_link(
            request=self.signing,
            context_hash=form.cleaned_data["context_hash"],
            has_read=form.cleaned_data["has_read"],
            address=meta.get("REMOTE_ADDR", ""),
            agent=meta.get("HTTP_USER_AGENT", ""),
            by=self.holder,
            now=self.now,
            today=timezone.localdate(),
        )
        return SeeOther(self.url)

    def try_code(self, form: CodeForm) -> HttpResponse:
        answer = services.enter_code(request=self.signing, typed=form.cleaned_data["code"], by=self.holder, now=self.now)
        if answer == services.CodeAnswer.RIGHT:
            right = {str(self.signing.public_id): (self.now.isoformat(), self.signing.token_hash)}
            self.request.session[RIGHT] = {**self.request.session.get(RIGHT, {}), **right}
            return SeeOther(self.url)
        self.signing.refresh_from_db()
        if answer == services.CodeAnswer.WRONG:
            form.add_error("code", _("Il codice non è giusto: controlla le sei cifre del messaggio più recente."))
        elif answer == services.CodeAnswer.EXPIRED:
            form.add_error("code", _("Questo codice è scaduto, o è già stato usato: chiedine uno nuovo."))
        return self.form_invalid(form)


class Paper(Behind, View):
    """The paper itself, for who typed the code."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.is_right:
            return SeeOther(self.url)
        return serve_document(signing_selectors.paper_behind(self.signing), by=self.holder)


class SendCode(Behind, Action):
    def act(self) -> str:
        services.send_code(request=self.signing, by=self.holder, now=self.now)
        messages.success(self.request, _("Il codice è partito: arriva tra poco."))
        return self.url

    def back(self) -> str:
        return self.url


class Refuse(Behind, ServiceForm):
    template_name = "agreements/signing/refuse.html"
    form_class = RefuseForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.stage == "sign" else SeeOther(self.url)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if self.stage == "sign" else SeeOther(self.url)

    def act(self, form: Any) -> str:
        services.refuse_by_link(request=self.signing, reason=form.cleaned_data["reason"], by=self.holder, now=self.now)
        return self.url
