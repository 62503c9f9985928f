"""The list of people, the record, its two forms."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.errors import DomainError
from impresasolidale.core.keyset import page_of
from impresasolidale.core.views import Page, ServiceForm

from .. import rules, selectors, services
from ..forms.people import EditPersonForm, NewPersonForm, PeopleFilters, PrivacyNoticeForm, ReasonForm
from ..models import Beneficiary
from ._base import AddToPerson, OfPerson


class People(Page):
    template_name = "beneficiaries/list.html"
    permission = Permission.SEE_PEOPLE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = PeopleFilters(self.request.GET, access=self.access)
        wanted = form.cleaned_data if form.is_valid() else {}
        rows = selectors.list_people(
            self.access,
            text=wanted.get("q", ""),
            area=wanted.get("area", ""),
            mine=wanted.get("mie", False),
            on=timezone.localdate(),
        )
        page = page_of(rows, self.request.GET, order=["search_key", "id"])
        selectors.note_list(self.access, page.rows)
        return super().get_context_data(
            form=form,
            people=[self.row(person) for person in page.rows],
            is_filtered=any(wanted.values()),
            may_register=self.access.may(Permission.EDIT_PEOPLE),
            **page.urls(self.request.GET),
            **kwargs,
        )

    def row(self, person: Any) -> dict[str, Any]:
        area = person.get_target_area_display() if selectors.may_see_area(self.access, person.target_area) else _("area riservata")
        referent = person.referents[0].user if person.referents else ""
        return {"person": person, "area": area if person.is_open else "", "referent": referent}


class PersonDetail(OfPerson, Page):
    template_name = "beneficiaries/detail.html"
    permission = Permission.SEE_PEOPLE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person, today = self.beneficiary, timezone.localdate()
        selectors.note_look(self.access, person, place="beneficiaries:detail")
        representatives = list(selectors.representatives_of(person))
        return super().get_context_data(
            person=person,
            age=rules.age(person.birth_date, today),
            needs_representative=rules.is_minor(person.birth_date, today) and not representatives,
            area=person.get_target_area_display() if selectors.may_see_area(self.access, person.target_area) else _("area riservata"),
            may_see_address=selectors.may_see_address(self.access, person),
            may_edit=self.access.may(Permission.EDIT_PEOPLE),
            may_place=self.access.may(Permission.PREPARE_PLACEMENTS),
            representatives=representatives,
            referrals=[self.with_service(row) for row in selectors.referrals_of(self.access, person)],
            charges=[self.with_service(row) for row in selectors.charges_of(self.access, person)],
            assessments=list(selectors.assessments_of(self.access, person)),
            care_team=list(selectors.care_team_of(self.access, person)),
            merges=list(selectors.merges_of(self.access, person)),
            **kwargs,
        )

    def with_service(self, row: Any) -> dict[str, Any]:
        seen = selectors.may_see_area(self.access, row.service)
        return {"row": row, "service": row.get_service_display() if seen else _("servizio riservato")}


class PersonForm(ServiceForm):
    """Shared by the two forms of a person: refusals that show an existing record or ask for a tick."""

    permission = Permission.EDIT_PEOPLE
    refusal: DomainError | None = None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "access": self.access, "on": timezone.localdate()}

    def call(self, form: Any) -> Beneficiary:
        raise NotImplementedError

    def act(self, form: Any) -> str:
        try:
            row = self.call(form)
        except DomainError as refusal:
            self.refusal = refusal
            if refusal.field in form.ticks:
                form.ask(refusal.field)
            raise
        return reverse("beneficiaries:detail", args=[row.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = getattr(self.refusal, "people", None) or [getattr(self.refusal, "existing", None)]
        return super().get_context_data(alike=list(filter(None, people)), **kwargs)


class NewPerson(PersonForm):
    template_name = "beneficiaries/new.html"
    form_class = NewPersonForm

    def call(self, form: Any) -> Beneficiary:
        row = services.register_beneficiary(**form.values(), by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Fatto: %(person)s è registrata e la segui tu.") % {"person": row})
        return row


class EditPerson(OfPerson, PersonForm):
    template_name = "beneficiaries/edit.html"
    form_class = EditPersonForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = {**super().get_form_kwargs(), "beneficiary": self.beneficiary}
        kwargs.pop("initial")
        return kwargs

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.refused(form, 409 if form.is_stale else 422)

    def call(self, form: Any) -> Beneficiary:
        row = services.update_beneficiary(beneficiary=self.beneficiary, **form.values(), by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Modifiche salvate."))
        return row

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(person=self.beneficiary, back_url=self.detail_url, **kwargs)


class GivePrivacyNotice(AddToPerson):
    form_class = PrivacyNoticeForm
    title = gettext_lazy("Informativa sulla privacy")
    lead = gettext_lazy("Basta consegnarla e spiegarla: il consenso non serve.")
    done = gettext_lazy("Informativa registrata.")
    service = staticmethod(services.give_privacy_notice)
    today_in = "given_on"


class OpenWithReason(ServiceForm):
    template_name = "beneficiaries/reason.html"
    permission = Permission.SEE_PEOPLE
    form_class = ReasonForm

    @cached_property
    def person(self) -> Beneficiary:
        return selectors.closed_beneficiary_for(self.access, self.kwargs["public_id"])

    @property
    def next_url(self) -> str:
        wanted = self.request.POST.get("next") or self.request.GET.get("next", "")
        if url_has_allowed_host_and_scheme(wanted, {self.request.get_host()}, require_https=self.request.is_secure()):
            return wanted
        return reverse("beneficiaries:detail", args=[self.person.public_id])

    def act(self, form: Any) -> str:
        row = services.open_with_reason(public_id=self.person.public_id, reason=form.words(), by=self.access)
        self.request.session["opened"] = sorted({*self.request.session.get("opened", ()), str(row.public_id)})
        return self.next_url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(person=self.person, next=self.next_url, back_url=reverse("beneficiaries:list"), **kwargs)
