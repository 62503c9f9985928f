"""Records that may be one person's: found, compared, merged, parted again, told apart."""

from datetime import date, timedelta

import pytest
from codicefiscale import encode
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import todos
from impresasolidale.core.models import Fact, MergeLog, Todo
from impresasolidale.core.scope import scope
from placements.beneficiaries import services
from placements.beneficiaries.enums import DiaryKind
from placements.beneficiaries.models import Beneficiary, CareMember, Consent, DistinctPair
from tests.factories.attendance import make_host, make_tutor

pytestmark = pytest.mark.django_db
PAIRS = reverse("beneficiaries:pairs")
BORN = date(1971, 5, 6)


def page(name, *people):
    return reverse(f"beneficiaries:{name}", args=[person.public_id for person in people])


def fresh(user, row):
    with scope(access_for(user).scope):
        return type(row).objects.get(pk=row.pk)


def same_day(number, *, first="Bruno", last="Cattaneo", place="Tirano"):
    """Arguments of a person born on BORN; a place makes another code of the same names."""
    return {
        "number": number, "first_name": first, "last_name": last, "is_other_person": True,
        "codice_fiscale": encode(last, first, "M", BORN.isoformat(), place), "birth_date": None,
    }  # fmt: skip


@pytest.fixture
def pair(worker, registered):
    """Two records that look like one person's, the older first."""
    return registered(worker, **same_day(1)), registered(worker, **same_day(2, last="Cataneo", place="Sondrio"), phone="0342 111111")


def choices(keep="kept", **changes):
    return {"name": keep, "identity": keep, "phone": keep, **changes}


def test_two_records_are_merged_after_a_look_and_parted_again(worker, signed_in, registered, pair):
    keep, drop = pair
    client = signed_in(worker)
    assert str(drop.public_id) in client.get(page("merge", keep)).content.decode()
    chosen = client.post(page("merge", keep), {"drop": drop.public_id})
    assert chosen["Location"] == page("merge_confirm", keep, drop)
    shown = client.get(chosen["Location"]).content.decode()
    assert keep.codice_fiscale in shown and drop.codice_fiscale in shown
    assert "valutazioni, 1" in shown
    assert "l’incarico finisce oggi" not in shown  # one referent follows both
    assert fresh(worker, drop).merged_into_id is None
    assert client.post(chosen["Location"], choices()).status_code == 303
    away = client.get(page("detail", drop))
    assert (away.status_code, away["Location"]) == (303, page("detail", keep))
    merged = client.get(away["Location"])
    assert [len(merged.context[name]) for name in ("assessments", "merges")] == [2, 1]
    undo = reverse("beneficiaries:undo_merge", args=[keep.public_id, merged.context["merges"][0].public_id])
    assert client.post(undo).status_code == 303
    assert client.get(page("detail", drop)).context["person"] == drop
    assert client.post(undo).status_code == 404
    with scope(access_for(worker).scope):
        open_referents = CareMember.objects.filter(role="referent", valid_to=None).values_list("beneficiary_id", flat=True)
        assert set(open_referents) == {keep.pk, drop.pk}
        assert Fact.objects.filter(code="core.record.merge_undone", subject_id=keep.pk).exists()


def test_the_address_of_a_merged_record_leads_to_the_other_everywhere(worker, signed_in, pair):
    keep, drop = pair
    client = signed_in(worker)
    client.post(page("merge_confirm", keep, drop), choices())
    for name in ("edit", "documents", "new_charge"):
        assert client.get(page(name, drop))["Location"] == page(name, keep)
    assert client.get(reverse("desk:diary", args=[drop.public_id]))["Location"] == reverse("desk:diary", args=[keep.public_id])


def test_each_value_wins_as_chosen_and_undoing_gives_it_back(worker, signed_in, pair):
    keep, drop = pair
    client = signed_in(worker)
    form = client.get(page("merge_confirm", keep, drop)).context["form"]
    assert {name: field.initial for name, field in form.fields.items()} == {"name": "kept", "identity": "kept", "phone": "dropped"}
    assert client.post(page("merge_confirm", keep, drop), choices(identity="dropped", phone="dropped")).status_code == 303
    merged = fresh(worker, keep)
    assert (merged.codice_fiscale, merged.birthplace, merged.phone) == (drop.codice_fiscale, drop.birthplace, "0342 111111")
    assert (merged.last_name, merged.row_version) == (keep.last_name, keep.row_version + 1)
    with scope(access_for(worker).scope):
        assert keep.codice_fiscale not in str(MergeLog.objects.get().changed)
        Beneficiary.objects.filter(pk=keep.pk).update(phone="0342 222222")  # somebody corrected it since
        log = MergeLog.objects.get()
    assert client.post(reverse("beneficiaries:undo_merge", args=[keep.public_id, log.public_id])).status_code == 303
    again = fresh(worker, keep)
    assert (again.codice_fiscale, again.codice_fiscale_hash, again.phone) == (keep.codice_fiscale, keep.codice_fiscale_hash, "0342 222222")
    assert fresh(worker, drop).codice_fiscale == drop.codice_fiscale
    assert client.get(page("detail", drop)).status_code == 200


def test_a_choice_that_is_missing_or_unknown_is_said_beside_it(worker, signed_in, pair):
    keep, drop = pair
    response = signed_in(worker).post(page("merge_confirm", keep, drop), {"name": "other", "identity": "kept"})
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"name", "phone"}
    assert fresh(worker, drop).merged_into_id is None


def test_what_both_have_and_one_may_not_have_twice_is_refused_in_words(worker, signed_in, pair):
    keep, drop = pair
    with scope(access_for(worker).scope):
        for person in pair:
            Consent.objects.create(ambito_id=person.ambito_id, beneficiary=person, kind="images", given_on=date(2026, 1, 1))
    response = signed_in(worker).post(page("merge_confirm", keep, drop), choices())
    assert response.status_code == 422
    assert "Questo consenso c’è già." in response.content.decode()
    assert fresh(worker, drop).merged_into_id is None
    with scope(access_for(worker).scope):
        assert CareMember.objects.filter(beneficiary=drop, role="referent", valid_to=None).exists()


def test_what_waits_for_both_waits_once(worker, signed_in, pair):
    keep, drop = pair
    access = access_for(worker)
    with scope(access.scope):
        for person in pair:
            todos.ask(kind="prova.cosa", subject=person, title="Prova", url="/", role=Role.SOCIAL_WORKER, by=access)
        todos.ask(kind="prova.altra", subject=drop, title="Prova", url="/", role=Role.SOCIAL_WORKER, by=access)
    client = signed_in(worker)
    client.post(page("merge_confirm", keep, drop), choices())

    def waiting(person):
        with scope(access.scope):
            return sorted(Todo.objects.filter(subject_id=person.pk, kind__startswith="prova", done_at=None).values_list("kind", flat=True))

    assert (waiting(keep), waiting(drop)) == (["prova.altra", "prova.cosa"], [])
    log = client.get(page("detail", keep)).context["merges"][0]
    client.post(reverse("beneficiaries:undo_merge", args=[keep.public_id, log.public_id]))
    assert (waiting(keep), waiting(drop)) == (["prova.cosa"], ["prova.altra", "prova.cosa"])


def test_without_a_referent_of_its_own_the_record_takes_the_other_s(worker, signed_in, pair):
    keep, drop = pair
    with scope(access_for(worker).scope):
        CareMember.objects.filter(beneficiary=keep).update(role="educator")
    signed_in(worker).post(page("merge_confirm", keep, drop), choices())
    with scope(access_for(worker).scope):
        assert CareMember.objects.filter(beneficiary=keep, role="referent", valid_to=None).count() == 1


def test_of_two_referents_the_kept_record_s_stays(worker, user_of, sondrio, signed_in, pair):
    keep, drop = pair
    colleague = user_of(Role.SOCIAL_WORKER, sondrio, number=2)
    with scope(access_for(worker).scope):
        CareMember.objects.filter(beneficiary=drop).update(user=colleague)
        CareMember.objects.create(ambito_id=drop.ambito_id, beneficiary=drop, user=worker, role="member", valid_from=timezone.localdate())
    client = signed_in(worker)
    assert f"Per {colleague} l’incarico finisce oggi" in client.get(page("merge_confirm", keep, drop)).content.decode()
    client.post(page("merge_confirm", keep, drop), choices())
    with scope(access_for(worker).scope):
        rows = CareMember.objects.filter(beneficiary=keep, role="referent").order_by("id").values_list("user", "valid_to")
        assert list(rows) == [(worker.pk, None), (colleague.pk, timezone.localdate())]


def test_the_diary_of_both_is_read_together_and_stays_each_one_s_own(worker, signed_in, pair, today):
    keep, drop = pair
    access = access_for(worker)
    with scope(access.scope):
        for person, text in zip(pair, ("Chiamata la sede", "Sentito il tutor"), strict=True):
            services.write_diary_entry(
                beneficiary=person, kind=DiaryKind.CALL, happened_at=timezone.now(), text=text, by=access, today=timezone.localdate()
            )
    client = signed_in(worker)
    client.post(page("merge_confirm", keep, drop), choices())
    read = client.get(reverse("desk:diary", args=[keep.public_id])).content.decode()
    assert "Chiamata la sede" in read and "Sentito il tutor" in read
    log = client.get(page("detail", keep)).context["merges"][0]
    client.post(reverse("beneficiaries:undo_merge", args=[keep.public_id, log.public_id]))
    assert "Sentito il tutor" not in client.get(reverse("desk:diary", args=[keep.public_id])).content.decode()
    assert "Sentito il tutor" in client.get(reverse("desk:diary", args=[drop.public_id])).content.decode()


def test_after_a_month_a_merge_is_not_undone(worker, signed_in, pair):
    keep, drop = pair
    client = signed_in(worker)
    client.post(page("merge_confirm", keep, drop), choices())
    with scope(access_for(worker).scope):
        log = MergeLog.objects.get()
        MergeLog.objects.update(created_at=timezone.now() - timedelta(days=40))
    assert client.get(page("detail", keep)).context["merges"] == []
    response = client.post(reverse("beneficiaries:undo_merge", args=[keep.public_id, log.public_id]), follow=True)
    assert "non si annulla più" in response.content.decode()
    assert fresh(worker, drop).merged_into_id == keep.pk


def test_a_code_given_anew_keeps_the_records_together(worker, signed_in, registered, pair):
    keep, drop = pair
    client = signed_in(worker)
    client.post(page("merge_confirm", keep, drop), choices())
    registered(worker, **same_day(3, last="Cataneo", place="Sondrio"))
    log = client.get(page("detail", keep)).context["merges"][0]
    response = client.post(reverse("beneficiaries:undo_merge", args=[keep.public_id, log.public_id]), follow=True)
    assert "non può stare con le due schede separate" in response.content.decode()
    assert fresh(worker, drop).merged_into_id == keep.pk


def test_a_forged_double_is_refused(worker, user_of, sondrio, stranger, signed_in, registered):
    colleague = user_of(Role.SOCIAL_WORKER, sondrio, number=2)
    keep, closed, foreign = registered(worker), registered(colleague, number=2), registered(stranger, number=3)
    client = signed_in(worker)
    assert client.post(page("merge", keep), {"drop": foreign.public_id}).status_code == 422
    assert [client.post(page("merge_confirm", keep, row)).status_code for row in (foreign, closed, keep)] == [404, 303, 422]
    assert fresh(worker, keep).merged_into is None


# --- The pairs of the Ambito


def test_pairs_are_listed_and_a_twin_is_told_apart_for_good(worker, coordinator, signed_in, registered, pair):
    first, second = pair
    registered(worker, number=5)
    registered(worker, **same_day(4, first="Zeno", last="Quadrio"))  # born that day, another name
    client = signed_in(coordinator)
    found = client.get(PAIRS)
    assert found.context["pairs"] == [(first, second)]
    assert page("merge_confirm", first, second) in found.content.decode()
    apart = page("tell_apart", second, first)
    assert "Cattaneo Bruno" in client.get(apart).content.decode()
    blank = client.post(apart, {"reason": ""})
    assert (blank.status_code, blank.context["form"].errors.keys()) == (422, {"reason"})
    assert client.post(apart, {"reason": "Fratelli gemelli"}).status_code == 303
    assert client.get(PAIRS).context["pairs"] == []
    told = client.get(PAIRS, {"stato": "diverse"}).content.decode()
    assert "Fratelli gemelli" in told and str(coordinator) in told
    again = client.post(apart, {"reason": "Ancora"})
    assert (again.status_code, "già stata messa da parte" in again.content.decode()) == (422, True)
    with scope(access_for(worker).scope):
        assert DistinctPair.objects.get().first == first
        assert Fact.objects.filter(code="beneficiaries.pair.told_apart").exists()


def test_a_merged_or_foreign_pair_is_not_listed(worker, coordinator, stranger, signed_in, registered, pair):
    registered(stranger, **same_day(1), is_checked_elsewhere=True)
    registered(stranger, **same_day(2, last="Cataneo", place="Sondrio"), is_checked_elsewhere=True)
    assert len(signed_in(coordinator).get(PAIRS).context["pairs"]) == 1
    signed_in(worker).post(page("merge_confirm", *pair), choices())
    assert "Nessuna scheda doppia" in signed_in(coordinator).get(PAIRS).content.decode()
    assert signed_in(worker).get(page("tell_apart", *pair)).status_code == 404


def test_pairs_of_my_people_alone(worker, user_of, sondrio, signed_in, pair):
    colleague = user_of(Role.SOCIAL_WORKER, sondrio, number=2)
    assert len(signed_in(worker).get(PAIRS, {"mie": "on"}).context["pairs"]) == 1
    assert "Nessuna fra le tue persone" in signed_in(colleague).get(PAIRS, {"mie": "on"}).content.decode()


def test_a_coordinator_gives_a_reason_before_comparing(coordinator, signed_in, pair):
    response = signed_in(coordinator).get(page("merge_confirm", *pair))
    assert response["Location"].startswith(page("reason", pair[0]))


@pytest.mark.parametrize("role", [Role.PROMOTER_TUTOR, Role.CLERK, Role.COMUNE_OFFICER])
def test_others_neither_see_pairs_nor_merge(role, worker, sondrio, user_of, signed_in, pair):
    client = signed_in(user_of(role, sondrio))
    assert client.get(PAIRS).status_code == 403
    for name in ("merge_confirm", "tell_apart"):
        assert client.post(page(name, *pair)).status_code == 403
    assert fresh(worker, pair[1]).merged_into is None


def test_a_company_user_sees_nothing_of_it(worker, signed_in, sondrio, pair):
    with scope(access_for(worker).scope):
        _tutor, user = make_tutor(sondrio, make_host(sondrio))
    client = signed_in(user)
    assert client.get(PAIRS).status_code == 403
    assert client.get(page("merge_confirm", *pair)).status_code in {403, 404}


def test_the_pairs_cost_the_same_for_one_and_for_many(worker, signed_in, registered, pair):
    client = signed_in(worker)
    client.get(PAIRS)
    with CaptureQueriesContext(connection) as one:
        client.get(PAIRS)
    for number, place in enumerate(("Morbegno", "Chiavenna", "Bormio"), 10):
        registered(worker, **same_day(number, place=place))
    client.get(PAIRS)
    with CaptureQueriesContext(connection) as many:
        assert len(client.get(PAIRS).context["pairs"]) == 10
    assert len(many) == len(one)
