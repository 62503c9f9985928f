"""Pages about framework agreements, signatures and the papers themselves."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from companies.hosts.selectors import company_for
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.models import Document
from impresasolidale.core.views import Guarded, Page, SeeOther, ServiceForm, serve_document, serve_upload
from impresasolidale.territory.rules import add_months
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.views import AsksReason

from .. import selectors, services
from ..enums import AgreementState
from ..forms import AgreementForm, CompanyChoice, ProtocolForm, SignatureForm
from ..models import FrameworkAgreement, Placement
from ..steps import AGREEMENT_STEPS
from ..transitions import AGREEMENT
from . import Confirms, paper_rights, steps_of, timeline


class Agreements(Page):
    permission = Permission.SEE_PLACEMENTS
    template_name = "agreements/agreements.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = selectors.agreements_page(self.access, self.request.GET)
        may_prepare = self.access.may(Permission.PREPARE_PLACEMENTS)
        return super().get_context_data(
            rows=page.rows,
            today=timezone.localdate(),
            form=CompanyChoice(access=self.access) if may_prepare else None,
            **page.urls(self.request.GET),
            **kwargs,
        )


class ChooseCompany(Guarded):
    """From the list's small form to the page of that company."""

    permission = Permission.PREPARE_PLACEMENTS

    def get(self, request: Any) -> HttpResponse:
        form = CompanyChoice(request.GET, access=self.access)
        if not form.is_valid():
            return SeeOther(reverse("agreements:agreements"))
        return SeeOther(reverse("agreements:agreement_new", args=[form.cleaned_data["impresa"].public_id]))


class NewAgreement(ServiceForm):
    permission = Permission.PREPARE_PLACEMENTS
    template_name = "agreements/agreement_new.html"
    form_class = AgreementForm

    @cached_property
    def company(self) -> Any:
        return company_for(self.access, self.kwargs["public_id"])

    def get_initial(self) -> dict[str, Any]:
        today = timezone.localdate()
        return {"valid_from": today, "valid_to": add_months(today, 36)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            company=self.company,
            earlier=selectors.agreements_of(self.access, self.company)[:5],
            back_url=reverse("agreements:agreements"),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        row = services.create_agreement(company=self.company, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        return reverse("agreements:agreement_detail", args=[row.public_id])


class OfAgreement:
    """`self.agreement` is the one of the URL."""

    kwargs: dict[str, Any]
    access: Any

    @cached_property
    def agreement(self) -> FrameworkAgreement:
        return selectors.agreement_for_page(self.access, self.kwargs["public_id"])

    @property
    def detail_url(self) -> str:
        return reverse("agreements:agreement_detail", args=[self.agreement.public_id])


class AgreementDetail(OfAgreement, Page):
    permission = Permission.SEE_PLACEMENTS
    template_name = "agreements/agreement_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        agreement, papers = self.agreement, selectors.papers_of(self.agreement)
        return super().get_context_data(
            agreement=agreement,
            papers=papers,
            papers_pending=any(p.is_pending for p in papers),
            placements=selectors.placements_under(self.access, agreement),
            **steps_of(AGREEMENT, AGREEMENT_STEPS, agreement, self.access, "agreements:agreement_step"),
            history=timeline(AGREEMENT, selectors.history_of(agreement)),
            **paper_rights(self.access, agreement.state == AgreementState.ISSUED),
            **kwargs,
        )


class AgreementStep(OfAgreement, Confirms):
    machine, pages = AGREEMENT, AGREEMENT_STEPS

    @property
    def row(self) -> FrameworkAgreement:
        return self.agreement


class OfDocument(AsksReason):
    """`self.document` and `self.subject`: a paper of the room and what it is about."""

    kwargs: dict[str, Any]
    access: Any

    @cached_property
    def _found(self) -> tuple[Document, Placement | FrameworkAgreement]:
        return selectors.document_for(self.access, self.kwargs["public_id"])

    @property
    def document(self) -> Document:
        return self._found[0]

    @property
    def subject(self) -> Placement | FrameworkAgreement:
        return self._found[1]

    def back_after(self, person_id: Any) -> str:
        return reverse("agreements:signing", args=[self.kwargs["public_id"]])

    def who(self) -> Beneficiary | None:
        return self.subject.beneficiary if isinstance(self.subject, Placement) else None

    @property
    def detail_url(self) -> str:
        subject = self.subject
        name = "agreements:detail" if isinstance(subject, Placement) else "agreements:agreement_detail"
        return reverse(name, args=[subject.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"document": self.document, "back_url": self.detail_url, **kwargs})  # type: ignore[misc]


class DocumentFile(OfDocument, Guarded):
    permission = Permission.SEE_PLACEMENTS

    def get(self, request: Any, **kwargs: Any) -> FileResponse:
        return serve_document(selectors.file_for(self.access, self.kwargs["public_id"]), by=self.access)


class NewSignature(OfDocument, ServiceForm):
    permission = Permission.RECORD_SIGNATURES
    template_name = "agreements/signature.html"
    form_class = SignatureForm

    @cached_property
    def missing(self) -> list[dict[str, str]]:
        return selectors.paper_of(self.document).missing

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "missing": self.missing}

    def get_initial(self) -> dict[str, Any]:
        wanted = self.request.GET.get("chi", "")
        chosen = next((s for s in self.missing if s["code"] == wanted), self.missing[0] if len(self.missing) == 1 else None)
        return {"role": chosen["code"], "signed_on": timezone.localdate()} if chosen else {"signed_on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(missing=self.missing, **kwargs)

    def act(self, form: Any) -> str:
        d = form.cleaned_data
        services.record_signature(
            document=self.document,
            role=d["role"],
            signer=d["signer"],
            signed_on=d["signed_on"],
            scan=d["file"],
            page_code=d["page_code"],
            by=self.access,
            today=timezone.localdate(),
        )
        messages.success(self.request, _("La firma è registrata."))
        return self.detail_url


class Protocol(OfDocument, ServiceForm):
    permission = Permission.RECORD_PROTOCOL
    template_name = "agreements/protocol.html"
    form_class = ProtocolForm

    def get_initial(self) -> dict[str, Any]:
        return {"direction": Document.Direction.OUT, "on": timezone.localdate()}

    def act(self, form: Any) -> str:
        services.record_document_protocol(document=self.document, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Il numero di protocollo è scritto."))
        return self.detail_url


class Scan(AsksReason, Guarded):
    permission = Permission.SEE_PLACEMENTS

    def get(self, request: Any, **kwargs: Any) -> FileResponse:
        scan = selectors.signature_for(self.access, self.kwargs["public_id"]).scan
        if scan is None:  # signed by link: there is no file
            raise Http404
        return serve_upload(scan, by=self.access)
