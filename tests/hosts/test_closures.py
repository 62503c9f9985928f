"""When a company is closed nobody is expected there: written by the office, planned around, taken back."""

import uuid
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from companies.hosts import services
from companies.hosts.models import Closure, Site
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.jobs import run
from impresasolidale.core.models import Fact, Job, RowChange
from impresasolidale.core.scope import scope
from placements.attendance.models import PlannedSession, Timesheet
from tests.factories import attendance as made
from tests.factories.fixtures import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _wednesday(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: date(2026, 11, 18))


@pytest.fixture
def placement(sondrio):
    company = made.make_host(sondrio)
    tutor, _user = made.make_tutor(sondrio, company)
    return made.make_running_placement(sondrio, tutor, company)


def token():
    return {"_submission": str(uuid.uuid4())}


def post(client, placement, **values):
    data = {"starts_on": "2026-12-21", "ends_on": "2026-12-31", "words": "chiusura di Natale", "site": "", **token(), **values}
    return client.post(f"/imprese/{placement.company.public_id}/chiusure/nuova/", data)


def resync(sondrio):
    job = Job.objects.get(name="attendance.resync_company")
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    return job.result


def days(placement, first, last):
    with scope(made.system(placement.ambito).scope):
        return list(
            PlannedSession.objects.filter(placement=placement, day__range=(first, last)).order_by("day").values_list("day", flat=True)
        )


@pytest.mark.django_db(transaction=True)
def test_a_closure_takes_its_days_out_of_the_plan_and_gives_them_back(signed_in, worker, sondrio, placement):
    client = signed_in(worker)
    assert days(placement, date(2026, 12, 20), date(2026, 12, 31))[0] == date(2026, 12, 21)
    response = post(client, placement)
    assert response.status_code == 303
    assert resync(sondrio) == 1
    # December 2026, Monday to Thursday without the 8th: 1 2 3 7 9 10 14 15 16 17 are left, ten days of four hours
    assert days(placement, date(2026, 12, 1), date(2026, 12, 31))[-1] == date(2026, 12, 17)
    with scope(made.system(sondrio).scope):
        assert Timesheet.objects.get(placement=placement, month=date(2026, 12, 1)).planned_minutes == 10 * 240
        closure = Closure.objects.get()
        Job.objects.all().delete()
    page = client.get(f"/imprese/{placement.company.public_id}/").content.decode()
    assert "chiusura di Natale" in page and "dal 21/12/2026 al 31/12/2026" in page
    address = f"/imprese/{placement.company.public_id}/chiusure/{closure.public_id}/togli/"
    assert "dal 21/12/2026" in client.get(address).content.decode()
    assert client.post(address, token()).status_code == 303
    assert resync(sondrio) == 1
    assert date(2026, 12, 21) in days(placement, date(2026, 12, 1), date(2026, 12, 31))
    with scope(made.system(sondrio).scope):
        assert [f.code for f in Fact.objects.filter(code__startswith="hosts.closure").order_by("id")] == [
            "hosts.closure.added",
            "hosts.closure.removed",
        ]
        assert RowChange.objects.filter(table_name="hosts_closure", operation="delete").exists()


@pytest.mark.django_db(transaction=True)
def test_a_closure_never_reaches_into_a_closed_month(signed_in, worker, sondrio, placement, user_of):
    sheet = made.whole_month(placement, date(2026, 10, 1))
    made.settle(sheet, "closed", closer=user_of(Role.SOCIAL_WORKER, sondrio, number=7))
    before = days(placement, date(2026, 10, 1), date(2026, 10, 31))
    post(signed_in(worker), placement, starts_on="2026-10-26", ends_on="2026-11-05", words="lavori")
    resync(sondrio)
    assert days(placement, date(2026, 10, 1), date(2026, 10, 31)) == before
    assert days(placement, date(2026, 11, 1), date(2026, 11, 8)) == []  # the 2nd to the 5th were planned


def test_another_site_s_closure_changes_nothing_here(sondrio, placement):
    with scope(made.system(sondrio).scope):
        other = Site.objects.create(
            network_id=sondrio.network_id, company=placement.company, name="Magazzino", address="Via 2", comune=placement.site.comune
        )
        common = {"network_id": sondrio.network_id, "company": placement.company, "words": "inventario"}
        elsewhere = Closure(site=other, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 2), **common)
        here = Closure(site=placement.site, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 2), **common)
    assert not elsewhere.holds(date(2026, 12, 1), placement.site_id)
    assert here.holds(date(2026, 12, 1), placement.site_id) and not here.holds(date(2026, 12, 3), placement.site_id)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"ends_on": "2026-12-20"}, "ends_on"),  # before the first day
        ({"ends_on": "2027-03-23"}, "ends_on"),  # 93 days
        ({"starts_on": "2026-12-05", "ends_on": "2026-12-10"}, "starts_on"),  # meets the one that is known
        ({"words": ""}, "words"),
        ({"starts_on": ""}, "starts_on"),
    ],
)
def test_what_is_refused_is_said_beside_its_field(signed_in, worker, sondrio, placement, values, field):
    client = signed_in(worker)
    post(client, placement, starts_on="2026-12-07", ends_on="2026-12-08", words="ponte")
    response = post(client, placement, **values)
    assert response.status_code == 422 and field in response.context["form"].errors
    with scope(made.system(sondrio).scope):
        assert Closure.objects.count() == 1


def test_a_long_closure_hints_at_suspending(signed_in, worker, placement):
    """Rule 52: from fifteen days on; the 21st of December to the 4th of January are fifteen."""
    client = signed_in(worker)
    post(client, placement, ends_on="2027-01-03")
    assert "vanno sospesi" not in client.get("/imprese/").content.decode()
    post(client, placement, starts_on="2027-02-01", ends_on="2027-02-15", words="lavori")
    assert "Dura 15 giorni o più" in client.get(f"/imprese/{placement.company.public_id}/").content.decode()


def test_only_who_edits_companies_writes_closures(signed_in, user_of, sondrio, placement):
    assert post(signed_in(user_of(Role.PROMOTER_TUTOR, sondrio)), placement).status_code == 403
    tutor = placement.company_tutor.user
    assert post(signed_in(tutor), placement).status_code == 403
    access = access_for(tutor)
    with scope(access.scope), pytest.raises(PermissionDenied):
        services.add_closure(company=placement.company, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 2), words="x", by=access)


def test_a_tutor_reads_the_closures_of_the_own_company_alone(sondrio, placement):
    other = made.make_host(sondrio, number=2)
    system = made.system(sondrio)
    with scope(system.scope):
        for company in (placement.company, other):
            services.add_closure(
                company=company, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 2), words="ponte", by=_as_worker(sondrio)
            )
    with scope(access_for(placement.company_tutor.user).scope):
        assert [c.company_id for c in Closure.objects.all()] == [placement.company_id]


def test_the_tutor_s_week_says_when_the_company_is_closed(signed_in, worker, sondrio, placement):
    client = signed_in(placement.company_tutor.user)
    assert "l’impresa è chiusa" not in client.get("/presenze/settimana/").content.decode()
    post(signed_in(worker), placement)
    page = client.get("/presenze/settimana/").content.decode()
    assert "dal 21 dicembre 2026 al 31 dicembre 2026: chiusura di Natale" in page


def _as_worker(ambito):
    return access_for(make_user(Role.SOCIAL_WORKER, ambito, number=33 + Closure.objects.count()))


def test_the_database_wants_the_days_in_order(sondrio, placement):
    with scope(made.system(sondrio).scope), pytest.raises(IntegrityError, match="hosts_closure_dates"), transaction.atomic():
        Closure.objects.create(
            network_id=sondrio.network_id, company=placement.company, starts_on=date(2026, 12, 2), ends_on=date(2026, 12, 1), words="x"
        )


def test_two_closures_of_two_sites_may_meet(sondrio, placement):
    by = None
    with scope(made.system(sondrio).scope):
        by = _as_worker(sondrio)
        second = Site.objects.create(
            network_id=sondrio.network_id, company=placement.company, name="Magazzino", address="Via 2", comune=placement.site.comune
        )
    with scope(by.scope):
        span = {"starts_on": date(2026, 12, 1), "ends_on": date(2026, 12, 2), "words": "ponte", "by": by, "company": placement.company}
        services.add_closure(site=placement.site, **span)
        services.add_closure(site=second, **span)
        with pytest.raises(DomainError, match="c'è già una chiusura"):
            services.add_closure(**span)
