"""A paper from before an address was protected: who may not read the address does not open it, by whatever door, and does not sign it."""

from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict
from impresasolidale.core.models import Document
from placements.agreements import services
from placements.agreements.enums import PlacementState as S
from placements.agreements.models import Placement, SignatureRequest
from placements.beneficiaries.models import Beneficiary
from tests.factories.agreements import make_placement, sign_all
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import TODAY, make_user
from tests.factories.signing import ask, paper_of, png

from .test_links import page, sign, unlocked

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


def renewed(access: Any, placement: Placement) -> Document:
    """As the page of the signatures says: back to a draft, proposed, with new papers."""
    services.return_to_draft(placement=placement, reason="L'indirizzo è protetto", by=access, today=TODAY)
    for service in (services.propose_placement, services.issue_papers):
        placement.refresh_from_db()
        service(placement=placement, by=access, today=TODAY)
    return paper_of(placement)


def test_who_may_not_read_it_does_not_sign_it_and_the_new_papers_are_signed(
    placement: Placement, worker: Any, within: Any, client: Any
) -> None:
    asked = ask(within(worker), paper_of(placement), "host")
    url = unlocked(client, asked)
    assert "Firmo" in page(client, url)
    within(worker)
    protect(placement)
    html = page(client, url)
    assert "va rifatto" in html and "has_read" not in html and "Nascosta" not in html
    refused = sign(client, url, asked)
    assert refused.status_code == 409 and "va rifatto" in refused.content.decode()
    assert client.post(f"{url}non-firmo/", {"reason": "x"}).status_code == 303
    access = within(worker)
    with pytest.raises(Conflict, match="chi non può leggerlo non lo firma"):  # the page was open when it was protected
        services.sign_by_link(
            request=asked, context_hash=asked.document.context_hash, has_read=True, address="", agent="", by=access,
            now=timezone.now(), today=TODAY,
        )  # fmt: skip
    assert not asked.document.signatures.exists()
    again = ask(access, renewed(access, placement), "host")
    assert "sostituita" in page(client, url)
    url = unlocked(client, again)
    assert got(client, f"{url}documento/") == OPEN
    assert sign(client, url, again).status_code == 303
    assert again.document.signatures.get().role == "host"


def test_the_person_signs_it_by_link(placement: Placement, worker: Any, within: Any, client: Any) -> None:
    asked = ask(within(worker), paper_of(placement))
    protect(placement)
    url = unlocked(client, asked)
    assert sign(client, url, asked).status_code == 303
    within(worker)
    assert asked.document.signatures.get().role == "person"


def test_who_signed_before_reads_that_they_signed_without_the_paper(placement: Placement, worker: Any, within: Any, client: Any) -> None:
    asked = ask(within(worker), paper_of(placement), "host")
    url = unlocked(client, asked)
    sign(client, url, asked)
    assert f"{url}documento/" in page(client, url)
    within(worker)
    protect(placement)
    html = page(client, url)
    assert "Hai firmato" in html and f"{url}documento/" not in html


def test_the_page_of_the_signatures_says_why_it_waits_and_what_to_do(
    placement: Placement, worker: Any, within: Any, signed_in: Any
) -> None:
    access = within(worker)
    paper = paper_of(placement)
    office, url = signed_in(worker), f"/tirocini/documenti/{paper.public_id}/firme/"
    html = office.get(url).content.decode()
    assert "vanno rifatte" not in html and "Manda il collegamento" in html and 'firme/host/"' in html
    within(worker)
    protect(placement)
    html = unescape(office.get(url).content.decode())
    assert "Queste carte vanno rifatte" in html and "Riporta il tirocinio in bozza" in html
    assert 'firme/host/"' not in html and "firme/host/tablet/" not in html and 'firme/person/"' in html
    refused = office.post(f"{url}host/", {"channel": "email", "address": "impresa@example.org"})
    assert refused.status_code == 409 and "Vanno preparate carte nuove" in unescape(refused.content.decode())
    within(worker)
    drawn: dict[str, Any] = {"drawing": png(), "identity": "card", "has_read": True, "now": timezone.now(), "today": TODAY}
    with pytest.raises(Conflict, match="chi non può leggerlo"):
        services.record_drawn(document=paper, role="host", by=access, **drawn)
    new = renewed(access, placement)
    assert "vanno rifatte" not in office.get(f"/tirocini/documenti/{new.public_id}/firme/").content.decode()


def test_who_may_not_read_it_is_not_reminded_of_it(placement: Placement, worker: Any, within: Any) -> None:
    access = within(worker)
    paper = paper_of(placement)
    rows = [ask(access, paper, role, address=f"{role}@example.org") for role in ("host", "person")]
    protect(placement)
    half = rows[0].asked_at + (rows[0].expires_at - rows[0].asked_at) * 2 / 3
    services.chase_signatures(by=access, now=half)
    assert {row.role for row in SignatureRequest.objects.exclude(reminded_at=None)} == {"person"}
