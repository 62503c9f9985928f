"""A worker killed in the middle of a run of awards: every company gets its certificate, none gets two, the files have them all."""

import hashlib
import zipfile
from collections import Counter
from typing import Any

import pytest
from django.db import connection

from certification.models import Application, AwardRun, Certificate
from certification.services import applications
from certification.services import papers as services
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Document, Job, NumberSeries
from impresasolidale.core.scope import scope
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.certification import hosted, make_host
from tests.factories.fixtures import TODAY, make_user
from tests.support import database
from tests.support.servers import House, wait

pytestmark = [pytest.mark.fault, pytest.mark.deep, pytest.mark.django_db(transaction=True)]
HELD = {"no job is both over and waiting"}


@pytest.fixture(autouse=True)
def invariants(transactional_db: None) -> Any:
    """Of placements that are plain rows: what is asked of them is the awards, their papers and the work."""
    yield
    assert [row for row in database.violations(connection.settings_dict["NAME"]) if row[0] in HELD] == []


@pytest.mark.parametrize(("many", "kills"), [(25, 2), pytest.param(500, 10, marks=pytest.mark.deep)])
def test_a_worker_killed_amid_a_run_awards_each_once(house: House, sondrio: Any, many: int, kills: int) -> None:
    checker, boss = make_user(Role.SOCIAL_WORKER, sondrio), make_user(Role.COORDINATOR, sondrio)
    by, decider = access_for(checker), access_for(boss)
    with scope(by.scope):
        rows = []
        for number in range(1, many + 1):
            company = make_host(by, number=number)
            hosted(by, company, make_beneficiary(by, number=number))
            rows.append(applications.propose_application(company=company, by=by, today=TODAY))
    Job.objects.all().delete()
    with scope(decider.scope):
        run = services.order_awards(applications=[row.public_id for row in rows], by=decider, today=TODAY)
    house.start("broker", "dispatcher", "worker")
    cut = 0
    for _ in range(kills):
        wait(lambda: Job.objects.filter(state="running").exists(), 60, "some awards or a paper being made")
        house.kill("worker")
        cut += Job.objects.filter(state="running").count()
        house.start("worker")
    wait(house.all_over, 90 + many, "every award, every paper, the files")
    assert cut, "the worker was killed too late to prove anything"
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
    with scope(decider.scope):
        found = Counter(Certificate.objects.values_list("application_id", flat=True))
        assert found == Counter(Application.objects.values_list("pk", flat=True)) and len(found) == many
        papers = Document.objects.filter(kind="certification.certificate")
        assert sorted(p.number for p in papers) == [f"2026/{n:06d}" for n in range(1, many + 1)]
        assert {p.state for p in papers} == {"ready"}
        done = AwardRun.objects.get(pk=run.pk)
        assert (done.done, done.total) == (many, many) and done.finished_at
    assert NumberSeries.objects.get(kind="certification.certificate").last == many
    stored = house.folder / "media" / done.zip_name
    assert hashlib.sha256(stored.read_bytes()).hexdigest() == done.zip_hash
    with zipfile.ZipFile(stored) as archive:
        assert len(archive.namelist()) == many
        sealed = {hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    assert sealed == {p.file_hash for p in papers}
    assert len(house.files("certification/certificate/**/*.pdf")) == many
    assert len(house.files("certification/award_run/**/*")) == 2
