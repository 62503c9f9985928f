"""People over the API: the list, a record, who represents them. Never the diary, the papers, what is certified, nor an assessment."""

from datetime import date
from functools import partial
from typing import Any

from django.http import QueryDict
from django.urls import path, reverse
from django.utils import timezone
from rest_framework import serializers

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.api import All, Detail, Listing, Row, Writes
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.merge import MergedAway

from . import selectors, services
from .forms.people import NewPersonForm, PeopleFilters
from .models import Beneficiary, Representative

DRAWN = Access(actor=None, network_id=None, ambito_id=None, system_reason="the schema is drawn for whoever may do most")


class PersonSerializer(Row):
    residence = serializers.CharField(source="residence.name", read_only=True)
    is_open = serializers.BooleanField(read_only=True, help_text="whether the record opens to the owner of the key without a reason")

    class Meta:
        model = Beneficiary
        fields = ("id", "first_name", "last_name", "residence", "is_open")
        read_only_fields = fields


class PersonWhole(Row):
    """What the owner of the key may read: null is a field that the role does not read."""

    residence = serializers.CharField(source="residence.name", read_only=True)
    birthplace = serializers.CharField(source="birthplace.name", read_only=True)
    address = serializers.SerializerMethodField(help_text="null: protected")
    target_area = serializers.SerializerMethodField(help_text="null: reserved")

    class Meta:
        model = Beneficiary
        fields = (
            "id", "first_name", "last_name", "codice_fiscale", "birth_date", "sex", "birthplace", "residence", "address", "phone", "email",
            "target_area", "schooling_completed", "emergency_name", "emergency_phone", "privacy_notice_on",
        )  # fmt: skip
        read_only_fields = fields

    def get_address(self, row: Beneficiary) -> str | None:
        return row.address if selectors.may_see_address(self.context["access"], row) else None

    def get_target_area(self, row: Beneficiary) -> str | None:
        return row.target_area if selectors.may_see_area(self.context["access"], row.target_area) else None


class People(Writes, Listing):
    """The people of the Ambito, by name.

    A new one takes what the page takes, from the referral to the person in charge; the owner of the key follows her. A codice fiscale that
    is known is 422; so is somebody who resembles another, until `is_other_person` says that somebody looked.
    """

    area = "people"
    permission = Permission.SEE_PEOPLE
    may_write = Permission.EDIT_PEOPLE
    serializer_class = PersonSerializer
    summary, write_summary = "People", "Register a person"
    filters = {"q": "q", "area": "area", "mine": "mie"}

    def form(self, data: QueryDict | None) -> Any:
        return PeopleFilters(data, access=DRAWN if data is None else self.access)

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        today = timezone.localdate()
        rows = selectors.list_people(self.access, text=wanted["q"], area=wanted["area"], mine=wanted["mine"], on=today)
        page = page_of(rows, query, order=["search_key", "id"], shown=partial(selectors.as_listed, self.access, on=today))
        selectors.note_list(self.access, page.rows)
        return page

    def body(self, data: QueryDict | None, target: Any = None) -> Any:
        return NewPersonForm(data, access=DRAWN if data is None else self.access, on=date.max if data is None else timezone.localdate())

    def act(self, form: Any, target: Any) -> Beneficiary:
        row = services.register_beneficiary(**form.values(), by=self.access, today=timezone.localdate())
        row.is_open = True  # type: ignore[attr-defined]
        return row


class _OfPerson:
    kwargs: dict[str, Any]
    access: Access

    def person(self) -> Beneficiary:
        row = selectors.beneficiary_for(self.access, self.kwargs["public_id"])
        if row.public_id != self.kwargs["public_id"]:
            home = reverse("beneficiaries:detail", args=[row.public_id])
            raise MergedAway(dropped=self.kwargs["public_id"], kept=row.public_id, home=home)
        selectors.note_look(self.access, row, place="beneficiaries:detail")
        return row


class OnePerson(_OfPerson, Detail):
    """A record. One that the owner of the key does not follow is 403: it opens on its page, with a reason that is kept."""

    area = "people"
    permission = Permission.SEE_PEOPLE
    serializer_class = PersonWhole
    summary = "A person"
    moves = True

    def row(self, **kwargs: Any) -> Beneficiary:
        return self.person()


class RepresentativeSerializer(Row):
    class Meta:
        model = Representative
        fields = (
            "id", "kind", "first_name", "last_name", "email", "phone", "decree", "decree_on", "powers", "powers_note", "signs_alone",
            "valid_from", "valid_to",
        )  # fmt: skip
        read_only_fields = fields


class Representatives(_OfPerson, All):
    """Who acts for a person, with the decree and its end, the last first."""

    area = "people"
    permission = Permission.SEE_PEOPLE
    serializer_class = RepresentativeSerializer
    summary = "Representatives of a person"
    moves = True

    def rows(self, wanted: dict[str, Any], **kwargs: Any) -> Any:
        return selectors.representatives_of(self.person())


urlpatterns = [
    path("people/", People.as_view(), name="person-list"),
    path("people/<uuid:public_id>/", OnePerson.as_view(), name="person-detail"),
    path("people/<uuid:public_id>/representatives/", Representatives.as_view(), name="person-representatives"),
]
