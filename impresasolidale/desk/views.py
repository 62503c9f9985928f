"""The first page of each role, the inbox, the overviews, the search, the outbox, the access log, the health page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from companies.hosts.selectors import company_for
from impresasolidale.accounts.access import hats_of
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core import audit
from impresasolidale.core import messages as outgoing
from impresasolidale.core.keyset import page_of
from impresasolidale.core.models import Look, Message
from impresasolidale.core.views import Action, Page, ServiceForm
from placements.agreements.selectors import placement_for
from placements.attendance.selectors.inspection import has_somebody
from placements.beneficiaries.views import AsksReason, OfPerson

from . import selectors, services
from .forms import DeliveryForm, MuteForm
from .hats import hats
from .menu import first_page
from .searching import search


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Where a day begins: who has several hats finds them on one page, anybody else on the role's own."""
    access = request.access  # type: ignore[attr-defined]
    return redirect("desk:hats" if access.has_several_hats else first_page(access.roles))


@require_GET
def own_page(request: HttpRequest) -> HttpResponse:
    """The first page of the active hat."""
    return redirect(first_page(request.access.roles))  # type: ignore[attr-defined]


class Hats(Page):
    """Everything that waits, under every hat at once."""

    template_name = "desk/hats.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        found = hats(hats_of(self.request.user), active=self.access, today=today)  # type: ignore[arg-type]
        return super().get_context_data(hats=found, today=today, inspects=has_somebody(self.access, today), **kwargs)


class Welcome(Page):
    """What who has no role in force finds here today."""

    template_name = "desk/welcome.html"


class Person(OfPerson, Page):
    """A person's placements, papers and requests: a page, and the part of the record that shows them."""

    permission = P.SEE_PEOPLE
    template_name = "desk/person.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rooms = selectors.person_rooms(self.access, self.beneficiary, timezone.localdate())
        return super().get_context_data(person=self.beneficiary, rooms=rooms, **kwargs)


class Company(Page):
    """A company's placements, agreements, trained tutors and certificates: a page, and the part of the record that shows them."""

    permission = P.SEE_COMPANIES
    template_name = "desk/company.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        company = company_for(self.access, self.kwargs["public_id"])
        rooms = selectors.company_rooms(self.access, company, timezone.localdate())
        return super().get_context_data(company=company, rooms=rooms, **kwargs)


class Inbox(Page):
    template_name = "desk/inbox.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        people = selectors.my_people(self.access, today) if self.access.may(P.SEE_PEOPLE) else []
        if people:
            audit.look(Look.Kind.LIST, people, by=self.access, place="desk:inbox")
        layout = "base_phone.html" if self.access.companies is not None else "base.html"
        return super().get_context_data(
            layout=layout,
            inbox=selectors.inbox(self.access, today),
            people=people,
            today=today,
            new_person_url=reverse("beneficiaries:new"),
            **kwargs,
        )


class Search(Page):
    template_name = "desk/search.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").strip()[:80]
        found = search(self.access, text, today=timezone.localdate())
        if found.people:
            audit.look(Look.Kind.LIST, found.people, by=self.access, place="desk:search")
        return super().get_context_data(text=text, found=found, **kwargs)


class Messages(Page):
    permission = P.SEE_MESSAGES
    template_name = "desk/messages.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sent=selectors.messages_sent(self.access), **kwargs)


class Resend(Action):
    """The same message once more."""

    permission = P.SEE_MESSAGES

    def act(self) -> str:
        outgoing.resend(message=selectors.message_for(self.access, self.kwargs["public_id"]), by=self.access)
        messages.success(self.request, _("Il messaggio riparte adesso."))
        return self.back()

    def back(self) -> str:
        return reverse("desk:messages")


class Delivery(ServiceForm):
    """What became of a message: a letter posted, a mail that came back to the office's own box."""

    permission = P.SEE_MESSAGES
    template_name = "desk/delivery.html"
    form_class = DeliveryForm

    @cached_property
    def message(self) -> Message:
        return selectors.message_for(self.access, self.kwargs["public_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "message": self.message}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(message=self.message, back_url=reverse("desk:messages"), **kwargs)

    def act(self, form: Any) -> str:
        state = Message.State(form.cleaned_data["state"])
        outgoing.record_delivery(message=self.message, state=state, words=form.cleaned_data["words"], by=self.access)
        messages.success(self.request, _("Fatto: la consegna è annotata."))
        return reverse("desk:messages")


class Mute(ServiceForm):
    """Reminders about one person or placement kept quiet to a day."""

    permission = P.MUTE_REMINDERS
    template_name = "desk/mute.html"
    form_class = MuteForm

    @property
    def subject(self) -> Any:
        raise NotImplementedError

    @property
    def back_url(self) -> str:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mute = selectors.mute_of(self.subject, timezone.localdate())
        return super().get_context_data(subject=self.subject, back_url=self.back_url, mute=mute, **kwargs)

    def act(self, form: Any) -> str:
        services.mute_reminders(subject=self.subject, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("I promemoria sono sospesi. Le scadenze di legge arrivano lo stesso."))
        return self.back_url


class MutePerson(OfPerson, Mute):
    @property
    def subject(self) -> Any:
        return self.beneficiary

    @property
    def back_url(self) -> str:
        return self.detail_url


class MutePlacement(AsksReason, Mute):
    @cached_property
    def subject(self) -> Any:
        return placement_for(self.access, self.kwargs["public_id"])

    def who(self) -> Any:
        return self.subject.beneficiary

    @property
    def back_url(self) -> str:
        return reverse("agreements:detail", args=[self.kwargs["public_id"]])

    def back_after(self, person_id: Any) -> str:
        return self.back_url


class Mutes(Page):
    """What the office keeps quiet, until when and why."""

    permission = P.MUTE_REMINDERS
    template_name = "desk/mutes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_of(selectors.mutes_list(self.access, timezone.localdate()), self.request.GET, order=("until", "id"))
        rows = selectors.with_subjects(self.access, page.rows)
        return super().get_context_data(rows=rows, **page.urls(self.request.GET), **kwargs)


class Unmute(Action):
    permission = P.MUTE_REMINDERS

    def act(self) -> str:
        services.unmute_reminders(row=selectors.mute_for(self.access, self.kwargs["public_id"]), by=self.access)
        messages.success(self.request, _("I promemoria arrivano di nuovo."))
        return self.back()

    def back(self) -> str:
        return reverse("desk:mutes")


class Health(Page):
    permission = P.SEE_HEALTH
    template_name = "desk/health.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(health=selectors.health(now=timezone.now()), **kwargs)
