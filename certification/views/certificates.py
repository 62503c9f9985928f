"""Pages of the recognitions that were given, for the offices."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.models import Document
from impresasolidale.core.views import Guarded, Page, ServiceForm, serve_document

from ..enums import CertificateState
from ..forms import certificates as forms
from ..models import Certificate
from ..rules import Facts
from ..selectors import certificates as selectors
from ..services import certificates as services
from ..transitions import CERTIFICATE


class CertificateList(Page):
    permission = Permission.SEE_CERTIFICATES
    template_name = "certification/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = forms.Search(self.request.GET)
        wanted = form.cleaned_data if form.is_valid() else {}
        query = self.request.GET
        page = selectors.certificates(self.access, query, state=wanted.get("state", ""), text=wanted.get("q", ""))
        may_decide = self.access.may(Permission.DECIDE_CERTIFICATES)
        return super().get_context_data(
            form=form, page=page, today=timezone.localdate(), may_decide=may_decide, **page.urls(self.request.GET), **kwargs
        )


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
            "superseded": _("Sostituito da uno più recente"),
            "corrected": _("Corretto e riemesso"),
            "imported": _("Scritto dall'elenco di allora"),
        }
        tones = {"awarded": "ok", "resumed": "ok", "suspended": "warn", "revoked": "bad"}
        story = [
            {"when": f.at, "title": titles[name], "text": f.reason, "tone": tones.get(name, "info")}
            for f in selectors.history_of(self.access, certificate)
            for name in [f.code.rpartition(".")[2]]
        ]
        return super().get_context_data(
            certificate=certificate,
            paper_pending=certificate.document and certificate.document.state == Document.State.PENDING,
            facts=Facts.from_json(certificate.facts),
            story=story,
            steps=CERTIFICATE.available(certificate.state, self.access),
            may_correct=certificate.state == CertificateState.GRANTED and self.access.may(Permission.DECIDE_CERTIFICATES),
            today=timezone.localdate(),
            **kwargs,
        )


class ChangeCertificate(ServiceForm):
    """Suspend, give back or take back: whatever the state allows now."""

    permission = Permission.DECIDE_CERTIFICATES
    template_name = "certification/change.html"
    form_class = forms.Change

    @cached_property
    def certificate(self) -> Certificate:
        return selectors.certificate_for(self.access, self.kwargs["public_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "steps": CERTIFICATE.available(self.certificate.state, self.access)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        facts = Facts.from_json(self.certificate.facts)
        return super().get_context_data(certificate=self.certificate, facts=facts, **kwargs)

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        why = {"reason_class": data["reason_class"], "reason": data["reason"]}
        match data["step"]:
            case "suspended":
                services.suspend_certificate(certificate=self.certificate, by=self.access, **why)
                messages.success(self.request, _("Riconoscimento sospeso. Il registro pubblico è già aggiornato."))
            case "resumed":
                services.resume_certificate(certificate=self.certificate, by=self.access, reason=data["reason"])
                messages.success(self.request, _("La sospensione è tolta: il riconoscimento vale di nuovo."))
            case "revoked":
                services.revoke_certificate(certificate=self.certificate, by=self.access, **why)
                messages.success(self.request, _("Riconoscimento revocato. Il registro pubblico è già aggiornato."))
        return reverse("certification:detail", args=[self.certificate.public_id])


class CertificatePaper(Guarded):
    """The certificate's PDF."""

    permission = Permission.SEE_CERTIFICATES

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        certificate = selectors.certificate_for(self.access, kwargs["public_id"])
        if certificate.document is None:
            raise Http404
        return serve_document(certificate.document, by=self.access)
