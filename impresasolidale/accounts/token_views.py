"""The page of the keys for other programs: one's own, and for who manages users those of the office."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.core.views import Action, FormPage, Page

from . import sessions, tokens
from .forms import NewTokenForm
from .permissions import Permission
from .scopes import SCOPES, offered_to

SHOWN = "api_token"  # in the session, encrypted, for the one page that shows it


class _OfAnOffice:
    """A key is for one Ambito: who acts in none has none."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.access.ambito_id is None or request.access.actor_id is None:  # type: ignore[attr-defined]
            raise PermissionDenied(_("Le chiavi per programmi sono di chi lavora in un Ambito."))
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class Tokens(_OfAnOffice, Page):
    template_name = "accounts/tokens.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        rows = [
            {
                "token": row,
                "words": [SCOPES[name][0] for name in row.scopes if name in SCOPES],
                "lives": row.lives(now),
                "end_url": reverse("accounts:end_token", args=[row.public_id]),
            }
            for row in tokens.tokens(self.access)
        ]
        return super().get_context_data(
            rows=rows,
            secret=sessions.take_secret(self.request, SHOWN),
            of_office=self.access.may(Permission.MANAGE_USERS),
            new_url=reverse("accounts:new_token"),
            docs_url=reverse("api:docs"),
            **kwargs,
        )


class NewToken(_OfAnOffice, FormPage):
    form_class = NewTokenForm
    confirmed = True  # it opens for up to a year, and asks for no second factor
    title = gettext_lazy("Nuova chiave per un programma")
    lead = gettext_lazy("Il programma vede e scrive quello che scegli qui, mai più di quello che puoi tu, e solo in questo Ambito.")
    button = gettext_lazy("Fai la chiave")

    def get_form_kwargs(self) -> dict[str, Any]:
        last = timezone.localdate() + timedelta(days=180)
        return {**super().get_form_kwargs(), "offered": offered_to(self.access.permissions), "initial": {"expires_on": last}}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        end = timezone.make_aware(datetime.combine(data["expires_on"], time(23, 59)))
        secret = tokens.make_token(name=data["name"], scopes=data["scopes"], expires_at=end, by=self.access, now=timezone.now())
        sessions.keep_secret(self.request, SHOWN, secret)
        return self.back()

    def back(self) -> str:
        return reverse("accounts:tokens")

    def crumb(self) -> Any:
        return _("Chiavi per programmi")


class EndToken(_OfAnOffice, Action):
    def act(self) -> str:
        row = tokens.token_for(self.access, self.kwargs["public_id"])
        tokens.end_token(token=row, by=self.access, now=timezone.now())
        messages.success(self.request, _("La chiave «%(name)s» non apre più niente.") % {"name": row.name})
        return self.back()

    def back(self) -> str:
        return reverse("accounts:tokens")
