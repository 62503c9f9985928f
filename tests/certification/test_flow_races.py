"""Two hands at once on one recognition, with real threads: one decision, one application, one number, one vote."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from certification.models import Application, Certificate, Vote
from certification.selectors import commission as selectors
from certification.services import applications, assessment, commission, procedures
from companies.hosts.models import Company
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.scope import scope
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.certification import hosted, make_host
from tests.factories.fixtures import TODAY, make_user
from tests.factories.recognition import checked, contact_of, filled, open_campaign, own_access, publish_scheme
from tests.treasury.test_ledger import in_threads

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker(sondrio):
    return access_for(make_user(Role.SOCIAL_WORKER, sondrio))


@pytest.fixture
def chiefs(sondrio):
    return [access_for(make_user(Role.COORDINATOR, sondrio, number=n)) for n in (1, 2)]


def made_company(worker, number=1):
    with scope(worker.scope):
        company = make_host(worker, number=number)
        hosted(worker, company, make_beneficiary(worker, number=number))
    return company


def asked(worker, company, *, level="aderente", number=1):
    ours = own_access(contact_of(company, number=number))
    with scope(ours.scope):
        row = filled(company, by=ours, level=level)
    with scope(worker.scope):
        return checked(row, by=worker)


@pytest.fixture
def ready(worker):
    company = made_company(worker)
    with scope(worker.scope):
        open_campaign(worker, publish_scheme(worker))
    return asked(worker, company)


@dataclass(frozen=True, order=True)
class Outcome:
    """How an attempt ended, and the words it was refused with: a failure tells them."""

    how: str
    words: str = field(default="", compare=False)


WON, REFUSED = Outcome("won"), Outcome("refused")


def attempt(access, act):
    try:
        with scope(access.scope):
            act()
    except (DomainError, IntegrityError) as error:
        return Outcome("refused", f"{type(error).__name__}: {error}")
    return WON


def test_two_decisions_at_once(chiefs, ready):
    def decide(n):
        by = chiefs[n % 2]
        return attempt(by, lambda: applications.grant_application(application=ready, by=by, today=TODAY))

    assert in_threads(4, decide) == [REFUSED] * 3 + [WON]
    with scope(chiefs[0].scope):
        assert Certificate.objects.count() == 1


def test_granted_while_the_company_takes_it_back(chiefs, ready):
    ours = own_access(contact_of(ready.company, number=9))

    def act(n):
        if n:
            return attempt(ours, lambda: assessment.withdraw_application(application=ready, by=ours))
        return attempt(chiefs[0], lambda: applications.grant_application(application=ready, by=chiefs[0], today=TODAY))

    assert in_threads(2, act) == [REFUSED, WON]
    with scope(chiefs[0].scope):
        assert (Application.objects.get().state == "granted") == Certificate.objects.exists()


def test_begun_twice_at_once_is_one(worker):
    company = made_company(worker)
    with scope(worker.scope):
        open_campaign(worker, publish_scheme(worker))
    people = [own_access(contact_of(company, number=n)) for n in (1, 2)]

    def begin(n):
        return attempt(people[n % 2], lambda: assessment.begin_application(company=company, by=people[n % 2], today=TODAY))

    assert in_threads(4, begin) == [REFUSED] * 3 + [WON]
    with scope(worker.scope):
        assert Application.objects.count() == 1


def test_presented_at_once_each_has_its_number(worker):
    companies = [made_company(worker, number=n) for n in (1, 2, 3)]
    with scope(worker.scope):
        open_campaign(worker, publish_scheme(worker))
    people = [own_access(contact_of(company, number=n)) for n, company in enumerate(companies)]

    def present(n):
        return attempt(people[n], lambda: filled(companies[n], by=people[n], level="aderente"))

    assert in_threads(3, present) == [WON] * 3
    with scope(worker.scope):
        assert sorted(Application.objects.values_list("number", flat=True)) == ["2026/000001", "2026/000002", "2026/000003"]
        last = Application.objects.latest("id")
        with pytest.raises(IntegrityError, match="number_once"), transaction.atomic():
            Application.objects.filter(pk=last.pk).update(number=Application.objects.earliest("id").number)


def test_revoked_while_the_next_one_is_granted(worker, chiefs, ready):
    """Either the new one takes the place of the former, or the former is gone first: never two in force, never a revoked one replaced."""
    with scope(chiefs[0].scope):
        first = applications.grant_application(application=ready, by=chiefs[0], today=TODAY)
        company = Company.objects.get(pk=first.company_id)
    again = asked(worker, company, level="aderente", number=5)

    def act(n):
        if n:
            give_up = {"certificate": first, "reason_class": "on_request", "reason": "Lo chiede"}
            return attempt(chiefs[1], lambda: procedures.give_up(by=chiefs[1], **give_up))
        return attempt(chiefs[0], lambda: applications.grant_application(application=again, by=chiefs[0], today=TODAY))

    outcomes = in_threads(2, act)
    with scope(worker.scope):
        first.refresh_from_db()
        assert first.state == ("revoked" if outcomes == [WON, WON] else "superseded")
        assert Certificate.objects.filter(state="granted").count() == 1


def test_two_hands_write_one_vote(worker, chiefs, sondrio):
    company = made_company(worker)
    with scope(worker.scope):
        open_campaign(worker, publish_scheme(worker), closes_on=date.max - timedelta(days=1))
    row = asked(worker, company, level="impresa_solidale")
    member = make_user(Role.COMMISSION_MEMBER, sondrio)
    boss = chiefs[0]
    with scope(boss.scope):
        sitting = commission.call_sitting(held_on=TODAY, starts_at=None, place="x", president=member, by=boss, today=TODAY)
        commission.put_on_agenda(sitting=sitting, applications=[row], by=boss)
        commission.open_sitting(sitting=sitting, present=[member.pk], by=boss, today=TODAY)
        [view] = selectors.agenda_of(sitting)

    def vote(n):
        by = [boss, access_for(member)][n % 2]
        return attempt(by, lambda: commission.cast_vote(item=view.item, member=member, in_favour=bool(n % 2), by=by))

    assert in_threads(4, vote) == [REFUSED] * 3 + [WON]
    with scope(boss.scope):
        assert Vote.objects.count() == 1
