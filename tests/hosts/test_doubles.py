"""Records that may be one company's: found, compared, merged for the whole network, parted again, told apart."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from companies.hosts import services
from companies.hosts.models import Company, Contact, DistinctCompanies, Engagement, HostingInterest
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Fact, Job, MergeLog
from impresasolidale.core.scope import scope
from placements.agreements.models import FrameworkAgreement, Placement
from tests.factories.agreements import make_placement
from tests.factories.hosts import make_company, make_site, make_tutor

pytestmark = pytest.mark.django_db
PAIRS = reverse("hosts:pairs")


def page(name, *rows):
    return reverse(f"hosts:{name}", args=[row.public_id for row in rows])


def text_of(response):
    return response.content.decode()


@pytest.fixture
def pair(worker, within):
    """Two records that look like one company's, the older first."""
    access = within(worker)
    return make_company(access, name="Segheria Valbosco"), make_company(access, name="Segheria Val Bosco srl", phone="0342 111111")


def fresh(user, row):
    with scope(access_for(user).scope):
        return type(row).objects.get(pk=row.pk)


def choices(client, keep, drop, **changes):
    """What the merge page proposes, with changes."""
    form = client.get(page("merge_confirm", keep, drop)).context["form"]
    return {**{name: field.initial for name, field in form.fields.items()}, **changes}


def test_pairs_are_proposed_by_name_and_by_code(signed_in, worker, coordinator, within, pair):
    access = within(worker)
    make_company(access, name="Panificio Nuvola")
    for name in ("Radici e Semi", "La Carriola Blu"):  # alike for the words that many share
        make_company(access, name=f"Cooperativa sociale {name} (tipo B)")
    body = make_company(access, name="Comune di Prova", partita_iva="", tax_code=pair[0].partita_iva, kind="public_body")
    shown = signed_in(worker).get(PAIRS)
    assert shown.context["pairs"] == [(pair[0], body), (pair[0], pair[1])]
    assert page("merge_confirm", *pair) not in text_of(shown), "who may not merge is not led there"
    assert page("merge_confirm", *pair) in text_of(signed_in(coordinator).get(PAIRS))
    assert str(pair[1].public_id) in text_of(signed_in(coordinator).get(page("merge", pair[0])))


def test_the_list_of_pairs_asks_no_more_for_more(signed_in, worker, within, pair):
    client = signed_in(worker)
    client.get(PAIRS)
    with CaptureQueriesContext(connection) as one:
        client.get(PAIRS)
    access = within(worker)
    for number in range(3):
        make_company(access, name=f"Segheria Valbosco {number}")
    with CaptureQueriesContext(connection) as many:
        client.get(PAIRS)
    assert len(many) == len(one)


def test_two_that_look_alike_are_told_apart(signed_in, worker, within, pair):
    client = signed_in(worker)
    url = page("tell_apart", *pair)
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "due fratelli"}).status_code == 303
    assert client.get(PAIRS).context["pairs"] == []
    assert "due fratelli" in text_of(client.get(PAIRS, {"stato": "diverse"}))
    assert "già stata messa da parte" in text_of(client.post(page("tell_apart", pair[1], pair[0]), {"reason": "ancora"}))
    assert client.post(page("tell_apart", pair[0], pair[0]), {"reason": "x"}).status_code == 422
    within(worker)
    assert DistinctCompanies.objects.count() == 1


def test_what_every_ambito_has_there_moves_and_comes_back(signed_in, worker, stranger, coordinator, within):
    """The other Ambito's placement is out of the coordinator's reach, and moves all the same."""
    there = within(stranger)
    drop = make_company(there, name="Segheria Val Bosco srl", representative="Olga Prova", safety_declared_on=date(2025, 5, 5))
    foreign = make_placement(there, "active", company=drop, tutor=make_tutor(there, drop))
    within(worker)
    here = access_for(worker)
    with scope(here.scope):
        keep = make_company(here, name="Segheria Valbosco", representative="Olga Prova", safety_declared_on=date(2025, 5, 5))
        make_site(here, drop)
        services.note_interest(company=drop, answer="yes", said_on=timezone.localdate(), by=here, today=timezone.localdate())
    client = signed_in(coordinator)
    with scope(access_for(coordinator).scope):
        assert not Placement.objects.filter(pk=foreign.pk).exists()
    shown = client.get(page("merge_confirm", keep, drop))
    moved = dict(shown.context["moved"])
    assert (moved["tirocini"], moved["convenzioni"], moved["sedi"]) == (1, 1, 2)
    assert str(foreign.beneficiary) not in text_of(shown)
    assert fresh(coordinator, drop).merged_into_id is None, "looking merges nothing"
    Job.objects.all().delete()
    assert client.post(page("merge_confirm", keep, drop), choices(client, keep, drop)).status_code == 303
    assert fresh(stranger, foreign).company_id == keep.pk
    with scope(there.scope):
        assert set(FrameworkAgreement.objects.values_list("company_id", flat=True)) == {keep.pk}
    with scope(access_for(coordinator).scope):
        assert HostingInterest.objects.get().company_id == keep.pk
        log = MergeLog.objects.get()
        assert (log.network_id, log.ambito_id, log.created_by_id) == (keep.network_id, None, coordinator.pk)
        assert Fact.objects.filter(code="core.record.merged", subject_id=keep.pk, actor_id=coordinator.pk).exists()
    assert {job.name: job.ambito_id for job in Job.objects.all()} == {"agreements.refresh_all": None, "attendance.resync_company": None}
    shown = text_of(client.get(page("detail", keep)))
    assert "Unita a «Segheria Val Bosco srl»" in shown
    assert signed_in(stranger).get(page("detail", keep)).status_code == 200
    undo = page("undo_merge", keep, log)
    assert client.post(undo).status_code == 303
    assert fresh(stranger, foreign).company_id == drop.pk
    assert fresh(coordinator, drop).merged_into_id is None
    assert client.post(undo).status_code == 404


def test_old_links_lead_to_the_record_that_stays(signed_in, worker, stranger, coordinator, pair):
    keep, drop = pair
    chief = signed_in(coordinator)
    chief.post(page("merge_confirm", keep, drop), choices(chief, keep, drop))
    for user in (worker, coordinator, stranger):
        client = signed_in(user)
        for name in ("detail", "edit", "new_site", "new_closure", "note_interest"):
            answer = client.get(page(name, drop))
            assert (answer.status_code, answer["Location"]) == (303, page(name, keep)), name
        rooms = client.get(reverse("desk:company", args=[drop.public_id]))
        assert (rooms.status_code, rooms["Location"]) == (303, reverse("desk:company", args=[keep.public_id]))
    agreement = signed_in(worker).get(reverse("agreements:agreement_new", args=[drop.public_id]))
    assert (agreement.status_code, agreement["Location"]) == (303, reverse("agreements:agreement_new", args=[keep.public_id]))
    cover = signed_in(worker).get(reverse("agreements:new_cover"), {"impresa": drop.public_id})
    assert (cover.status_code, str(keep.public_id) in cover["Location"]) == (303, True)
    answer = signed_in(worker).post(page("new_site", drop), {"name": "Altrove"}, follow=True)
    assert "la scheda è stata unita a questa" in text_of(answer) and answer.context["company"] == keep
    assert signed_in(worker).get(reverse("hosts:list"), {"q": "Segheria"}).context["rows"] == [keep]


def test_a_chain_of_merges_leads_to_its_end(signed_in, coordinator, within, worker, pair):
    first, second = pair
    third = make_company(within(worker), name="Segheria del Bosco")
    client = signed_in(coordinator)
    client.post(page("merge_confirm", first, second), choices(client, first, second))
    client.post(page("merge_confirm", third, first), choices(client, third, first))
    assert client.get(page("detail", second))["Location"] == page("detail", third)


def test_each_value_wins_as_chosen(signed_in, coordinator, pair):
    keep, drop = pair
    client = signed_in(coordinator)
    proposed = choices(client, keep, drop)
    assert {proposed["name"], proposed["codes"], proposed["address"]} == {"kept"} and proposed["phone"] == "dropped"
    assert client.post(page("merge_confirm", keep, drop), {**proposed, "codes": "dropped", "name": "dropped"}).status_code == 303
    merged = fresh(coordinator, keep)
    assert (merged.partita_iva, merged.name, merged.phone) == (drop.partita_iva, drop.name, "0342 111111")
    assert merged.search_key == drop.search_key
    log = client.get(page("detail", keep)).context["merges"][0]
    client.post(page("undo_merge", keep, log))
    again = fresh(coordinator, keep)
    assert (again.partita_iva, again.name, again.phone) == (keep.partita_iva, keep.name, "")
    assert fresh(coordinator, drop).partita_iva == drop.partita_iva


def test_a_tutor_a_contact_and_a_user_of_both_stay_once(signed_in, worker, coordinator, within, pair):
    keep, drop = pair
    access = within(worker)
    today = timezone.localdate()
    for company in pair:
        make_tutor(access, company, with_user=False, first_name="Ivo", last_name="Larice", email="ivo@example.org")
        services.add_contact(
            company=company,
            first_name="Bea",
            last_name="Prova",
            email="bea@example.org",
            valid_from=date(2026, 1, 1),
            by=access,
            today=today,
        )
    user = services.invite_contact(
        company=keep, email="bea@example.org", first_name="Bea", last_name="Prova", by=access, today=date(2026, 1, 7),
        base_url="https://impresa.example.org",
    )  # fmt: skip
    Membership.objects.create(user=user, role=Role.COMPANY_CONTACT, network_id=access.network_id, company=drop, valid_from=date(2026, 1, 7))
    client = signed_in(coordinator)
    assert client.post(page("merge_confirm", keep, drop), choices(client, keep, drop)).status_code == 303
    within(worker)
    assert Engagement.objects.filter(company=keep).count() == 2 and Engagement.objects.get(company=keep, valid_to=None).tutor.email
    assert Contact.objects.filter(company=keep, valid_to=None).count() == 1
    assert Membership.objects.filter(company=keep, role=Role.COMPANY_CONTACT, valid_to=None).count() == 1
    log = client.get(page("detail", keep)).context["merges"][0]
    client.post(page("undo_merge", keep, log))
    within(worker)
    assert [Engagement.objects.get(company=company).valid_to for company in pair] == [None, None]
    assert [Membership.objects.get(company=company).valid_to for company in pair] == [None, None]


def test_what_cannot_be_is_refused(signed_in, worker, coordinator, user_of, sondrio, within, pair):
    keep, drop = pair
    client = signed_in(coordinator)
    assert client.post(page("merge_confirm", keep, drop), {"name": "both"}).status_code == 422
    assert client.post(page("merge_confirm", keep, keep), {}).status_code == 422
    for name, rows in (("merge", [keep]), ("merge_confirm", pair)):
        assert signed_in(worker).get(page(name, *rows)).status_code == 403
    assert signed_in(user_of(Role.PROMOTER_TUTOR, sondrio)).get(PAIRS).status_code == 403
    with pytest.raises(PermissionDenied):
        services.merge_companies(keep=keep, drop=drop, by=within(worker), today=timezone.localdate())
    assert fresh(worker, drop).merged_into_id is None


def test_after_thirty_days_it_is_too_late(signed_in, coordinator, pair):
    keep, drop = pair
    client = signed_in(coordinator)
    client.post(page("merge_confirm", keep, drop), choices(client, keep, drop))
    with scope(access_for(coordinator).scope):
        MergeLog.objects.update(created_at=timezone.now() - timedelta(days=32))
        log = MergeLog.objects.get()
    assert client.get(page("detail", keep)).context["merges"] == []
    assert "non si annulla più" in text_of(client.post(page("undo_merge", keep, log), follow=True))


def test_the_wider_scope_ends_with_the_merge(coordinator, within, pair):
    keep, drop = pair
    access = within(coordinator)
    services.merge_companies(keep=keep, drop=drop, by=access, today=timezone.localdate())
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.ambiti')")
        assert cursor.fetchone() == (f"{{{access.ambito_id}}}",)
    assert access.ambiti == frozenset({access.ambito_id}) and Company.objects.filter(merged_into=keep).count() == 1
