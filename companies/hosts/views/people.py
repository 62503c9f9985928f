"""Tutors."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.models import Look
from impresasolidale.core.spreadsheets import table_response
from impresasolidale.core.views import Action, Guarded, Page, ServiceForm

from .. import forms, selectors, services
from ._base import OfCompany, VersionedEdit


def _wanted(request: HttpRequest, access: Access) -> forms.TutorFilter:
    form = forms.TutorFilter(request.GET, ambiti=selectors.ambiti_of(access))
    form.is_valid()  # a filter that cannot be read is shown with its error and left out
    return form


class Tutors(Page):
    """Who is tutor somewhere today."""

    permission = Permission.SEE_COMPANIES
    template_name = "hosts/tutors.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query, form = self.request.GET, _wanted(self.request, self.access)
        page = selectors.tutors_page(self.access, query, on=timezone.localdate(), filters=form.cleaned_data)
        return super().get_context_data(
            rows=page.rows,
            form=form,
            filtered=any(form.cleaned_data.values()),
            asked=query.urlencode(),
            pager=page.urls(query),
            **kwargs,
        )


class TutorsFile(Guarded):
    """The list as it is filtered. The look is an export."""

    permission = Permission.SEE_COMPANIES

    def get(self, request: HttpRequest, ending: str) -> Any:
        today = timezone.localdate()
        rows = list(selectors.engagements(self.access, on=today, filters=_wanted(request, self.access).cleaned_data))
        head = [
            _("Cognome"), _("Nome"), _("Mansione"), _("Posta elettronica"), _("Telefono"), _("Impresa"), _("Comune"), _("Tutor dal"),
            _("Tutor fino al"),
        ]  # fmt: skip
        cells = (
            [
                row.tutor.last_name, row.tutor.first_name, row.tutor.job_title, row.tutor.email, row.tutor.phone, row.company.name,
                str(row.company.comune), row.valid_from, row.valid_to,
            ]
            for row in rows
        )  # fmt: skip
        response = table_response(ending, name=f"tutor-{today:%Y-%m-%d}", head=head, rows=cells)
        audit.look(Look.Kind.EXPORT, [row.tutor for row in rows], by=self.access, place="hosts:tutors", subject_type="hosts.companytutor")
        return response


class NewTutor(OfCompany, ServiceForm):
    permission = Permission.EDIT_COMPANIES
    template_name = "hosts/new_tutor.html"
    form_class = forms.TutorForm

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": timezone.localdate()}

    def act(self, form: Form) -> str:
        engagement = services.engage_tutor(company=self.company, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("%(tutor)s è tutor di questa impresa. Ora puoi mandare l'invito.") % {"tutor": engagement.tutor})
        return self.back()


class EditTutor(VersionedEdit):
    template_name = "hosts/edit_tutor.html"
    form_class = forms.EditTutorForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.tutor.row_version}

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.tutor, name) for name in forms.TutorFields.base_fields}

    def act(self, form: Form) -> str:
        services.edit_tutor(tutor=self.tutor, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Le modifiche sono salvate."))
        return self.back()


class EndEngagement(OfCompany, ServiceForm):
    permission = Permission.EDIT_COMPANIES
    template_name = "confirm.html"
    form_class = forms.EndForm

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("%(tutor)s lascia l'impresa") % {"tutor": self.tutor},
            text=str(self.company),
            consequences=[
                _("Dal giorno dopo non entra più per conto di questa impresa."),
                _("La sua scheda e la sua formazione restano: la seguono anche altrove."),
                _("Se segue qualcuno in tirocinio, ricordati di indicare chi prende il suo posto."),
            ],
            action=_("Registra la fine"),
            **kwargs,
        )

    def act(self, form: Form) -> str:
        services.end_engagement(
            company=self.company, tutor=self.tutor, on=form.cleaned_data["on"], by=self.access, today=timezone.localdate()
        )
        messages.success(self.request, _("La fine dell'incarico è registrata."))
        return self.back()


class TutorInvite(OfCompany, Action):
    permission = Permission.INVITE_TUTORS

    def act(self) -> str:
        services.invite_tutor(
            company=self.company, tutor=self.tutor, by=self.access, today=timezone.localdate(), base_url=settings.BASE_URL
        )
        messages.success(self.request, _("L'invito per %(tutor)s è in partenza.") % {"tutor": self.tutor})
        return self.back()
