"""The papers of a person: a page by category, one more, one withdrawn, the file itself."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Guarded, Page, ServiceForm, serve_upload

from .. import selectors, services
from ..enums import DocumentCategory
from ..forms.case_file import DocumentForm, WithdrawForm
from ..models import PersonDocument
from ._base import AddToPerson, OfPerson


class Documents(OfPerson, Page):
    template_name = "beneficiaries/documents.html"
    permission = Permission.KEEP_CASE_FILE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person, today = self.beneficiary, timezone.localdate()
        rows = list(selectors.documents_of(self.access, person))
        selectors.note_look(self.access, person, place="beneficiaries:documents")
        held = sorted((row for row in rows if not row.withdrawn_at), key=lambda row: DocumentCategory.values.index(row.category))
        return super().get_context_data(
            person=person,
            groups=[(DocumentCategory(kind).label, list(papers)) for kind, papers in groupby(held, key=lambda row: row.category)],
            withdrawn=[row for row in rows if row.withdrawn_at],
            may_withdraw=self.access.may(Permission.EDIT_PEOPLE),
            today=today,
            **kwargs,
        )


class AddDocument(AddToPerson):
    form_class = DocumentForm
    permission = Permission.KEEP_CASE_FILE
    title = gettext_lazy("Aggiungi un documento")
    lead = gettext_lazy("Solo le carte che servono al tirocinio. Quelle della cartella sociale restano là.")
    done = gettext_lazy("Documento aggiunto.")
    service = staticmethod(services.add_document)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "access": self.access, "person": self.beneficiary}

    @property
    def detail_url(self) -> str:
        return reverse("beneficiaries:documents", args=[self.beneficiary.public_id])


class OfDocument(OfPerson):
    @cached_property
    def document(self) -> PersonDocument:
        return selectors.document_for(self.access, self.beneficiary, self.kwargs["document_id"])


class DocumentFile(OfDocument, Guarded):
    permission = Permission.KEEP_CASE_FILE

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        return serve_upload(self.document.upload, by=self.access)


class WithdrawDocument(OfDocument, ServiceForm):
    template_name = "confirm.html"
    permission = Permission.EDIT_PEOPLE
    form_class = WithdrawForm

    def act(self, form: Any) -> str:
        services.withdraw_document(document=self.document, reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, _("Documento ritirato."))
        return self.back_url

    @property
    def back_url(self) -> str:
        return reverse("beneficiaries:documents", args=[self.beneficiary.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Ritira questo documento"),
            text=f"{self.beneficiary}, {self.document.get_category_display()}",
            consequences=[_("Nessuno lo scarica più da qui."), _("Resta scritto che c’era, chi l’ha ritirato e perché.")],
            action=_("Ritira"),
            danger=True,
            back_url=self.back_url,
            **kwargs,
        )
