"""Pages of the recognitions for the offices."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.models import Document
from impresasolidale.core.views import Guarded, Page, ServiceForm, say_done, serve_document, serve_upload

from . import forms, selectors, services
from .models import Certificate
from .rules import Facts
from .transitions import CERTIFICATE


class CertificateList(Page):
    permission = Permission.SEE_CERTIFICATES
    template_name = "certification/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = forms.Search(self.request.GET)
        wanted = form.cleaned_data if form.is_valid() else {}
        query = self.request.GET
        page = selectors.certificates(self.access, query, state=wanted.get("state", ""), text=wanted.get("q", ""))
        return super().get_context_data(form=form, page=page, today=timezone.localdate(), **page.urls(self.request.GET), **kwargs)


class Propose(ServiceForm):
    """Companies that the data say may be recognised, each with its button."""

    permission = Permission.SEE_CERTIFICATES
    template_name = "certification/propose.html"
    form_class = forms.Propose

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = selectors.candidates(self.access, self.request.GET, today=timezone.localdate())
        may_propose = self.access.may(Permission.EDIT_COMPANIES)
        return super().get_context_data(page=page, may_propose=may_propose, **page.urls(self.request.GET), **kwargs)

    def act(self, form: Any) -> str:
        company = selectors.company_for(self.access, form.cleaned_data["company"])
        made = services.propose_certificate(company=company, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Proposta fatta. Ora decide un'altra persona del coordinamento."))
        return reverse("certification:detail", args=[made.public_id])


class CertificateDetail(Page):
    permission = Permission.SEE_CERTIFICATES
    template_name = "certification/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        certificate = selectors.certificate_for(self.access, self.kwargs["public_id"])
        names = {s.name: s.label for s in CERTIFICATE.transitions}
        titles = {"proposed": _("Proposto"), "granted": _("Riconosciuto"), "refused": _("Non riconosciuto"), "revoked": _("Revocato")}
        tones = {"granted": "ok", "refused": "bad", "revoked": "bad"}
        story = [
            {"when": f.at, "title": titles[f.code.rpartition(".")[2]], "text": f.reason, "tone": tones.get(f.to_state, "info")}
            for f in selectors.history_of(self.access, certificate)
        ]
        return super().get_context_data(
            certificate=certificate,
            paper_pending=certificate.document and certificate.document.state == Document.State.PENDING,
            facts=Facts.from_json(certificate.facts),
            story=story,
            steps=[names[s.name] for s in CERTIFICATE.available(certificate.state, self.access)],
            today=timezone.localdate(),
            has_act=selectors.act_of(certificate) is not None,
            **kwargs,
        )


class Decide(ServiceForm):
    """Recognise, refuse or revoke: whatever the state allows now."""

    permission = Permission.DECIDE_CERTIFICATES
    template_name = "certification/decide.html"
    form_class = forms.Decide

    @cached_property
    def certificate(self) -> Certificate:
        return selectors.certificate_for(self.access, self.kwargs["public_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        steps = CERTIFICATE.available(self.certificate.state, self.access)
        own = self.certificate.state == Certificate.State.PROPOSED and self.certificate.created_by_id == self.access.actor_id
        return {**super().get_form_kwargs(), "steps": steps, "own": own}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        facts = Facts.from_json(self.certificate.facts)
        return super().get_context_data(certificate=self.certificate, facts=facts, **kwargs)

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        match data["decision"]:
            case "granted":
                act = {"act": data["act"], "act_file": data.get("act_file")}
                services.grant_certificate(certificate=self.certificate, by=self.access, today=timezone.localdate(), **act)
                say_done(self.request, _("Fatto. L'attestato è in preparazione: tra un momento si può scaricare."))
            case "refused":
                services.refuse_certificate(certificate=self.certificate, by=self.access, reason=data["reason"])
                say_done(self.request, _("Proposta chiusa. Il motivo resta scritto nella storia."))
            case "revoked":
                services.revoke_certificate(certificate=self.certificate, by=self.access, reason=data["reason"])
                messages.success(self.request, _("Riconoscimento revocato. Il registro pubblico è già aggiornato."))
        return reverse("certification:detail", args=[self.certificate.public_id])


class ActFile(Guarded):
    """The copy of the outside act that was the second key."""

    permission = Permission.SEE_CERTIFICATES

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        return serve_upload(selectors.act_for(self.access, kwargs["public_id"]), by=self.access)


class CertificatePaper(View):
    """The certificate's PDF."""

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        access = request.access  # type: ignore[attr-defined]
        access.require(Permission.SEE_CERTIFICATES)
        certificate = selectors.certificate_for(access, kwargs["public_id"])
        if certificate.document is None:
            raise Http404
        return serve_document(certificate.document, by=access)
