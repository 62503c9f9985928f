"""Pages of what other programs are told: the programs, one of them with what it was told, its secret."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts import sessions
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.views import Action, FormPage, Page

from . import selectors
from .enums import NoticeOutcome
from .forms import HookForm
from .hooks import EVENTS
from .models import Hook, HookNotice
from .outgoing import tabs
from .services import hooks as services

SHOWN = "hook_secret"  # in the session, encrypted, for the one page that shows it
TONES = {NoticeOutcome.WAITING: "info", NoticeOutcome.SENT: "ok", NoticeOutcome.FAILED: "bad"}


def page_of(hook: Hook) -> str:
    return reverse("exchange:hook", args=[hook.public_id])


class Hooks(Page):
    template_name = "exchange/hooks.html"
    permission = P.KEEP_HOOKS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rows=selectors.hooks(self.access), tabs=tabs(self.request), docs_url=reverse("api:docs"), **kwargs)


class NewHook(FormPage):
    permission = P.KEEP_HOOKS
    form_class = HookForm
    confirmed = True  # what is sent leaves the house from now on
    title = gettext_lazy("Avvisa un altro programma")
    lead = gettext_lazy("Quando succede una delle cose che scegli, il programma riceve un avviso: che cosa e quando, mai di chi.")
    button = gettext_lazy("Accendi gli avvisi")

    def back(self) -> str:
        return reverse("exchange:hooks")

    def crumb(self) -> Any:
        return _("Avvisi a programmi")

    def act(self, form: Any) -> str:
        row, secret = services.add_hook(**form.cleaned_data, by=self.access)
        sessions.keep_secret(self.request, SHOWN, secret)
        return page_of(row)


class OfHook:
    kwargs: dict[str, Any]
    access: Any
    permission: str | None = P.KEEP_HOOKS

    @cached_property
    def hook(self) -> Hook:
        return selectors.hook_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return page_of(self.hook)

    def crumb(self) -> Any:
        return self.hook.name


class HookPage(OfHook, Page):
    """What it is told, the last things it was told and how that went."""

    template_name = "exchange/hook.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        hook = self.hook
        page = selectors.notices_page(hook, self.request.GET)
        rows = [
            {
                "row": row,
                "what": EVENTS[row.code].label if row.code in EVENTS else _("Prova"),
                "tone": TONES[NoticeOutcome(row.outcome)],
                "again_url": reverse("exchange:tell_again", args=[row.public_id]),
            }
            for row in page.rows
        ]
        return super().get_context_data(
            hook=hook,
            events=[EVENTS[code].label for code in hook.events if code in EVENTS],
            rows=rows,
            waits=any(row.outcome == NoticeOutcome.WAITING and not row.attempts for row in page.rows),
            secret=sessions.take_secret(self.request, SHOWN),
            outcomes=[
                {"label": label, "url": f"?esito={code}" if code else "?", "active": code == self.request.GET.get("esito", "")}
                for code, label in (("", _("tutti")), *NoticeOutcome.choices)
            ],
            **page.urls(self.request.GET),
            **kwargs,
        )


class ChangeHook(OfHook, FormPage):
    form_class = HookForm
    confirmed = True
    title = gettext_lazy("Cambia gli avvisi")
    button = gettext_lazy("Salva")

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.hook.name, "url": self.hook.url, "events": self.hook.events}

    def act(self, form: Any) -> str:
        services.change_hook(hook=self.hook, **form.cleaned_data, by=self.access)
        messages.success(self.request, _("Salvato: vale da adesso."))
        return self.back()


class NewSecret(OfHook, Action):
    confirmed = True

    def act(self) -> str:
        sessions.keep_secret(self.request, SHOWN, services.new_secret(hook=self.hook, by=self.access, now=timezone.now()))
        return self.back()


class SwitchOff(OfHook, Action):
    def act(self) -> str:
        services.switch_hook(hook=self.hook, is_on=False, by=self.access)
        messages.success(self.request, _("Avvisi spenti."))
        return self.back()


class SwitchOn(OfHook, Action):
    def act(self) -> str:
        services.switch_hook(hook=self.hook, is_on=True, by=self.access)
        messages.success(self.request, _("Avvisi accesi: da adesso in poi."))
        return self.back()


class SendTest(OfHook, Action):
    def act(self) -> str:
        services.send_test(hook=self.hook, by=self.access, now=timezone.now())
        messages.success(self.request, _("La prova parte subito: qui sotto vedi com'è andata."))
        return self.back()


class TellAgain(Action):
    permission = P.KEEP_HOOKS

    @cached_property
    def notice(self) -> HookNotice:
        return selectors.notice_for(self.access, self.kwargs["public_id"])

    def act(self) -> str:
        services.send_again(notice=self.notice, by=self.access, now=timezone.now())
        messages.success(self.request, _("L'avviso parte di nuovo."))
        return self.back()

    def back(self) -> str:
        return page_of(self.notice.hook)
