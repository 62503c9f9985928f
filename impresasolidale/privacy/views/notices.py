"""Texts by version, and the page on which who works in a company accepts the instructions."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import FormPage, Page, SeeOther, ServiceForm

from .. import forms
from ..selectors import notices as selectors
from ..services import notices as services


class Notices(Page):
    permission = Permission.KEEP_PRIVACY
    template_name = "privacy/notices.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rows=selectors.notices(self.access), today=timezone.localdate(), **kwargs)


class NewNotice(FormPage):
    permission = Permission.KEEP_PRIVACY
    form_class = forms.NoticeForm
    title = gettext_lazy("Una versione nuova")
    lead = gettext_lazy(
        "Quella di prima resta, con il suo giorno: si sa sempre che cosa ha letto ognuno. Le istruzioni nuove si accettano di nuovo."
    )
    button = gettext_lazy("Pubblica")

    def get_initial(self) -> dict[str, Any]:
        return {"in_force_from": timezone.localdate()}

    def back(self) -> str:
        return reverse("privacy:notices")

    def act(self, form: Any) -> str:
        row = services.publish_notice(values=form.cleaned_data, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La versione %(number)s è pubblicata.") % {"number": row.version})
        return self.back()


class NoticePage(Page):
    permission = Permission.KEEP_PRIVACY
    template_name = "privacy/notice.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = selectors.notice_for(self.access, self.kwargs["public_id"])
        return super().get_context_data(row=row, acceptances=selectors.acceptances_of(self.access, row), **kwargs)


@method_decorator(login_not_required, name="dispatch")
class Instructions(ServiceForm):
    """For who has an access in a company, by account or by personal link; nobody else has anything to accept."""

    template_name = "privacy/instructions.html"
    form_class = forms.AcceptForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        access = self.access
        if access is None or access.companies is None:
            return redirect("accounts:sign_in")
        self.waiting = selectors.to_accept(access, timezone.localdate())
        if not self.waiting:
            return SeeOther(self.onward())
        return super().dispatch(request, *args, **kwargs)

    def onward(self) -> str:
        return reverse("attendance:today" if self.access.may(Permission.USE_TUTOR_PORTAL) else "desk:our_company")

    def get_initial(self) -> dict[str, Any]:
        return {"seen": ",".join(str(row.public_id) for row in self.waiting)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(waiting=self.waiting, **kwargs)

    def act(self, form: Any) -> str:
        services.accept_instructions(seen=form.cleaned_data["seen"].split(","), by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Grazie. Le ritrovi in ogni momento chiedendo all'ufficio."))
        return self.onward()

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.refused(form, 422)
