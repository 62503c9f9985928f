"""Pages of the recognitions that were given, for the offices."""

from functools import cached_property
from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.models import Document
from impresasolidale.core.views import Guarded, Page, say_done, serve_document

from ..enums import CertificateState
from ..forms import certificates as forms
from ..forms.checks import LookForm
from ..forms.procedures import GroundsForm
from ..models import YearCheck
from ..rules import Facts
from ..selectors import certificates as selectors
from ..selectors import procedures as procedure_selectors
from ..services import yearly
from ..services.procedures import url_of
from ..transitions import CERTIFICATE
from .common import OfCertificate


class CertificateList(Page):
    permission = Permission.SEE_CERTIFICATES
    template_name = "certification/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = forms.Search(self.request.GET)
        wanted = form.cleaned_data if form.is_valid() else {}
        query = self.request.GET
        page = selectors.certificates(self.access, query, state=wanted.get("state", ""), text=wanted.get("q", ""))
        return super().get_context_data(form=form, page=page, today=timezone.localdate(), **page.urls(self.request.GET), **kwargs)


class CertificateDetail(Page):
    permission = Permission.SEE_CERTIFICATES
    template_name = "certification/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        certificate = selectors.certificate_for(self.access, self.kwargs["public_id"])
        titles = {
            "awarded": _("Riconosciuto"),
            "suspended": _("Sospeso"),
            "resumed": _("Di nuovo valido"),
            "revoked": _("Revocato"),
            "restored": _("Restituito"),
            "superseded": _("Sostituito da uno più recente"),
            "corrected": _("Corretto e riemesso"),
            "imported": _("Scritto dall'elenco di allora"),
        }
        tones = {"awarded": "ok", "resumed": "ok", "restored": "ok", "suspended": "warn", "revoked": "bad"}
        story = [
            {"when": f.at, "title": titles[name], "text": f.reason, "tone": tones.get(name, "info")}
            for f in selectors.history_of(self.access, certificate)
            for name in [f.code.rpartition(".")[2]]
        ]
        today, checks = timezone.localdate(), selectors.checks_of(certificate)
        return super().get_context_data(
            certificate=certificate,
            paper_pending=certificate.document and certificate.document.state == Document.State.PENDING,
            facts=Facts.from_json(certificate.facts),
            story=story,
            may_correct=certificate.state == CertificateState.GRANTED and self.access.may(Permission.DECIDE_CERTIFICATES),
            checks=checks,
            procedures=procedure_selectors.procedures_of(self.access, certificate=certificate),
            appeals=procedure_selectors.appeals_of(self.access, certificate=certificate),
            may_change=bool(CERTIFICATE.available(certificate.state, self.access)) and certificate.application_id is not None,
            may_check=self.access.may(Permission.CHECK_CERTIFICATES),
            missed=[check.pk for check in checks if yearly.is_missed(check, today)]
            if certificate.state == CertificateState.GRANTED
            else [],
            today=today,
            **kwargs,
        )


class Look(OfCertificate):
    """The office's look at the answer of the year."""

    permission = Permission.CHECK_CERTIFICATES
    form_class = LookForm
    title = gettext_lazy("La verifica dell'anno")
    button = gettext_lazy("Va bene così")

    def act(self, form: Any) -> str:
        check = selectors.check_for(self.certificate, self.kwargs["check_id"])
        yearly.look_at_check(check=check, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        say_done(self.request, _("Verifica dell'anno guardata."))
        return self.back()


class Missed(OfCertificate):
    """The year's check was not done: the pre-notice is written, one button sends it."""

    permission = Permission.DECIDE_CERTIFICATES
    form_class = GroundsForm
    title = gettext_lazy("La verifica dell'anno non è stata fatta")
    lead = gettext_lazy(
        "Il preavviso di sospensione è già scritto: leggilo e, se va bene, preparalo. Se l'impresa ha un buon motivo, prima sentila: finché"
        " nessuno preme, il riconoscimento resta valido."
    )
    button = gettext_lazy("Prepara il preavviso")

    @cached_property
    def check(self) -> YearCheck:
        return selectors.check_for(self.certificate, self.kwargs["check_id"])

    def get_initial(self) -> dict[str, Any]:
        return {"grounds": yearly.grounds_of(self.check)}

    def act(self, form: Any) -> str:
        made = yearly.announce_missed(check=self.check, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        say_done(self.request, _("Il preavviso è pronto fra poco: va mandato all'impresa."))
        return url_of(made)


class CertificatePaper(Guarded):
    """The certificate's PDF."""

    permission = Permission.SEE_CERTIFICATES

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        certificate = selectors.certificate_for(self.access, kwargs["public_id"])
        if certificate.document is None:
            raise Http404
        return serve_document(certificate.document, by=self.access)
