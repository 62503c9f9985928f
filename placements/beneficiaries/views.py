"""Pages about people. A record outside one's own cases is asked for with a reason first."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import merge
from impresasolidale.core.errors import DomainError
from impresasolidale.core.forms import Form
from impresasolidale.core.keyset import page_of
from impresasolidale.core.views import Action, Page, SeeOther, ServiceForm

from . import rules, selectors, services
from .forms import (
    AssessmentForm,
    CareMemberForm,
    ChargeForm,
    DoubleForm,
    EditPersonForm,
    NewPersonForm,
    PeopleFilters,
    PrivacyNoticeForm,
    ReasonForm,
    RepresentativeForm,
)
from .models import Beneficiary


class AsksReason:
    """For a view that opens a person's record: where a reason is needed, go and ask for it, then come back."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except selectors.ReasonNeeded as needed:
            back = request.get_full_path() if request.method == "GET" else reverse("beneficiaries:detail", args=[needed.public_id])
            return SeeOther(f"{reverse('beneficiaries:reason', args=[needed.public_id])}?{urlencode({'next': back})}")


class OfPerson(AsksReason):
    """`self.beneficiary` is the person of the URL."""

    kwargs: dict[str, Any]
    access: Any

    @cached_property
    def beneficiary(self) -> Beneficiary:
        return selectors.beneficiary_for(self.access, self.kwargs["public_id"])

    @property
    def detail_url(self) -> str:
        return reverse("beneficiaries:detail", args=[self.beneficiary.public_id])


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


class AddToPerson(OfPerson, ServiceForm):
    """One short form that adds something to the person and goes back to the record."""

    template_name = "beneficiaries/add.html"
    permission = Permission.EDIT_PEOPLE
    title: Any
    lead: Any = ""
    done: Any
    wants: tuple[str, ...] = ()  # which of access, on the form takes
    service: Any
    today_in: str = ""  # the date field that starts with today

    def get_initial(self) -> dict[str, Any]:
        return {self.today_in: timezone.localdate()} if self.today_in else {}

    def get_form_kwargs(self) -> dict[str, Any]:
        known = {"access": self.access, "on": timezone.localdate()}
        return {**super().get_form_kwargs(), **{name: known[name] for name in self.wants}}

    def act(self, form: Any) -> str:
        self.service(beneficiary=self.beneficiary, **form.cleaned_data, by=self.access, today=timezone.localdate())
        messages.success(self.request, self.done)
        return self.detail_url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(person=self.beneficiary, title=self.title, lead=self.lead, back_url=self.detail_url, **kwargs)


class AddRepresentative(AddToPerson):
    form_class = RepresentativeForm
    title = gettext_lazy("Chi la rappresenta")
    done = gettext_lazy("Rappresentante aggiunto.")
    service = staticmethod(services.add_representative)
    today_in = "valid_from"


class TakeInCharge(AddToPerson):
    form_class = ChargeForm
    wants = ("access",)
    title = gettext_lazy("Presa in carico")
    lead = gettext_lazy("Deve coprire tutto il periodo del tirocinio.")
    done = gettext_lazy("Presa in carico registrata.")
    service = staticmethod(services.take_in_charge)
    today_in = "valid_from"


class RecordAssessment(AddToPerson):
    form_class = AssessmentForm
    title = gettext_lazy("Valutazione del servizio sociale")
    lead = gettext_lazy("Il progetto personalizzato parte da qui.")
    done = gettext_lazy("Valutazione registrata.")
    service = staticmethod(services.record_assessment)


class GivePrivacyNotice(AddToPerson):
    form_class = PrivacyNoticeForm
    title = gettext_lazy("Informativa sulla privacy")
    lead = gettext_lazy("Basta consegnarla e spiegarla: il consenso non serve.")
    done = gettext_lazy("Informativa registrata.")
    service = staticmethod(services.give_privacy_notice)
    today_in = "given_on"


class JoinCareTeam(AddToPerson):
    form_class = CareMemberForm
    wants = ("access", "on")
    title = gettext_lazy("Aggiungi all’équipe")
    lead = gettext_lazy("Chi è nell’équipe apre la scheda senza scrivere un motivo. Il nuovo referente prende il posto di quello di prima.")
    done = gettext_lazy("Équipe aggiornata.")
    service = staticmethod(services.join_care_team)


class ChooseDouble(OfPerson, ServiceForm):
    """First step of a merge: which record is a double of this one."""

    template_name = "beneficiaries/doubles.html"
    permission = Permission.EDIT_PEOPLE
    form_class = DoubleForm

    @cached_property
    def doubles(self) -> Any:
        return selectors.possible_doubles(self.access, self.beneficiary, on=timezone.localdate())

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "doubles": self.doubles}

    def act(self, form: Any) -> str:
        return reverse("beneficiaries:merge_confirm", args=[self.beneficiary.public_id, form.cleaned_data["drop"].public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(person=self.beneficiary, back_url=self.detail_url, has_doubles=self.doubles.exists(), **kwargs)


class MergePeople(OfPerson, ServiceForm):
    """Second step: what would move, then the merge."""

    template_name = "confirm.html"
    permission = Permission.EDIT_PEOPLE
    form_class = Form

    @cached_property
    def drop(self) -> Beneficiary:
        return selectors.beneficiary_for(self.access, self.kwargs["other_id"])

    def act(self, form: Any) -> str:
        services.merge_beneficiaries(keep=self.beneficiary, drop=self.drop, by=self.access)
        messages.success(self.request, _("Le due schede sono una sola. Se è stato un errore, qui sotto puoi annullare."))
        return self.detail_url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        moved = ", ".join(f"{name}: {count}" for name, count in merge.preview(self.beneficiary, self.drop))
        return super().get_context_data(
            title=_("Unire queste due schede?"),
            text=_("Resta la scheda di %(keep)s, codice fiscale %(code)s.")
            % {"keep": self.beneficiary, "code": self.beneficiary.codice_fiscale},
            consequences=[
                _("La scheda di %(drop)s, codice fiscale %(code)s, non si vede più negli elenchi.")
                % {"drop": self.drop, "code": self.drop.codice_fiscale},
                _("Passa alla scheda che resta: %(moved)s.") % {"moved": moved or _("nulla")},
                _("Si può annullare."),
            ],
            action=_("Unisci le schede"),
            danger=True,
            back_url=self.detail_url,
            **kwargs,
        )


class UndoMerge(OfPerson, Action):
    permission = Permission.EDIT_PEOPLE

    def act(self) -> str:
        services.undo_merge(log=selectors.merge_of(self.access, self.beneficiary, self.kwargs["log_id"]), by=self.access)
        messages.success(self.request, _("Unione annullata: le schede sono di nuovo due."))
        return self.detail_url

    def back(self) -> str:
        return self.detail_url


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
