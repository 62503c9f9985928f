"""Stories: those of the office, and the words that everybody may read."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look
from impresasolidale.territory.models import Comune
from placements.agreements.enums import HOSTED
from placements.agreements.models import Placement
from placements.beneficiaries.enums import ConsentKind
from placements.beneficiaries.models import Consent, Representative

from ..models import Story
from ..rules import tell_tale


@dataclass(frozen=True)
class Told:
    """A story as everybody reads it. `host` empty: the company is not named."""

    public_id: UUID
    title: str
    text: str
    host: str


def public_stories(access: Access) -> list[Told]:
    """The published stories whose consent holds at this moment, the newest first: words alone, of nobody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public_id, title, words, host FROM solidarity_fund_public_stories(%s)", [access.network_id])
        return [Told(*row) for row in cursor.fetchall()]


def _stories(access: Access) -> QuerySet[Story]:
    access.require(Permission.TELL_STORIES)
    rows = Story.objects.filter(ambito_id=access.ambito_id).select_related(
        "placement__beneficiary", "placement__company", "placement__company_tutor", "consent", "created_by", "published_by"
    )
    return rows if access.comuni is None else rows.filter(placement__beneficiary__residence_id__in=access.comuni)


def stories_page(access: Access, query: QueryDict) -> Slice:
    page = page_of(_stories(access), query, order=("-id",))
    audit.look(Look.Kind.LIST, page.rows, by=access, place="solidarity_fund:stories", subject_type=audit.type_of(Story))  # type: ignore[arg-type]
    return page


def story_for(access: Access, public_id: UUID) -> Story:
    row: Story = get_object_or_404(_stories(access), public_id=public_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place="solidarity_fund:story")
    return row


def placements_to_tell(access: Access) -> list[Placement]:
    """Whose story may be written: who is or was in a placement of the office, by name."""
    access.require(Permission.TELL_STORIES)
    rows = Placement.objects.filter(ambito_id=access.ambito_id, state__in=HOSTED).select_related("beneficiary", "company")
    if access.comuni is not None:
        rows = rows.filter(beneficiary__residence_id__in=access.comuni)
    found = list(rows.order_by("beneficiary__search_key", "-starts_on", "id"))
    audit.look(Look.Kind.LIST, found, by=access, place="solidarity_fund:new_story", subject_type=audit.type_of(Placement))  # type: ignore[arg-type]
    return found


def consent_to_tell(placement: Placement, *, on: date) -> Consent | None:
    """The person's consent to testimony that holds on that day (rule 57); None: there is none, or it was revoked."""
    rows = Consent.objects.filter(beneficiary_id=placement.beneficiary_id, kind=ConsentKind.TESTIMONY, revoked_on=None, given_on__lte=on)
    return rows.order_by("-given_on", "-id").first()


def telling_words(placement: Placement, text: str, *, names_host: bool) -> list[str]:
    """The words of a text that would say whose story it is: the person, who represents them, the tutor, the host, a place."""
    person, tutor = placement.beneficiary, placement.company_tutor
    names = [person.first_name, person.last_name, *((tutor.first_name, tutor.last_name) if tutor else ())]
    for representative in Representative.objects.filter(beneficiary_id=person.pk).order_by("id"):
        names += [representative.first_name, representative.last_name]
    places = list(Comune.objects.filter(ambito__isnull=False).order_by("name").values_list("name", flat=True))
    return tell_tale(text, names=names, hosts=[] if names_host else [placement.company.name], places=places)
