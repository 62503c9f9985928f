"""A company where an Ambito places nobody for a while: seen, refused, ended by itself, lifted."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from companies.hosts import selectors, services
from companies.hosts.models import Block
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Deadline, Fact
from impresasolidale.core.scope import scope
from placements.agreements import services as agreements
from placements.agreements.models import Placement
from placements.beneficiaries.services import enter_waiting_list
from placements.matching import selectors as matching
from tests.agreements.test_pages import form_data
from tests.factories.agreements import make_placement, second_key
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.hosts import make_company, make_site, make_tutor
from tests.factories.matching import make_person_sheet, make_site_sheet

pytestmark = pytest.mark.django_db
WHY = "Tre turni saltati senza avvisare nessuno."


def page(name, *rows):
    return reverse(f"hosts:{name}", args=[row.public_id for row in rows])


def text_of(response):
    return response.content.decode()


def block(user, company, *, days=30, reason=WHY):
    access, today = access_for(user), timezone.localdate()
    with scope(access.scope):
        return services.block_company(company=company, reason=reason, ends_on=today + timedelta(days=days), by=access, today=today)


def test_a_block_is_written_seen_and_lifted(signed_in, worker, coordinator, user_of, sondrio, within):
    company, today = make_company(within(worker)), timezone.localdate()
    chief = signed_in(coordinator)
    url = page("new_block", company)
    until = today + timedelta(days=20)
    assert chief.post(url, {"ends_on": until, "reason": " "}).status_code == 422
    assert "già passato" in text_of(chief.post(url, {"ends_on": today - timedelta(days=1), "reason": WHY}))
    assert "Al massimo un anno" in text_of(chief.post(url, {"ends_on": today + timedelta(days=400), "reason": WHY}))
    assert chief.post(url, {"ends_on": until, "reason": WHY}).status_code == 303
    assert "È già bloccata" in text_of(chief.post(url, {"ends_on": until, "reason": WHY}))
    shown = text_of(signed_in(worker).get(page("detail", company)))
    assert "Bloccata da questo Ambito" in shown and WHY in shown
    educator = signed_in(user_of(Role.PROMOTER_TUTOR, sondrio))
    shown = text_of(educator.get(page("detail", company)))
    assert "Bloccata da questo Ambito" in shown and WHY not in shown, "the reason is for who places people"
    assert "bloccata" in text_of(educator.get(reverse("hosts:list")))
    within(coordinator)
    row = Block.objects.get()
    assert Deadline.objects.get(kind="hosts.block_ends").due_on == until
    lift = page("lift_block", company, row)
    assert chief.post(lift, {"reason": ""}).status_code == 422
    assert chief.post(lift, {"reason": "Ci siamo parlati."}).status_code == 303
    assert chief.post(lift, {"reason": "Ancora."}).status_code == 409
    within(coordinator)
    row.refresh_from_db()
    assert (row.lifted_on, row.lifted_by_id) == (today, coordinator.pk)
    assert Deadline.objects.get(kind="hosts.block_ends").closed_at
    assert "Bloccata da questo Ambito" not in text_of(chief.get(page("detail", company)))
    assert {"hosts.company.blocked", "hosts.company.unblocked"} <= set(Fact.objects.values_list("code", flat=True))


def test_who_may(signed_in, worker, stranger, coordinator, user_of, tirano, within):
    company = make_company(within(worker))
    row = block(coordinator, company)
    for url in (page("new_block", company), page("lift_block", company, row)):
        assert signed_in(worker).get(url).status_code == 403
    assert signed_in(user_of(Role.COORDINATOR, tirano)).get(page("lift_block", company, row)).status_code == 404
    shown = text_of(signed_in(stranger).get(page("detail", company)))
    assert "Bloccata" not in shown and WHY not in shown, "a block is one Ambito's"
    with pytest.raises(PermissionDenied):
        services.block_company(company=company, reason="x", ends_on=timezone.localdate(), by=within(worker), today=timezone.localdate())
    tutor = make_tutor(within(worker), company)
    with scope(access_for(tutor.user).scope):
        assert not Block.objects.exists(), "a company never reads its blocks"


def test_the_database_keeps_reasons_and_days(worker, coordinator, within):
    row = block(coordinator, make_company(within(worker)))
    within(coordinator)
    wrong = {
        "hosts_block_reason": {"reason": ""},
        "hosts_block_dates": {"ends_on": row.starts_on - timedelta(days=1)},
        "hosts_block_lifted": {"lifted_on": row.starts_on},
    }
    for name, values in wrong.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Block.objects.filter(pk=row.pk).update(**values)


def test_new_placements_are_refused_in_words_until_it_ends(signed_in, worker, coordinator, within):
    access = within(worker)
    today = timezone.localdate()
    person = make_beneficiary(access, number=1, today=today)
    company = make_company(access, representative="Olga Prova")
    data = form_data(access)
    data |= {
        "company": company.public_id,
        "site": make_site(access, company).public_id,
        "company_tutor": make_tutor(access, company).public_id,
    }
    block(coordinator, company, days=40)
    client, url = signed_in(worker), f"{reverse('agreements:new')}?persona={person.public_id}"
    refused = client.post(url, data)
    assert refused.status_code == 422 and "non si comincia nessun tirocinio" in text_of(refused) and WHY in text_of(refused)
    assert "Aiuto al banco" in text_of(refused), "what was typed is lost"
    with scope(access.scope):
        assert not Placement.objects.exists()
    later = form_data(access) | {name: data[name] for name in ("company", "site", "company_tutor")}
    assert client.post(url, later | {"starts_on": today + timedelta(days=41)}).status_code == 303


def test_what_was_on_its_way_is_not_validated_and_what_was_validated_goes_on(worker, coordinator, within):
    access = within(worker)
    signed = make_placement(access, "signed", number=1)
    done = make_placement(access, "validated", number=2, company=make_company(access, representative="Olga Prova"))
    for company in (signed.company, done.company):
        block(coordinator, company, days=200)
    within(worker)
    with pytest.raises(DomainError, match="non si comincia nessun tirocinio"):
        agreements.validate_placement(placement=signed, by=second_key(access), today=timezone.localdate())
    assert Placement.objects.get(pk=done.pk).state == "validated"


def test_matching_leaves_it_out_and_says_so(signed_in, worker, stranger, coordinator, within):
    access = within(worker)
    today = timezone.localdate()
    company = make_company(access, name="Segheria Nodo")
    site = make_site(access, company)
    make_site_sheet(access, site)
    person = make_beneficiary(access, today=today)
    enter_waiting_list(beneficiary=person, since=today, by=access, today=today)
    make_person_sheet(access, person)
    assert len(matching.ranked(access, beneficiaries=[person.pk], on=today)) == 1
    row = block(coordinator, company, days=10)
    within(worker)
    assert matching.ranked(access, beneficiaries=[person.pk], on=today) == []
    assert len(matching.ranked(access, beneficiaries=[person.pk], on=row.ends_on + timedelta(days=1))) == 1, "it ends by itself"
    client = signed_in(worker)
    shown = text_of(client.get(reverse("matching:person", args=[person.public_id])))
    assert "Ferme in questo Ambito" in shown and "Segheria Nodo" in shown and WHY in shown
    shown = text_of(client.get(reverse("matching:site", args=[site.public_id])))
    assert WHY in shown and "non si propone nessuno" in shown
    assert "Bloccata" not in text_of(signed_in(stranger).get(reverse("matching:site", args=[site.public_id])))


def test_a_site_that_closed_is_not_proposed_and_nobody_begins_there(signed_in, worker, within):
    access = within(worker)
    today = timezone.localdate()
    company = make_company(access, representative="Olga Prova")
    site = make_site(access, company)
    make_site_sheet(access, site)
    person = make_beneficiary(access, number=1, today=today)
    make_person_sheet(access, person)
    services.close_site(site=site, on=today, reason="trasloco", by=access)
    assert len(matching.ranked(access, beneficiaries=[person.pk], on=today)) == 1
    assert matching.ranked(access, beneficiaries=[person.pk], on=today + timedelta(days=1)) == []
    data = form_data(access)
    data |= {"company": company.public_id, "site": site.public_id, "company_tutor": make_tutor(access, company).public_id}
    refused = signed_in(worker).post(f"{reverse('agreements:new')}?persona={person.public_id}", data)
    assert refused.status_code == 422 and "Questa sede chiude il" in text_of(refused)


def test_a_site_with_people_does_not_close(signed_in, worker, stranger, within):
    there = within(stranger)
    placement = make_placement(there, "active")
    access = within(worker)
    url = page("close_site", placement.company, placement.site)
    today = timezone.localdate()
    refused = signed_in(worker).post(url, {"on": today, "reason": "trasloco"})
    assert refused.status_code == 422 and "qui c&#x27;è ancora 1 persona" in text_of(refused)
    assert str(placement.beneficiary) not in text_of(refused)
    assert selectors.site_for(access, placement.company, placement.site.public_id).closed_on is None
    assert signed_in(worker).post(url, {"on": placement.ends_on, "reason": "trasloco"}).status_code == 303


def test_nobody_stays_longer_than_the_site(worker, coordinator, within):
    """What was on its way when the site closed is not validated, and an extension ends with the site."""
    access = within(worker)
    signed = make_placement(access, "signed", number=1)
    running = make_placement(access, "active", number=2, company=make_company(access, representative="Olga Prova"))
    for placement, on in ((signed, signed.starts_on), (running, running.ends_on)):
        services.close_site(site=placement.site, on=on, reason="trasloco", by=access)
    today = timezone.localdate()
    with pytest.raises(DomainError, match="Questa sede chiude il"):
        agreements.validate_placement(placement=signed, by=second_key(access), today=today)
    running.refresh_from_db()
    asked = {"asked_by": "La tutor", "asked_on": today, "motive": "Altri mesi", "row_version": running.row_version, "by": access}
    with pytest.raises(DomainError, match="Questa sede chiude il") as refused:
        agreements.ask_extension(placement=running, until=running.ends_on + timedelta(days=30), today=today, **asked)
    assert refused.value.field == "until"
