"""What other rooms call, and what the database guarantees alone."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from stdnum.it.codicefiscale import calc_check_digit

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.merge import undo_merge
from impresasolidale.core.scope import scope
from placements.beneficiaries import selectors, services
from placements.beneficiaries.models import Assessment, Beneficiary, CareMember
from tests.factories.beneficiaries import make_beneficiary


@pytest.fixture
def access(worker, within):
    return within(worker)


def test_a_person_is_unique_in_an_ambito_whatever_writes(access):
    person, other = make_beneficiary(access), make_beneficiary(access, number=2)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE beneficiaries_beneficiary SET codice_fiscale_hash = %s WHERE id = %s", [person.codice_fiscale_hash, other.pk]
        )


def test_raw_sql_in_another_ambito_sees_nobody_but_the_name_of_the_office(worker, stranger):
    with scope(access_for(worker).scope):
        person = make_beneficiary(access_for(worker))
    other = access_for(stranger)
    with scope(other.scope), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM beneficiaries_beneficiary")
        assert cursor.fetchone() == (0,)
        assert selectors.known_elsewhere(other, person.codice_fiscale_hash) == ["Sondrio"]
        assert selectors.known_elsewhere(other, "0" * 64) == []
        with pytest.raises(Http404):
            selectors.beneficiary_for(other, person.public_id)


def test_omocodia_is_the_same_person(access):
    person = make_beneficiary(access)
    spelled = person.codice_fiscale[:14] + "LMNPQRSTUV"[int(person.codice_fiscale[14])]
    with pytest.raises(services.AlreadyRegistered):
        make_beneficiary(access, codice_fiscale=spelled + calc_check_digit(spelled), birth_date=None)


def test_choices_are_the_people_one_follows(access, user_of, sondrio, today):
    person = make_beneficiary(access)
    assert list(selectors.choices_for(access, on=today)) == [person]
    assert list(selectors.choices_for(access_for(user_of(Role.SOCIAL_WORKER, sondrio, number=2)), on=today)) == []


def test_the_system_opens_every_record_of_its_ambito(access, network, sondrio):
    person = make_beneficiary(access)
    system = Access.system(network_id=network.pk, ambito_id=sondrio.pk, reason="test")
    assert selectors.beneficiary_for(system, person.public_id) == person


@pytest.mark.parametrize(
    ("born", "kind", "signs_alone", "signs"),
    [
        (date(2010, 1, 1), "parent", False, True),
        (date(1980, 1, 1), "parent", False, False),
        (date(1980, 1, 1), "guardian", False, True),
        (date(1980, 1, 1), "support_administrator", False, False),
        (date(1980, 1, 1), "support_administrator", True, True),
    ],
)
def test_who_signs_for_the_person(access, today, born, kind, signs_alone, signs):
    person = make_beneficiary(access, born=born)
    row = services.add_representative(
        beneficiary=person, kind=kind, first_name="Prova", last_name="Prova", signs_alone=signs_alone,
        valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31), by=access, today=today,
    )  # fmt: skip
    assert selectors.signing_representative(person, today) == (row if signs else None)
    assert selectors.signing_representative(person, date(2027, 1, 1)) is None


def test_two_records_become_one_and_can_be_parted_again(access, today):
    keep, drop = make_beneficiary(access), make_beneficiary(access, number=2)
    log = services.merge_beneficiaries(keep=keep, drop=drop, by=access, today=today)
    assert selectors.beneficiary_for(access, drop.public_id, on=today) == keep
    assert Assessment.objects.filter(beneficiary=keep).count() == 2
    assert CareMember.objects.filter(beneficiary=keep, role="referent", valid_to=None).count() == 1
    assert drop not in selectors.list_people(access, on=today)
    undo_merge(log=log, by=access, today=today)
    assert Assessment.objects.filter(beneficiary=drop).count() == 1
    assert selectors.beneficiary_for(access, drop.public_id, on=today) == drop


def test_a_record_does_not_merge_with_itself(access, today):
    person = make_beneficiary(access)
    with pytest.raises(DomainError):
        services.merge_beneficiaries(keep=person, drop=person, by=access, today=today)


def test_a_service_names_the_part_it_refuses(access):
    with pytest.raises(DomainError) as refused:
        make_beneficiary(
            access,
            charge={"service": "sil", "case_manager": "Prova", "valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)},
        )
    assert refused.value.field == "charge_valid_to"
    assert not Beneficiary.objects.exists()
