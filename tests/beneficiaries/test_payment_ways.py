"""How a person gets her money: each way with what it needs, from a day on, with its history, shown by its ends."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Look, MergeLog, RowChange
from impresasolidale.core.scope import scope
from impresasolidale.territory.selectors import lead_body
from placements.beneficiaries import services
from placements.beneficiaries.enums import PaymentKind, Power, RepresentativeKind
from placements.beneficiaries.models import PaymentWay, Representative
from placements.beneficiaries.rules import masked_iban
from tests.factories.fixtures import make_user
from tests.factories.liquidations import IBANS

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 1)


def page(name, person, *more):
    return reverse(f"beneficiaries:{name}", args=[person.public_id, *more])


def form(**changes):
    return {"kind": "own_iban", "valid_from": DAY.isoformat(), "iban": IBANS[0], **changes}


def ways(user, person):
    with scope(access_for(user).scope):
        return list(PaymentWay.objects.filter(beneficiary=person).order_by("valid_from", "pk"))


@pytest.fixture
def person(worker, registered):
    return registered(worker)


@pytest.fixture
def client(signed_in, worker):
    return signed_in(worker)


def test_the_way_back_goes_only_where_one_may_go(client, sondrio, signed_in, person):
    record, people = (reverse(f"beneficiaries:{name}", args=args) for name, args in (("detail", [person.public_id]), ("list", [])))
    assert f'href="{record}"' in client.get(page("payment_ways", person)).content.decode()
    theirs = signed_in(make_user(Role.CLERK, sondrio, number=7))
    assert theirs.post(reverse("beneficiaries:reason", args=[person.public_id]), {"why": "check"}).status_code == 303
    for name in ("payment_ways", "new_payment_way"):
        answer = theirs.get(page(name, person))
        shown = answer.content.decode()
        assert answer.status_code == 200 and "Come riceve i soldi" in shown
        assert f'href="{record}"' not in shown and f'href="{people}"' not in shown


def test_an_account_of_her_own_from_a_day(client, worker, person):
    assert "Ancora niente" in client.get(page("payment_ways", person)).content.decode()
    spaced = " ".join(IBANS[0][n : n + 4] for n in range(0, 27, 4)).lower()
    answer = client.post(page("new_payment_way", person), form(iban=spaced))
    assert answer["Location"] == page("payment_ways", person)
    (way,) = ways(worker, person)
    assert (way.iban, way.holder, way.holder_code) == (IBANS[0], "Bruno Cattaneo", person.codice_fiscale)
    shown = client.get(page("payment_ways", person)).content.decode()
    assert "IT60 … 3456" in shown and IBANS[0] not in shown
    assert IBANS[0] in client.get(page("payment_ways", person) + "?intero=1").content.decode()
    with scope(access_for(worker).scope):
        assert set(Look.objects.filter(place__startswith="beneficiaries:payment_ways").values_list("place", flat=True)) == {
            "beneficiaries:payment_ways", "beneficiaries:payment_ways:whole",
        }  # fmt: skip
        assert IBANS[0] not in str(list(RowChange.objects.filter(table_name="beneficiaries_paymentway").values_list("changes", flat=True)))


def test_a_new_way_ends_the_one_before(client, worker, person):
    client.post(page("new_payment_way", person), form())
    later = DAY + timedelta(days=40)
    client.post(page("new_payment_way", person), form(valid_from=later.isoformat(), iban=IBANS[1]))
    first, second = ways(worker, person)
    assert (first.valid_to, second.valid_to) == (later - timedelta(days=1), None)
    for day in (later, DAY, DAY - timedelta(days=1)):
        refused = client.post(page("new_payment_way", person), form(valid_from=day.isoformat()))
        assert refused.status_code == 422 and "già un modo che vale dal" in refused.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"iban": ""}, "Scrivi l’IBAN."),
        ({"iban": "IT60X0542811101000000123457"}, "Questo IBAN non è valido"),
        ({"iban": "IT60"}, "Un IBAN"),
        ({"kind": "cash", "holder": ""}, "Scrivi il nome di chi riceve."),
        ({"kind": "cash", "holder": "Carla Neri"}, "Scrivi il codice fiscale"),
        ({"kind": "cash", "holder": "Carla Neri", "holder_code": "ABC"}, "16 caratteri"),
        ({"kind": "supplier", "holder": "Ottica Prova"}, "Scrivi il codice fiscale"),
        ({"kind": "repr_iban"}, "Scegli il rappresentante che tiene il conto."),
        ({"kind": "body"}, "Scegli chi anticipa i soldi."),
        ({"valid_from": "1960-01-01"}, "prima della nascita"),
    ],
)
def test_what_is_missing_or_wrong_is_said_beside_its_field(client, worker, person, changes, words):
    answer = client.post(page("new_payment_way", person), form(**changes))
    assert answer.status_code == 422 and words in answer.content.decode().replace("&#x27;", "'")
    assert ways(worker, person) == []


def test_cash_goes_to_a_named_person_and_has_no_account(client, worker, person):
    client.post(page("new_payment_way", person), form(kind="cash", holder="Carla Neri", holder_code=person.codice_fiscale))
    (way,) = ways(worker, person)
    assert (way.kind, way.iban, way.holder) == (PaymentKind.CASH, None, "Carla Neri")


def test_a_co_operative_that_advances_is_refunded(client, worker, person, sondrio):
    body = lead_body(sondrio)
    client.post(page("new_payment_way", person), form(kind="body", body=str(body.pk)))
    (way,) = ways(worker, person)
    assert (way.body, way.holder, way.holder_code) == (body, body.name, body.tax_code)


@pytest.mark.parametrize(
    ("powers", "valid_to", "words"),
    [
        ([Power.MONEY], None, ""),
        ([Power.FULL], None, ""),
        ([Power.SIGN], None, "non dice che può ricevere"),
        ([Power.MONEY], date(2026, 8, 31), "il suo decreto non vale"),
    ],
)
def test_a_representative_keeps_the_account_if_the_decree_says_so(client, worker, person, powers, valid_to, words):
    with scope(access_for(worker).scope):
        row = Representative.objects.create(
            ambito_id=person.ambito_id, beneficiary=person, kind=RepresentativeKind.SUPPORT_ADMINISTRATOR, first_name="Ines",
            last_name="Prova", powers=powers, valid_from=date(2026, 1, 1), valid_to=valid_to,
        )  # fmt: skip
    answer = client.post(page("new_payment_way", person), form(kind="repr_iban", representative=str(row.pk)))
    if words:
        assert answer.status_code == 422 and words in answer.content.decode()
    else:
        assert ways(worker, person)[0].representative_id == row.pk


def test_a_way_recorded_by_mistake_counts_on_no_day(client, worker, person):
    client.post(page("new_payment_way", person), form())
    (way,) = ways(worker, person)
    address = page("withdraw_payment_way", person, way.public_id)
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "IBAN di un’altra persona"}).status_code == 303
    assert client.post(address, {"reason": "di nuovo"}).status_code == 422
    assert client.post(page("new_payment_way", person), form(iban=IBANS[1])).status_code == 303  # the same days are free again
    assert [w.withdrawn_at is None for w in ways(worker, person)] == [False, True]


def test_two_ways_on_one_day_are_refused_by_the_database(worker, person):
    with scope(access_for(worker).scope):
        values = {"ambito_id": person.ambito_id, "beneficiary": person, "kind": "own_iban", "iban": IBANS[0], "holder": "x"}
        PaymentWay.objects.create(**values, valid_from=DAY)
        with pytest.raises(IntegrityError, match="one_a_day"), transaction.atomic():
            PaymentWay.objects.create(**values, valid_from=DAY + timedelta(days=5))


def test_who_may_see_them(signed_in, sondrio, tirano, person):
    for role, status in ((Role.COORDINATOR, 403), (Role.PROMOTER_TUTOR, 403), (Role.ACCOUNTING, 403)):
        client = signed_in(make_user(role, sondrio, number=7))
        assert client.get(page("payment_ways", person)).status_code == status
        assert client.post(page("new_payment_way", person), form()).status_code == status
    stranger = signed_in(make_user(Role.CLERK, tirano, number=7))
    assert stranger.get(page("payment_ways", person)).status_code == 404


def test_two_records_with_ways_on_the_same_days_become_one(worker, registered):
    keep, drop = registered(worker), registered(worker, number=2)
    by = access_for(worker)
    with scope(by.scope):
        for person, iban, day in (
            (keep, IBANS[0], DAY),
            (drop, IBANS[1], DAY - timedelta(days=60)),
            (drop, IBANS[2], DAY + timedelta(days=9)),
        ):
            services.set_payment_way(
                beneficiary=person, kind=PaymentKind.OWN_IBAN, iban=iban, valid_from=day, by=by, today=timezone.localdate()
            )
        services.merge_beneficiaries(keep=keep, drop=drop, by=by, today=timezone.localdate())
        valid = PaymentWay.objects.filter(beneficiary=keep, withdrawn_at=None)
        assert [way.iban for way in valid] == [IBANS[0]]
        assert PaymentWay.objects.filter(beneficiary=keep).count() == 3
        services.undo_merge(log=MergeLog.objects.get(), by=by, today=timezone.localdate())
        assert PaymentWay.objects.filter(beneficiary=drop, withdrawn_at=None).count() == 2


def test_ways_of_different_days_all_stand_after_a_merge(worker, registered):
    keep, drop = registered(worker), registered(worker, number=2)
    by = access_for(worker)
    with scope(by.scope):
        services.set_payment_way(beneficiary=drop, kind="own_iban", iban=IBANS[1], valid_from=DAY, by=by, today=DAY)
        PaymentWay.objects.filter(beneficiary=drop).update(valid_to=DAY + timedelta(days=3))
        services.set_payment_way(beneficiary=keep, kind="own_iban", iban=IBANS[0], valid_from=DAY + timedelta(days=4), by=by, today=DAY)
        services.merge_beneficiaries(keep=keep, drop=drop, by=by, today=timezone.localdate())
        assert PaymentWay.objects.filter(beneficiary=keep, withdrawn_at=None).count() == 2


def test_only_the_ends_of_an_account():
    assert masked_iban(IBANS[0]) == "IT60 … 3456" and masked_iban("") == ""
