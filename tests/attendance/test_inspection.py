"""In case of inspection: what a company's tutor and contact open, and what they cannot."""

import json
import re
import uuid

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from companies.hosts.models import Company, Site
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Document, Look, Message
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Letterhead
from impresasolidale.territory.selectors import phone_in
from placements.agreements.enums import PlacementState as S
from placements.agreements.inspection import rows_on
from placements.agreements.models import Cover, Placement
from placements.agreements.services import record_sent, record_training, start_communication
from placements.attendance.services import portal as links
from placements.beneficiaries.models import Beneficiary
from tests.conftest import ReadingClient
from tests.factories import attendance as made
from tests.factories.agreements import make_placement
from tests.factories.fixtures import TODAY, make_user
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
URL, DATA, SINCE = "/presenze/ispezione/", "/presenze/dati-ispezione/", "2026-01-01"


@pytest.fixture
def placed(within, worker) -> Placement:
    """A running placement with signed papers and both covers."""
    return make_placement(within(worker), S.ACTIVE)


def contact_of(company: Company, number: int = 1):
    user = make_user(Role.SOCIAL_WORKER, None, number=900 + number)
    user.memberships.all().delete()
    Membership.objects.create(user=user, role=Role.COMPANY_CONTACT, network_id=company.network_id, company=company, valid_from="2020-01-01")
    return user


def test_the_tutor_and_the_contact_open_papers_covers_and_whom_to_call(signed_in, placed, sondrio, within, worker):
    by = within(worker)
    Letterhead.objects.create(ambito=sondrio, heading="Ufficio di Piano di Sondrio", lines="Piazza Campello 1\nTel. 0342 526.400")
    for user in (placed.company_tutor.user, contact_of(placed.company)):
        page = signed_in(user).get(URL)
        html = page.content.decode()
        person = placed.beneficiary
        assert f"{person.first_name} {person.last_name}" in html and "Mutua di Prova" in html and "inail-1" in html
        assert 'href="tel:0342526400"' in html and str(worker) in html and worker.email in html
        assert person.codice_fiscale not in html and person.get_target_area_display() not in html
        assert page["Cache-Control"] == "no-store"
        (proofs,) = [p.proofs for p in page.context["one"].people]
        assert [p.title for p in proofs.papers] == ["Convenzione quadro", "Progetto personalizzato"] and all(p.code for p in proofs.papers)
        assert [len(found) for found in (proofs.covers, proofs.communications, proofs.safety)] == [2, 0, 0]
        assert len(proofs.missing) == 2 and "Qui non risulta" in html
    assert by.ambito_id == placed.ambito_id


def test_the_receipt_and_the_safety_course_are_shown_when_the_office_has_written_them(signed_in, placed, within, worker):
    by = within(worker)
    start = start_communication(placement=placed, by=by)
    record_sent(communication=start, sent_on=TODAY, code="CO-77", protocol="", by=by, today=TODAY)
    record_training(
        beneficiary=placed.beneficiary, done_on=TODAY, general_hours=4, specific_hours=None, risk_class="", provider="", certificate=None,
        by=by, today=TODAY,
    )  # fmt: skip
    proofs = signed_in(placed.company_tutor.user).get(URL).context["one"].people[0].proofs
    assert "CO-77" in proofs.communications[0].words and proofs.safety[0].words.startswith("4 ore")
    assert proofs.missing == []


def test_a_withdrawn_cover_and_another_hosts_are_not_shown(signed_in, placed, within, worker):
    by = within(worker)
    Cover.objects.filter(kind="inail").update(withdrawn_at="2026-11-01T08:00Z", withdrawn_reason="Sbagliata")
    other = made.make_host(by.ambito, number=9)
    Cover.objects.create(
        ambito_id=by.ambito_id,
        kind="inail",
        company=other,
        number="altrui-1",
        insurer="Altra",
        valid_from="2026-01-01",
        valid_to="2027-12-31",
    )
    html = signed_in(placed.company_tutor.user).get(URL).content.decode()
    assert "altrui-1" not in html and "inail-1" not in html and "liability-1" in html


def test_only_who_runs_today_is_shown_and_only_of_the_own_company(signed_in, placed, bakery, other_bakery, within, worker):
    html = signed_in(bakery.user).get(URL).content.decode()
    assert bakery.placement.beneficiary.last_name in html
    for stranger in (placed, other_bakery.placement):
        assert stranger.beneficiary.last_name not in html
    with scope(access_for(bakery.user).scope):
        assert {row.placement_id for row in rows_on(TODAY)} <= {bakery.placement.pk}
        assert rows_on(bakery.placement.ends_on.replace(year=2030)) == []
    with scope(within(worker).scope):
        assert rows_on(TODAY) == []  # the office has the record itself
        Placement.objects.filter(pk=bakery.placement.pk).update(state=S.SUSPENDED)
    assert "sospeso" in signed_in(bakery.user).get(URL).content.decode()


def test_every_opening_is_a_look_with_who_was_shown(signed_in, bakery, in_sondrio):
    phone = signed_in(bakery.user)
    phone.get(URL)
    phone.get(DATA)
    looks = Look.objects.filter(actor_id=bakery.user.pk, place__startswith="attendance:inspection").order_by("id")
    assert [(look.place, look.subject_ids) for look in looks] == [
        ("attendance:inspection", [bakery.placement.pk]),
        ("attendance:inspection_kept", [bakery.placement.pk]),
    ]


def test_the_pdf_of_a_listed_paper_opens_and_no_other(signed_in, placed, other_bakery, within, worker, tmp_path, settings):
    within(worker)
    agreement = Document.objects.get(kind="agreements.framework_agreement")
    name = default_storage.save("test/convenzione.pdf", ContentFile(b"%PDF-1.4 prova"))
    Document.objects.filter(pk=agreement.pk).update(state="ready", file_name=name, file_hash="a" * 64, size=14)
    mine, theirs = signed_in(placed.company_tutor.user), signed_in(other_bakery.user)
    response = mine.get(f"{URL}carte/{agreement.public_id}/")
    assert response.status_code == 200 and b"".join(response.streaming_content).startswith(b"%PDF")
    assert f"{URL}carte/{agreement.public_id}/" in mine.get(URL).content.decode()
    assert theirs.get(f"{URL}carte/{agreement.public_id}/").status_code == 404
    assert mine.get(f"{URL}carte/{uuid.uuid4()}/").status_code == 404
    assert Look.objects.filter(actor_id=placed.company_tutor.user_id, kind="document", subject_ids=[agreement.pk]).exists()


def test_a_project_that_says_an_address_protected_since_does_not_open(signed_in, placed, within, worker):
    within(worker)
    project = Document.objects.get(kind="agreements.personal_project")
    name = default_storage.save("test/progetto.pdf", ContentFile(b"%PDF-1.4 prova"))
    Document.objects.filter(pk=project.pk).update(state="ready", file_name=name, file_hash="a" * 64, size=14)
    mine, url = signed_in(placed.company_tutor.user), f"{URL}carte/{project.public_id}/"
    assert b"".join(mine.get(url).streaming_content).startswith(b"%PDF")
    within(worker)
    address = dict(project.context["person"])["Residenza"].partition(",")[0]
    Beneficiary.objects.filter(pk=placed.beneficiary_id).update(address=address, is_address_protected=True)
    refused = mine.get(url)
    assert refused.status_code == 403 and "contiene un indirizzo protetto" in refused.content.decode()
    assert f"n. {project.number}" in mine.get(URL).content.decode()  # that there is one is shown as before


def test_the_office_and_visitors_do_not_come_in(signed_in, client, worker, bakery):
    assert signed_in(worker).get(URL).status_code == 403
    assert client.get(URL).status_code == 302 and client.get(DATA).status_code == 401
    assert signed_in(worker).get(DATA).status_code == 403


def test_with_two_sites_one_says_where_one_is(signed_in, bakery, within, sondrio):
    with scope(made.system(sondrio).scope):
        shop = Site.objects.create(
            network_id=sondrio.network_id, company=bakery.company, name="Bottega", address="Via di Prova 2", comune=bakery.company.comune
        )
        second = Placement.objects.select_related("beneficiary").get(pk=_second(sondrio, bakery, shop).pk)
    phone = signed_in(bakery.user)
    page = phone.get(URL)
    assert page.context["one"] is None and [at.site.name for at in page.context["sites"]] == ["Bottega", "Laboratorio"]
    only = phone.get(f"{URL}sede/{shop.public_id}/").content.decode()
    assert second.beneficiary.last_name in only and bakery.placement.beneficiary.last_name not in only
    assert phone.get(f"{URL}sede/{uuid.uuid4()}/").status_code == 404


def _second(sondrio, bakery, shop):
    Site.objects.filter(pk=shop.pk).update(company=made.make_host(sondrio, number=8))
    placement = made.make_running_placement(sondrio, bakery.tutor, bakery.company, number=3)
    Site.objects.filter(pk=shop.pk).update(company=bakery.company)
    Placement.objects.filter(pk=placement.pk).update(site=shop)
    return placement


# --- What the telephone keeps


def test_the_telephone_keeps_initials_numbers_and_codes_and_no_surname(signed_in, placed):
    found = signed_in(placed.company_tutor.user).get(DATA).json()
    person = placed.beneficiary
    text = json.dumps(found, ensure_ascii=False)
    (site,) = found["sites"]
    assert site["people"][0]["name"] == f"{person.first_name} {person.last_name[0]}."
    assert person.last_name not in text and person.codice_fiscale not in text
    assert any("/verifica/" in proof["check"] for proof in site["people"][0]["proofs"])
    assert "inail-1" in text and found["at"].startswith("2026-11-18") and found["holder"]


def test_who_came_by_a_link_sees_the_page_but_no_pdf(placed, within, worker):
    """The link is no password: who finds the telephone reads numbers and days, never the project itself."""
    by = within(worker)
    links.send_link(tutor=placed.company_tutor, channel=Message.Channel.EMAIL, by=by, now=timezone.now(), today=TODAY)
    found = re.search(r"/presenze/apri/([\w-]+)/", Message.objects.filter(kind=links.LINK).latest("id").body)
    assert found
    phone = ReadingClient()
    phone.get(f"/presenze/apri/{found[1]}/")
    page = phone.get(URL)
    assert "inail-1" in page.content.decode() and "/ispezione/carte/" not in page.content.decode()
    agreement = Document.objects.get(kind="agreements.framework_agreement")
    assert phone.get(f"{URL}carte/{agreement.public_id}/").status_code == 404


@pytest.mark.parametrize("people", [1, 4])
def test_the_page_costs_the_same_for_one_and_for_many(signed_in, bakery, sondrio, people):
    for number in range(2, people + 1):
        with scope(made.system(sondrio).scope):
            company_site = bakery.company.sites.get()
        made.make_running_placement(sondrio, bakery.tutor, bakery.company, number=number)
        assert company_site
    phone = signed_in(bakery.user)
    with OwnQueries() as own:
        phone.get(URL)
    assert len(own) <= 10


@pytest.mark.parametrize(
    ("lines", "phone"),
    [
        ("Piazza Campello 1\nTel. 0342 526.400", "0342 526 400"),
        ("telefono: +39 0342 1234567, PEC x@y.it", "+39 0342 1234567"),
        ("Via Roma 12, 23100 Sondrio", ""),
        ("", ""),
    ],
)
def test_the_telephone_of_an_office_is_read_from_its_letterhead(lines, phone):
    assert phone_in(lines) == phone
