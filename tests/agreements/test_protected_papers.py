"""A paper from before an address was protected: who may not read the address does not open it, by whatever door."""

from html import unescape
from typing import Any

import pytest

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Document
from placements.agreements import services
from placements.agreements.enums import PlacementState as S
from placements.agreements.models import Placement
from placements.beneficiaries.models import Beneficiary
from tests.factories.agreements import make_placement, sign_all
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import TODAY, make_user
from tests.factories.signing import ask, paper_of

from .test_links import unlocked

pytestmark = pytest.mark.django_db
WORDS = "contiene un indirizzo protetto"


@pytest.fixture
def placement(worker: Any, within: Any) -> Placement:
    """Its project says where the person lives; her address is protected only afterwards."""
    access = within(worker)
    return make_placement(access, S.TO_SIGN, person=make_beneficiary(access, number=1, address="Via Nascosta, 3"))


def protect(placement: Placement, address: str = "via nascosta 3") -> None:
    """In the letters of today: a paper is older than who tidied the record up."""
    Beneficiary.objects.filter(pk=placement.beneficiary_id).update(is_address_protected=True, address=address)


def got(client: Any, url: str) -> tuple[int, bool]:
    """How a file answers, and whether a refusal says why."""
    answer = client.get(url)
    if answer.status_code == 200:
        assert b"".join(answer.streaming_content)
        return 200, False
    return answer.status_code, WORDS in unescape(answer.content.decode())


OPEN, SHUT = (200, False), (403, True)


def urls(paper: Document) -> list[str]:
    """The file, its signed copy, and the scan of a signature on it."""
    page = f"/tirocini/documenti/{paper.public_id}/"
    copy = Document.objects.get(kind="agreements.signed_copy", subject_id=paper.pk)
    scan = paper.signatures.filter(scan__isnull=False).first()
    assert scan
    return [page, f"/tirocini/documenti/{copy.public_id}/copia-firmata/", f"/tirocini/firme/{scan.public_id}/scansione/"]


def test_the_office_opens_it_only_with_the_right_to_the_address(
    placement: Placement, worker: Any, coordinator: Any, sondrio: Any, within: Any, signed_in: Any
) -> None:
    access = within(worker)
    paper = paper_of(placement)
    sign_all(access, paper, on=TODAY)
    copy = services.issue_signed_copy(document_id=paper.pk, by=access, today=TODAY)
    Document.objects.filter(pk=copy.pk).update(
        state="ready", file_name=Document.objects.get(pk=paper.pk).file_name, file_hash="c" * 64, size=3
    )
    files, clerk = urls(paper), make_user(Role.CLERK, sondrio)
    for user in (coordinator, clerk, worker):
        assert [got(signed_in(user), url) for url in files] == [OPEN] * 3
    within(worker)
    protect(placement)
    for user in (coordinator, clerk):
        assert [got(signed_in(user), url) for url in files] == [SHUT] * 3
    assert [got(signed_in(worker), url) for url in files] == [OPEN] * 3


def test_a_paper_that_does_not_say_it_opens_to_all_as_before(
    placement: Placement, sondrio: Any, within: Any, worker: Any, signed_in: Any
) -> None:
    paper, clerk = paper_of(placement), make_user(Role.CLERK, sondrio)
    page = f"/tirocini/documenti/{paper.public_id}/"
    for today in ("Via Altrove 9", ""):  # where she lives now: the paper says where she lived
        within(worker)
        protect(placement, today)
        assert got(signed_in(clerk), page) == OPEN


@pytest.mark.parametrize(("role", "then"), [("host", SHUT), ("person", OPEN)])
def test_by_a_link_it_opens_to_the_person_alone(
    placement: Placement, worker: Any, within: Any, client: Any, role: str, then: tuple[int, bool]
) -> None:
    url = unlocked(client, ask(within(worker), paper_of(placement), role))
    assert got(client, f"{url}documento/") == OPEN
    within(worker)
    protect(placement)
    assert got(client, f"{url}documento/") == then
