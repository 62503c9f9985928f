"""The register of partners."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from impresasolidale.accounts.forms import NewAccess
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.accounts.selectors import accesses_of
from impresasolidale.core.spreadsheets import file_urls, table_response
from impresasolidale.core.views import Page, serve_stored

from .. import forms, rules
from ..forms._common import choices_of
from ..forms.partners import PARTNER_FIELDS
from ..models import Partner
from ..selectors import partners as selectors
from ..services import partners as services
from ._base import MAY, InRoom, RoomForm, sections


class _Asked(InRoom):
    def asked(self) -> tuple[Any, Any, dict[str, Any]]:
        form = forms.PartnerFilter(self.request.GET or None)
        wanted = form.cleaned_data if form.is_valid() else {}
        return form, selectors.asked(self.access, wanted), wanted


class Partners(_Asked, Page):
    template_name = "projects/partners.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, rows, wanted = self.asked()
        page = selectors.partners_page(rows, self.request.GET)
        return super().get_context_data(
            filter=form,
            is_filtered=any(wanted.values()),
            partners=page.rows,
            pager=page.urls(self.request.GET),
            sections=sections("partners"),
            may_keep=self.access.may(P.KEEP_PROJECTS),
            **file_urls("projects:partners_file", self.request.GET),
            **kwargs,
        )


class PartnersFile(_Asked):
    def get(self, request: HttpRequest, kind: str) -> Any:
        _form, rows, _wanted = self.asked()
        found = list(rows.order_by("name", "id"))
        selectors.dress(found)
        head = [
            _("Partner"), _("Che cos'è"), _("Codice fiscale"), _("Ruoli"), _("Può ricevere soldi del finanziatore"), _("Posta elettronica"),
            _("Telefono"), _("Uscito il"),
        ]  # fmt: skip
        cells = [
            [
                row.name,
                row.get_kind_display(),
                row.tax_code,
                "; ".join(role.get_role_display() for role in row.held),
                _("sì") if rules.may_receive(row.kind) else _("no"),
                row.email,
                row.phone,
                row.left_on,
            ]
            for row in found
        ]
        return table_response(kind, name=f"partner-{timezone.localdate():%Y-%m-%d}", head=head, rows=cells)


class NewPartner(RoomForm):
    permission = P.KEEP_PROJECTS
    form_class = forms.PartnerForm
    title = gettext_lazy("Nuovo partner")
    lead = gettext_lazy("Un ente, una cooperativa, un'associazione che lavora con la rete.")
    button = gettext_lazy("Aggiungi al registro")

    def back(self) -> str:
        return reverse("projects:partners")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "bodies": choices_of(selectors.bodies(self.access))}

    def act(self, form: Any) -> str:
        values = dict(form.cleaned_data)
        wanted = values.pop("body")
        body = selectors.bodies(self.access).get(public_id=wanted) if wanted else None
        partner = services.add_partner(values=values, body=body, by=self.access)
        messages.success(self.request, _("Il partner è nel registro."))
        return reverse("projects:partner", args=[partner.public_id])


class AddComuni(RoomForm):
    permission = P.KEEP_PROJECTS
    form_class = forms.ComuniForm
    title = gettext_lazy("Aggiungi i Comuni della rete")
    lead = gettext_lazy("Tutti i Comuni degli Ambiti che non sono ancora nel registro, in una volta.")
    button = gettext_lazy("Aggiungi i Comuni")

    def back(self) -> str:
        return reverse("projects:partners")

    def act(self, form: Any) -> str:
        added = services.add_comuni(by=self.access, **form.cleaned_data)
        words = ngettext("Un Comune aggiunto.", "%(count)s Comuni aggiunti.", added) % {"count": added}
        messages.success(self.request, words if added else _("I Comuni ci sono già tutti."))
        return self.back()


class OfPartner(InRoom):
    @cached_property
    def partner(self) -> Partner:
        return selectors.partner_for(self.access, self.kwargs["partner_id"])

    def back(self) -> str:
        return reverse("projects:partner", args=[self.partner.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = {name: self.access.may(code) for name, code in MAY.items()}
        return super().get_context_data(**{"partner": self.partner, "may": may, **kwargs})  # type: ignore[misc]


class PartnerPage(OfPartner, Page):
    template_name = "projects/partner.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        files = selectors.files_of(self.partner)
        return super().get_context_data(
            roles=selectors.roles_of(self.partner),
            files=[{"row": f, "url": reverse("projects:partner_file", args=[self.partner.public_id, f.public_id])} for f in files],
            projects=selectors.projects_of(self.partner),
            may_receive=rules.may_receive(self.partner.kind),
            today=timezone.localdate(),
            accesses=accesses_of(self.access, timezone.localdate(), partner_id=self.partner.pk),
            may_invite=self.access.may(P.MANAGE_USERS),
            **kwargs,
        )


class _PartnerForm(OfPartner, RoomForm):
    permission = P.KEEP_PROJECTS


class EditPartner(_PartnerForm):
    form_class = forms.PartnerEdit
    title = gettext_lazy("Correggi il partner")
    button = gettext_lazy("Salva")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.partner, name) for name in PARTNER_FIELDS}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.partner.row_version}

    def act(self, form: Any) -> str:
        values = dict(form.cleaned_data)
        seen = values.pop("row_version")
        services.edit_partner(partner=self.partner, values=values, body=self.partner.body, seen=seen, by=self.access)
        messages.success(self.request, _("Il partner è corretto."))
        return self.back()

    def form_invalid(self, form: Any) -> Any:
        return self.refused(form, 409 if form.is_stale else 422)


class AddRole(_PartnerForm):
    form_class = forms.RoleForm
    title = gettext_lazy("Nuovo ruolo nella rete")
    button = gettext_lazy("Aggiungi il ruolo")

    def act(self, form: Any) -> str:
        services.add_role(partner=self.partner, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("Il ruolo è scritto."))
        return self.back()


class EndRole(_PartnerForm):
    form_class = forms.EndRoleForm
    title = gettext_lazy("Fine del ruolo")
    button = gettext_lazy("Scrivi la fine")

    def act(self, form: Any) -> str:
        role = selectors.role_for(self.partner, self.kwargs["role_id"])
        services.end_role(role=role, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("La fine del ruolo è scritta."))
        return self.back()


class AddPartnerDocument(_PartnerForm):
    form_class = forms.PartnerDocumentForm
    title = gettext_lazy("Nuovo documento del partner")
    button = gettext_lazy("Carica")

    def act(self, form: Any) -> str:
        services.add_document(partner=self.partner, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("Il documento è caricato."))
        return self.back()


class InvitePartner(_PartnerForm):
    """Somebody signs in for a partner, and reads its projects and actions."""

    permission = P.MANAGE_USERS
    form_class = NewAccess
    title = gettext_lazy("Dai un accesso")
    lead = gettext_lazy("Chi entra legge i progetti e le azioni di questo partner, e i numeri che tutti possono leggere.")
    button = gettext_lazy("Manda l'invito")

    def get_initial(self) -> dict[str, Any]:
        return {"email": self.partner.email}

    def act(self, form: Any) -> str:
        services.invite_for(partner=self.partner, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Fatto: a %(email)s è partito il link per entrare.") % {"email": form.cleaned_data["email"]})
        return self.back()


class PartnerFile(OfPartner):
    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        file = selectors.file_for(self.partner, self.kwargs["file_id"])
        named: dict[str, Any] = {"content_type": file.content_type, "filename": str(file.public_id), "as_attachment": True}
        return serve_stored(file.file_name, file, by=self.access, place="projects:partner_file", **named)
