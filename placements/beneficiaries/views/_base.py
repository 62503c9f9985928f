"""What the pages about one person share: the reason asked first, the short form that goes back to the record."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.forms import VersionedForm
from impresasolidale.core.merge import MergedAway
from impresasolidale.core.views import SeeOther, ServiceForm

from .. import selectors
from ..models import Beneficiary


def keep_open(request: HttpRequest, row: Beneficiary) -> None:
    """The record stays open to this user until they sign out."""
    request.session["opened"] = sorted({*request.session.get("opened", ()), str(row.public_id)})


class AsksReason:
    """For a view that opens a person's record: where a reason is needed, go and ask for it, then come back.

    Who has just done their task on it may look at it until they sign out, though the task is over. The address of a merged record leads
    to the one that was kept.
    """

    def who(self) -> Beneficiary | None:
        """The person whose record was opened, if it is known."""
        return None

    @property
    def came_by_task(self) -> bool:
        """The user may be here for a task alone, which closes the record with it."""
        return bool(self.access.roles & selectors.TASK_ROLES)  # type: ignore[attr-defined]

    def back_after(self, person_id: UUID) -> str:
        """Where a form that could not be taken leads, once the reason is given."""
        return reverse("beneficiaries:detail", args=[person_id])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            answer = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
            if request.method == "POST" and isinstance(answer, SeeOther) and self.came_by_task and (row := self.who()):
                keep_open(request, row)
            return answer
        except selectors.ReasonNeeded as needed:
            back = request.get_full_path() if request.method == "GET" else self.back_after(needed.public_id)
            return SeeOther(f"{reverse('beneficiaries:reason', args=[needed.public_id])}?{urlencode({'next': back})}")


class OfPerson(AsksReason):
    """`self.beneficiary` is the person of the URL."""

    kwargs: dict[str, Any]
    access: Any

    @cached_property
    def beneficiary(self) -> Beneficiary:
        row = selectors.beneficiary_for(self.access, self.kwargs["public_id"])
        if row.public_id != self.kwargs["public_id"]:
            home = reverse("beneficiaries:detail", args=[row.public_id])
            raise MergedAway(dropped=self.kwargs["public_id"], kept=row.public_id, home=home)
        return row

    def who(self) -> Beneficiary:
        return self.beneficiary

    @property
    def detail_url(self) -> str:
        return reverse("beneficiaries:detail", args=[self.beneficiary.public_id])

    @property
    def lists_people(self) -> bool:
        """Whether the way back goes through the record and the list: some have one task on a person, and not the record."""
        return bool(self.access.may(Permission.SEE_PEOPLE))


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


class AboutRow(AddToPerson):
    """One short form about one record of the person; the service takes it by `row_name`."""

    row_name: str

    def rows(self) -> Any:
        """The records among which the address names one."""
        raise NotImplementedError

    @cached_property
    def row(self) -> Any:
        return selectors.one_of(self.rows(), self.kwargs["row_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        return {**kwargs, "row": self.row} if issubclass(self.get_form_class(), VersionedForm) else kwargs

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.refused(form, 409 if getattr(form, "is_stale", False) else 422)

    def act(self, form: Any) -> str:
        self.service(**{self.row_name: self.row}, **form.cleaned_data, by=self.access, today=timezone.localdate())
        messages.success(self.request, self.done)
        return self.detail_url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.row  # noqa: B018 - a record that is not there is 404 before the form is drawn
        return super().get_context_data(**kwargs)
