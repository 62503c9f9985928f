"""Sign-in, sign-out, invitations, and the switch between Ambiti."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from impresasolidale.core.views import Action, Page, ServiceForm

from . import oidc, selectors, services, signing_in
from .access import access_for
from .forms import ChoosePassword, ForgotPassword, NewColleague, SignIn
from .permissions import Permission, Role


def demo_logins() -> list[tuple[str, str, str]]:
    """(role, address, password) of the demo, for its sign-in page; empty anywhere else."""
    file = Path(settings.DATA_DIR) / "logins.txt"
    if not settings.DEMO or not file.is_file():
        return []
    return [(r, e, p) for r, e, p in (line.split("\t") for line in file.read_text().splitlines() if line.count("\t") == 2)]


def asked_page(request: HttpRequest) -> str:
    """The page of ours a form asks to go on with; empty when it asks for none, or for another site's."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else ""


@method_decorator(login_not_required, name="dispatch")
class SignInPage(ServiceForm):
    template_name = "accounts/sign_in.html"
    form_class = SignIn

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted = self.request.GET.get("next", "")
        start = reverse("accounts:outside") + (f"?{urlencode({'next': wanted})}" if wanted else "") if oidc.is_connected() else ""
        outside = {"outside_url": start, "outside_name": settings.OIDC_NAME}
        return super().get_context_data(logins=demo_logins(), next=wanted, **outside, **kwargs)

    def act(self, form: Any) -> str:
        return signing_in.arrive(self.request, form.user, wanted=asked_page(self.request))


class SignOut(Action):
    """The browser forgets what a page kept in it: on a shared telephone nothing of ours stays."""

    def act(self) -> str:
        came_from_outside = signing_in.OUTSIDE in self.request.session
        logout(self.request)
        return reverse("accounts:signed_out") if came_from_outside else resolve_url(settings.LOGOUT_REDIRECT_URL)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"storage"'
        return response


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many wrong passwords for this address from this place."""
    return render(request, "accounts/locked_out.html", status=429)


class SwitchContext(Action):
    """Act in another of my Ambiti, or as the company I belong to; `next` is the page of ours to go on with."""

    def act(self) -> str:
        chosen = self.request.POST.get("context", "")
        access = access_for(self.request.user, chosen=chosen)  # type: ignore[arg-type]
        if not any(c["key"] == chosen and c["active"] for c in access.contexts):
            raise Http404
        self.request.session["context"] = chosen
        self.request.session["opened"] = []
        return asked_page(self.request) or reverse("desk:first_page")

    def back(self) -> str:
        return reverse("desk:home")


@method_decorator([login_not_required, never_cache], name="dispatch")
class AcceptInvitation(ServiceForm):
    template_name = "accounts/accept_invitation.html"
    form_class = ChoosePassword

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(invitation=services.invitation_for(self.kwargs["token"]), **kwargs)

    def act(self, form: Any) -> str:
        user = services.choose_password(token=self.kwargs["token"], password=form.cleaned_data["password"])
        return signing_in.arrive(self.request, user, wanted="")


@method_decorator(login_not_required, name="dispatch")
class ForgotPasswordPage(ServiceForm):
    """Always the same answer: the page does not tell who has an access."""

    template_name = "accounts/forgot_password.html"
    form_class = ForgotPassword
    success_url = reverse_lazy("accounts:sign_in")

    def act(self, form: Any) -> str:
        services.send_forgotten(email=form.cleaned_data["email"], base_url=settings.BASE_URL)
        messages.info(
            self.request, _("Se l'indirizzo è registrato, tra poco arriva un messaggio con il link per scegliere una nuova password.")
        )
        return str(self.success_url)


class Users(Page):
    """Who holds which role in the Ambito, from when to when."""

    permission = Permission.MANAGE_USERS
    template_name = "accounts/users.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = selectors.colleagues(self.access)
        return super().get_context_data(memberships=rows, today=timezone.localdate(), new_url=reverse("accounts:new_user"), **kwargs)


class NewUser(ServiceForm):
    permission = Permission.MANAGE_USERS
    template_name = "accounts/new_user.html"
    form_class = NewColleague

    def get_form_kwargs(self) -> dict[str, Any]:
        today = timezone.localdate()
        return {**super().get_form_kwargs(), "colleagues": selectors.colleagues_today(self.access, today), "initial": {"valid_from": today}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(list_url=reverse("accounts:users"), **kwargs)

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        deputy_of = form.by_id.get(data["deputy_of"])
        user = services.invite(
            email=data["email"],
            first_name=data["first_name"],
            last_name=data["last_name"],
            role=Role(data["role"]),
            by=self.access,
            today=timezone.localdate(),
            base_url=settings.BASE_URL,
            ambito_id=self.access.ambito_id,
            comune_id=data["comune"].pk if data["comune"] else None,
            deputy_of_id=deputy_of.pk if deputy_of else None,
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
        )
        messages.success(self.request, _("Fatto: a %(email)s è partito il link per entrare.") % {"email": user.email})
        return reverse("accounts:users")


class EndMembership(Action):
    """A role ends today."""

    permission = Permission.MANAGE_USERS

    def act(self) -> str:
        today = timezone.localdate()
        row = selectors.membership_for(self.access, self.kwargs["pk"])
        services.end_membership(membership=row, last_day=today, by=self.access, today=today)
        messages.success(self.request, _("Il ruolo finisce oggi: da domani non apre più niente."))
        return self.back()

    def back(self) -> str:
        return asked_page(self.request) or reverse("accounts:users")
