"""What was done together: figures fit to be told, thanks that somebody else approved, a card the company agreed to, the year's page."""

import uuid
from datetime import date

import pytest

from certification.models import ImpactCard, Thanks
from certification.selectors import impact
from certification.services import impact as impact_services
from companies.hosts.models import Company
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError, FourEyesRequired
from impresasolidale.core.models import Document, Todo
from impresasolidale.core.scope import scope
from placements.agreements.enums import PlacementState as S
from placements.agreements.models import Placement
from placements.attendance.models import Timesheet
from tests.factories import attendance as made
from tests.factories.fixtures import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda value=None, *args: value.date() if value else TODAY)


@pytest.fixture
def host(sondrio):
    company = made.make_host(sondrio)
    tutor, _user = made.make_tutor(sondrio, company)
    return company, tutor


def placed(sondrio, host, number: int, year: int) -> Placement:
    company, tutor = host
    row = made.make_running_placement(
        sondrio, tutor, company, number=number, starts_on=date(year, 3, 1), ends_on=date(year, 8, 31), planned=False, exclusive=False
    )
    with scope(made.system(sondrio).scope):
        Timesheet.objects.create(
            ambito=sondrio,
            placement=row,
            month=date(year, 4, 1),
            done_minutes=600,
            planned_minutes=600,
            credited_minutes=600,
            days_present=3,
        )
    return row


def ended(sondrio, host, count: int, year: int = 2025) -> None:
    for number in range(1, count + 1):
        row = placed(sondrio, host, number, year)
        with scope(made.system(sondrio).scope):
            Placement.objects.filter(pk=row.pk).update(state=S.ENDED, ended_on=row.ends_on)


def contact_of(company: Company) -> User:
    user = User.objects.create_user("referente@example.org", "cavallo batteria graffetta", first_name="Rita", last_name="Referente")
    Membership.objects.create(
        user=user, role=Role.COMPANY_CONTACT, network_id=company.network_id, company=company, valid_from=date(2020, 1, 1)
    )
    return user


def post(client, path, **values):
    return client.post(path, {**values, "_submission": str(uuid.uuid4())})


@pytest.mark.parametrize(("count", "told"), [(4, False), (5, True)])
def test_people_and_hours_are_told_from_five_up(sondrio, host, within, worker, count, told):
    ended(sondrio, host, count)
    found = impact.impact_of(within(worker), host[0], until=TODAY, today=TODAY)
    assert (found.people, found.minutes) == ((count, count * 600) if told else (None, None))
    assert (found.since, found.years) == (2025, 2)


def test_who_is_there_now_is_never_told(sondrio, host, within, worker):
    ended(sondrio, host, 5)
    before = impact.impact_of(within(worker), host[0], until=TODAY, today=TODAY)
    made.make_running_placement(sondrio, host[1], host[0], number=7, starts_on=date(2024, 1, 8), ends_on=date(2027, 1, 7), planned=False)
    assert impact.impact_of(within(worker), host[0], until=TODAY, today=TODAY) == before


def test_a_company_where_nothing_is_over_says_no_year(sondrio, host, within, worker):
    made.make_running_placement(sondrio, host[1], host[0])
    found = impact.impact_of(within(worker), host[0], until=TODAY, today=TODAY)
    assert (found.since, found.years, found.people) == (None, 0, None)
    with pytest.raises(DomainError, match="raccontare"):
        impact_services.issue_impact(company=host[0], year=2026, by=within(worker), today=TODAY)


def test_words_are_written_by_one_and_approved_by_another(signed_in, host, worker, coordinator, within):
    company = host[0]
    page = f"/riconoscimenti/imprese/{company.public_id}/insieme/"
    assert post(signed_in(worker), f"{page}grazie/", words="Qui ho ritrovato il sorriso", voice="person").status_code == 303
    within(worker)
    thanks = Thanks.objects.get()
    assert Todo.objects.filter(kind="certification.thanks", done_at=None).exists()
    assert "ritrovato il sorriso" not in str(impact.impact_of(within(coordinator), company, until=TODAY, today=TODAY))
    assert post(signed_in(worker), f"/riconoscimenti/grazie/{thanks.public_id}/approva/").status_code == 403
    assert post(signed_in(coordinator), f"/riconoscimenti/grazie/{thanks.public_id}/approva/").status_code == 303
    assert impact.impact_of(within(coordinator), company, until=TODAY, today=TODAY).thanks[0][0] == "Qui ho ritrovato il sorriso"
    assert post(signed_in(worker), f"/riconoscimenti/grazie/{thanks.public_id}/ritira/").status_code == 303
    assert impact.impact_of(within(coordinator), company, until=TODAY, today=TODAY).thanks == []


def test_who_wrote_does_not_approve(host, coordinator, within):
    by = within(coordinator)
    thanks = impact_services.write_thanks(company=host[0], words="Grazie", voice="office", by=by)
    with pytest.raises(FourEyesRequired):
        impact_services.approve_thanks(thanks=thanks, by=by)


def test_refusing_wants_a_reason(signed_in, host, worker, coordinator, within):
    thanks = impact_services.write_thanks(company=host[0], words="Grazie a Maria", voice="office", by=within(worker))
    url = f"/riconoscimenti/grazie/{thanks.public_id}/non-approvare/"
    assert post(signed_in(coordinator), url).status_code == 422
    assert post(signed_in(coordinator), url, reason="C'è un nome").status_code == 303


def test_the_card_is_public_only_while_the_company_agrees(signed_in, client, sondrio, host, within, worker):
    company = host[0]
    ended(sondrio, host, 5)
    me = signed_in(contact_of(company))
    page = f"/la-nostra-impresa/{company.public_id}/insieme/"
    assert "apritela" in me.get(page).content.decode()
    assert post(me, f"{page}pagina/").status_code == 303
    within(worker)
    card = ImpactCard.objects.get()
    assert len(card.code) == 26 and card.agreed_by == "Rita Referente"
    public = client.get(f"/insieme/{card.code}/")
    html = public.content.decode()
    assert public.status_code == 200 and company.name in html and "noindex" in public["X-Robots-Tag"]
    assert "Rossetti" not in html and "Bianchini" not in html
    assert client.get("/insieme/AAAAAAAAAAAAAAAAAAAAAAAAAA/").status_code == 404
    assert post(me, f"{page}pagina/chiudi/").status_code == 303
    assert client.get(f"/insieme/{card.code}/").status_code == 404


def test_the_office_opens_it_with_who_agreed(signed_in, host, worker, within):
    url = f"/riconoscimenti/imprese/{host[0].public_id}/insieme/pagina/"
    assert post(signed_in(worker), url).status_code == 422
    assert post(signed_in(worker), url, agreed_by="La titolare").status_code == 303
    within(worker)
    assert ImpactCard.objects.get().agreed_by == "La titolare"


def test_the_page_of_a_year_is_frozen_and_the_contact_reaches_the_own_alone(signed_in, sondrio, host, within, worker):
    company = host[0]
    ended(sondrio, host, 5)
    url = f"/riconoscimenti/imprese/{company.public_id}/insieme/"
    assert post(signed_in(worker), f"{url}anno/", year=2030).status_code == 422
    assert post(signed_in(worker), f"{url}anno/", year=2025).status_code == 303
    within(worker)
    paper = Document.objects.get(kind=impact.PAPER)
    assert (paper.context["people"], paper.context["year"], paper.context["years"]) == (5, 2025, 1)
    contact = contact_of(company)
    mine = signed_in(contact).get(f"/la-nostra-impresa/{company.public_id}/insieme/")
    assert [p.pk for p in mine.context["papers"]] == [paper.pk]
    other = made.make_host(sondrio, number=5)
    assert signed_in(contact).get(f"/la-nostra-impresa/{other.public_id}/insieme/").status_code == 404
    with scope(access_for(contact).scope):
        assert not Document.objects.filter(pk=paper.pk).exists()


def test_the_pages_open(signed_in, host, worker, coordinator):
    company = host[0]
    for user in (worker, coordinator):
        assert signed_in(user).get(f"/riconoscimenti/imprese/{company.public_id}/insieme/").status_code == 200
    for path in ("grazie/", "anno/", "pagina/"):
        assert signed_in(worker).get(f"/riconoscimenti/imprese/{company.public_id}/insieme/{path}").status_code == 200
