"""The list of people, the record, its two forms."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.columns import chosen
from impresasolidale.core.errors import DomainError
from impresasolidale.core.keyset import page_of
from impresasolidale.core.spreadsheets import table_response
from impresasolidale.core.views import Guarded, Page, ServiceForm
from impresasolidale.territory.rules import Rules

from .. import rules, selectors, services
from ..columns import COLUMNS
from ..enums import RepresentativeKind
from ..forms.people import EditPersonForm, NewPersonForm, PeopleFilters, PrivacyNoticeForm, ReasonForm
from ..models import AREAS, Assessment, Beneficiary
from ..models.waiting import OPEN
from ..transitions import WAITING
from ._base import AddToPerson, OfPerson, keep_open
from .team import team_context


class OfPeople:
    """The list that the filters of the address ask for."""

    request: HttpRequest
    access: Any
    permission: str | None = Permission.SEE_PEOPLE

    @cached_property
    def form(self) -> PeopleFilters:
        return PeopleFilters(self.request.GET, access=self.access)

    @cached_property
    def wanted(self) -> dict[str, Any]:
        return self.form.cleaned_data if self.form.is_valid() else {}

    def rows(self) -> Any:
        wanted = {"text": self.wanted.get("q", ""), "area": self.wanted.get("area", ""), "mine": self.wanted.get("mie", False)}
        return selectors.list_people(self.access, **wanted, on=timezone.localdate())

    def columns(self) -> Any:
        return chosen("beneficiaries:list", COLUMNS, self.access).columns


class People(OfPeople, Page):
    template_name = "beneficiaries/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = partial(selectors.as_listed, self.access, on=timezone.localdate())
        page = page_of(self.rows(), self.request.GET, order=["search_key", "id"], shown=shown)
        selectors.note_list(self.access, page.rows)
        return super().get_context_data(
            form=self.form,
            people=page.rows,
            columns=self.columns(),
            is_filtered=any(self.wanted.values()),
            may_register=self.access.may(Permission.EDIT_PEOPLE),
            **page.urls(self.request.GET),
            **kwargs,
        )


class PeopleFile(OfPeople, Guarded):
    """The list as it is filtered, with the columns of the page. The look is an export."""

    def get(self, request: HttpRequest, ending: str) -> Any:
        today, columns = timezone.localdate(), self.columns()
        rows = selectors.people_file(self.access, self.rows(), on=today)
        head = [_("Cognome"), _("Nome"), *(str(column.label) for column in columns)]
        lines = ([row.last_name, row.first_name, *(column.cell(row, self.access) for column in columns)] for row in rows)
        return table_response(ending, name=f"persone-{today:%Y-%m-%d}", head=head, rows=lines)


class PersonDetail(OfPerson, Page):
    template_name = "beneficiaries/detail.html"
    permission = Permission.SEE_PEOPLE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person, today = self.beneficiary, timezone.localdate()
        selectors.note_look(self.access, person, place="beneficiaries:detail")
        representatives = list(selectors.representatives_of(person))
        book = selectors.rule_book(self.access, today)
        acting = [row for row in representatives if row.valid_to is None or row.valid_to >= today]
        return super().get_context_data(
            person=person,
            today=today,
            soon=today + timedelta(days=book.representative_reminder_days),
            age=rules.age(person.birth_date, today),
            needs_representative=rules.is_minor(person.birth_date, today) and not acting,
            area=person.get_target_area_display() if selectors.may_see_area(self.access, person.target_area) else _("area riservata"),
            may_see_address=selectors.may_see_address(self.access, person),
            may_edit=self.access.may(Permission.EDIT_PEOPLE),
            may_edit_ways=self.access.may(Permission.EDIT_PAYMENT_WAYS),
            may_place=self.access.may(Permission.PREPARE_PLACEMENTS),
            representatives=representatives,
            expired_decrees=[] if acting else [row for row in representatives if row.kind != RepresentativeKind.PARENT][:1],
            consents=list(selectors.consents_of(self.access, person)),
            **self.evidence(person, today, book),
            **self.care(person, today),
            **self.waiting(person, today),
            **team_context(self.access, person, today),
            merges=selectors.merges_of(self.access, person, on=today),
            may_merge=self.access.may(Permission.MERGE_PEOPLE),
            **kwargs,
        )

    def evidence(self, person: Beneficiary, today: date, book: Rules) -> dict[str, Any]:
        """What is certified, each with how it stands today and against the rule book's thresholds."""
        soon = today + timedelta(days=rules.EXPIRY_NOTICE_DAYS)
        evidence = []
        for row in selectors.evidence_of(self.access, person):
            tone, state = "", ""
            if row.valid_to and row.valid_to < today:
                tone, state = "bad", _("scaduta")
            elif row.valid_to and row.valid_to <= soon:
                tone, state = "warn", _("scade presto")
            numbers = [row.act_number and _("n. %(number)s") % {"number": row.act_number}, f"{row.act_on:%d/%m/%Y}", row.protocol]
            evidence.append(
                {
                    "row": row,
                    "scheme": rules.scheme_of(row.category).label,
                    "act": ", ".join(filter(None, [row.get_act_kind_display(), *numbers])),
                    "fault": rules.percent_fault(row.category, row.percent, book),
                    "tone": tone,
                    "state": state,
                }
            )
        in_force = sum(not item["tone"] or item["tone"] == "warn" for item in evidence)
        note = ngettext("%(n)d in corso", "%(n)d in corso", in_force) % {"n": in_force} if evidence else _("nessuna")
        return {"evidence": evidence, "evidence_note": note}

    def care(self, person: Beneficiary, today: date) -> dict[str, Any]:
        """Referrals, services in charge and assessments, with the areas of the latest beside those of the one before."""
        charges = [self.with_service(row) for row in selectors.charges_of(self.access, person)]
        for item in charges:
            item["is_open"] = item["row"].valid_to is None or item["row"].valid_to >= today
        assessments = list(selectors.assessments_of(self.access, person))
        latest, earlier = [*(row for row in assessments if any(getattr(row, area) for area in AREAS)), None, None][:2]
        areas = [
            {
                "label": Assessment._meta.get_field(area).verbose_name,  # type: ignore[union-attr]
                "now": getattr(latest, f"get_{area}_display")(),
                "before": getattr(earlier, f"get_{area}_display")() if earlier else "",
            }
            for area in (AREAS if latest else ())
        ]
        referrals = [self.with_service(row) for row in selectors.referrals_of(self.access, person)]
        return {
            "referrals": referrals,
            "referral_note": referrals[0]["service"] if referrals else _("nessuna"),
            "assessment_note": f"{assessments[0].made_on:%d/%m/%Y}" if assessments else _("nessuna"),
            "charges": charges,
            "charge_note": ", ".join(item["service"] for item in charges if item["is_open"]) or _("nessuno"),
            "assessments": assessments,
            "areas": areas,
            "latest": latest,
            "earlier": earlier,
        }

    def waiting(self, person: Beneficiary, today: date) -> dict[str, Any]:
        """The open wait, with the steps this user may take."""
        wait = next((row for row in selectors.waits_of(self.access, person)[:1] if row.state in OPEN), None)
        if wait is None:
            return {"wait": None, "wait_note": _("non aspetta")}
        here = [person.public_id, wait.public_id]
        days = (today - wait.since).days
        return {
            "wait": wait,
            "wait_note": ngettext("da %(n)d giorno", "da %(n)d giorni", days) % {"n": days},
            "wait_steps": [
                {"label": step.label, "url": reverse(f"beneficiaries:waiting_{step.name}", args=here), "post": not step.needs_reason}
                for step in WAITING.available(wait.state, self.access)
            ],
        }

    def with_service(self, row: Any) -> dict[str, Any]:
        seen = selectors.may_see_area(self.access, row.service)
        return {"row": row, "service": row.get_service_display() if seen else _("servizio riservato"), "is_told": seen}


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


# The list that somebody comes from, by the first of these rights they have.
WHENCE = (
    (Permission.SEE_PEOPLE, gettext_lazy("Persone"), "beneficiaries:list"),
    (Permission.SEE_PLACEMENTS, gettext_lazy("Tirocini"), "agreements:list"),
    (Permission.SEE_MONEY, gettext_lazy("Previsto, impegnato, speso"), "forecasts:list"),
)


class OpenWithReason(ServiceForm):
    """Also for who sees placements, or their money, and no people: they ask for the same reason."""

    template_name = "beneficiaries/reason.html"
    form_class = ReasonForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        services.require_sight(self.access)
        return super().dispatch(request, *args, **kwargs)

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
        keep_open(self.request, row)
        return self.next_url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        label, name = next((label, name) for right, label, name in WHENCE if self.access.may(right))
        return super().get_context_data(person=self.person, next=self.next_url, list_label=label, list_url=reverse(name), **kwargs)
