"""Stories without a name: the words are looked at, the person agrees, a second person publishes, and a revoked consent ends it at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.accounts.services import OutsideAct
from impresasolidale.core.errors import Conflict, DomainError, FourEyesRequired, TransitionNotAllowed
from impresasolidale.core.models import Look, RowChange
from impresasolidale.core.scope import scope
from placements.agreements.models import Placement
from placements.beneficiaries.enums import ConsentKind
from placements.beneficiaries.models import Consent
from placements.beneficiaries.services import give_consent, revoke_consent
from solidarity_fund.models import Story
from solidarity_fund.rules import tell_tale
from solidarity_fund.selectors import stories as selectors
from solidarity_fund.services import stories as services
from tests.factories.fixtures import TODAY, make_user
from tests.factories.fund import make_helped

WORDS = {
    "title": "Un abbonamento, e la mattina comincia",
    "text": "Il lavoro era a un'ora di strada e la corriera costava troppo. Con l'abbonamento del fondo è arrivata ogni giorno.",
    "names_host": False,
    "host_agreed_on": None,
    "host_agreed_by": "",
}
FUND = reverse("website:fund")

# --- Words that tell


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ogni mattina alle sette.", []),
        ("Maria arriva presto.", ["Maria"]),
        ("MARÌA arriva presto.", ["MARÌA"]),
        ("La signora De’ Rossi ride.", ["Rossi"]),
        ("Lavora in un panificio.", []),
        ("Lavora al Panificio Bianchini.", ["Bianchini"]),
        ("Vive a morbegno.", ["Morbegno"]),
        ("Vive a Chiesa in Valmalenco.", ["Chiesa in Valmalenco"]),
        ("Dopo un mese cammina.", []),
        ("Da Mese parte la corriera.", ["Mese"]),
        ("Chiama il 0342 123456.", ["0342 123456"]),
        ("Scrivi a prova@example.org.", ["prova@example.org."]),
        ("Il codice è RSSMRA80A01H501U.", ["RSSMRA80A01"]),
        ("Anche la sua marianna ride.", []),
    ],
)
def test_words_that_say_whose_it_is(text: str, found: list[str]) -> None:
    told = tell_tale(
        text, names=["Maria", "De Rossi"], hosts=["Panificio Bianchini srl"], places=["Morbegno", "Chiesa in Valmalenco", "Mese"]
    )
    assert told == found


# --- A story's life


@pytest.fixture
def placement(within: Callable[[User], Access], worker: User) -> Placement:
    return make_helped(within(worker))


@pytest.fixture
def consent(placement: Placement, within: Callable[[User], Access], worker: User) -> Consent:
    return give_consent(
        beneficiary=placement.beneficiary, kind=ConsentKind.TESTIMONY, given_on=TODAY - timedelta(days=3), by=within(worker), today=TODAY
    )


def write(access: Access, placement: Placement, **changes: Any) -> Story:
    return services.write_story(placement=placement, values={**WORDS, **changes}, by=access, today=TODAY)


def published(worker: User, coordinator: User, placement: Placement, **changes: Any) -> Story:
    by, chief = access_for(worker), access_for(coordinator)
    with scope(by.scope):
        row = write(by, placement, **changes)
        row = services.record_reading(story=row, read_on=TODAY, by=by, today=TODAY)
    with scope(chief.scope):
        return services.publish_story(story=row, seen=row.row_version, by=chief)


def public(client: Any) -> str:
    return client.get(FUND).content.decode().replace("&#x27;", "'")


@pytest.mark.django_db
def test_from_a_draft_to_everybody_and_gone_with_the_consent(placement, consent, worker, coordinator, within, client):
    row = published(worker, coordinator, placement)
    assert (row.state, row.is_public, row.published_by) == ("published", True, coordinator)
    assert WORDS["title"] in public(client) and "Impresa Prova" not in public(client)
    by = within(worker)
    revoke_consent(consent=consent, revoked_on=TODAY, by=by, today=TODAY)
    assert WORDS["title"] not in public(client)
    row = selectors.story_for(by, row.public_id)
    assert not row.is_public and row.state == "published"
    give_consent(beneficiary=placement.beneficiary, kind=ConsentKind.TESTIMONY, given_on=TODAY, by=by, today=TODAY)
    assert WORDS["title"] not in public(client)  # a new yes is not a yes to these words


@pytest.mark.django_db
def test_it_is_taken_back_without_a_reason(placement, consent, worker, coordinator, within, client):
    row = published(worker, coordinator, placement)
    services.withdraw_story(story=row, by=within(worker))
    assert WORDS["title"] not in public(client)
    with pytest.raises(TransitionNotAllowed):
        services.withdraw_story(story=row, by=within(worker))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": "Prova arriva presto."}, "«Prova»"),  # the person's name
        ({"title": "Il tutor che ride"}, "«tutor»"),
        ({"text": "Lavora a Sondrio."}, "«Sondrio»"),
        ({"text": "Il tutor risponde al 0342 123456."}, "«0342 123456»"),
        ({"names_host": True}, "chi l'ha detto"),
        ({"names_host": True, "host_agreed_by": "La titolare", "host_agreed_on": TODAY + timedelta(days=1)}, "nel futuro"),
    ],
)
def test_words_that_tell_are_refused(placement, within, worker, changes, words):
    with pytest.raises(DomainError) as refused:
        write(within(worker), placement, **changes)
    assert words in str(refused.value.words)
    assert not Story.objects.exists()


@pytest.mark.django_db
def test_the_host_is_named_only_where_it_agreed(placement, consent, worker, coordinator, within, client):
    company = placement.company
    type(company).objects.filter(pk=company.pk).update(name="Vivaio Larice Blu srl")
    placement = Placement.objects.select_related("beneficiary", "company", "company_tutor").get()
    with pytest.raises(DomainError, match="«Larice»"):
        write(within(worker), placement, text="Al vivaio Larice Blu c'è da fare.")
    agreed = {"names_host": True, "host_agreed_by": "La titolare", "host_agreed_on": TODAY}
    published(worker, coordinator, placement, text="Al vivaio Larice Blu c'è da fare.", **agreed)
    assert "Vivaio Larice Blu srl" in public(client)
    with pytest.raises(IntegrityError, match="story_host"), transaction.atomic():
        within(worker)
        Story.objects.update(host_agreed_by="")


@pytest.mark.django_db
def test_what_is_missing_refuses(placement, worker, coordinator, within):
    by = within(worker)
    row = write(by, placement)
    with pytest.raises(DomainError, match="Manca il consenso"):
        services.record_reading(story=row, read_on=TODAY, by=by, today=TODAY)
    yes = give_consent(beneficiary=placement.beneficiary, kind=ConsentKind.TESTIMONY, given_on=TODAY, by=by, today=TODAY)
    for day, words in ((TODAY + timedelta(days=1), "nel futuro"), (TODAY - timedelta(days=1), "non c'era ancora")):
        with pytest.raises(DomainError, match=words):
            services.record_reading(story=row, read_on=day, by=by, today=TODAY)
    with pytest.raises(TransitionNotAllowed):
        services.publish_story(story=row, seen=row.row_version, by=within(coordinator))
    row = services.record_reading(story=row, read_on=TODAY, by=within(worker), today=TODAY)
    with pytest.raises(PermissionDenied):
        services.publish_story(story=row, seen=row.row_version, by=within(worker))
    with pytest.raises(Conflict):
        services.publish_story(story=row, seen=row.row_version + 1, by=within(coordinator))
    revoke_consent(consent=yes, revoked_on=TODAY, by=within(worker), today=TODAY)
    with pytest.raises(DomainError, match="revocato"):
        services.publish_story(story=row, seen=row.row_version, by=within(coordinator))


@pytest.mark.django_db
def test_four_eyes_or_an_act(placement, consent, coordinator, within):
    by = within(coordinator)
    row = services.record_reading(story=write(by, placement), read_on=TODAY, by=by, today=TODAY)
    with pytest.raises(FourEyesRequired):
        services.publish_story(story=row, seen=row.row_version, by=by)
    with pytest.raises(IntegrityError, match="two_keys"), transaction.atomic():
        Story.objects.filter(pk=row.pk).update(state="published", published_by=coordinator, published_at=row.created_at)
    row = services.publish_story(story=row, seen=row.row_version, act=OutsideAct("3", TODAY), by=by)
    assert (row.state, row.act_number) == ("published", "3")


@pytest.mark.django_db
@pytest.mark.parametrize("hand", ["rewrote", "recorded the reading"])
def test_who_rewrote_or_recorded_the_reading_does_not_publish(placement, consent, worker, coordinator, within, sondrio, hand):
    """The words are of who wrote them last, whoever began."""
    by, chief = within(worker), access_for(coordinator)
    row = write(by, placement)
    within(coordinator)
    if hand == "rewrote":
        row = services.rewrite_story(story=row, values={**WORDS, "title": "Altre parole"}, seen=row.row_version, by=chief, today=TODAY)
        assert (row.written_by, row.created_by) == (coordinator, worker)
    row = services.record_reading(story=row, read_on=TODAY, by=chief if hand != "rewrote" else within(worker), today=TODAY)
    within(coordinator)
    with pytest.raises(FourEyesRequired):
        services.publish_story(story=row, seen=row.row_version, by=chief)
    with pytest.raises(IntegrityError, match="two_keys"), transaction.atomic():
        Story.objects.filter(pk=row.pk).update(state="published", published_by=coordinator, published_at=row.created_at)
    second = make_user(Role.COORDINATOR, sondrio, number=2)
    assert services.publish_story(story=row, seen=row.row_version, by=within(second)).state == "published"


@pytest.mark.django_db
def test_other_words_are_read_again(placement, consent, worker, within):
    by = within(worker)
    row = services.record_reading(story=write(by, placement), read_on=TODAY, by=by, today=TODAY)
    with pytest.raises(Conflict):
        services.rewrite_story(story=row, values=WORDS, seen=0, by=by, today=TODAY)
    row = services.rewrite_story(story=row, values={**WORDS, "title": "Altre parole"}, seen=row.row_version, by=by, today=TODAY)
    assert (row.state, row.consent, row.agreed_on, row.title) == ("draft", None, None, "Altre parole")
    assert "Altre parole" not in str(list(RowChange.objects.filter(table_name="solidarity_fund_story").values_list("changes", flat=True)))


@pytest.mark.django_db
def test_the_office_tells_a_story_through_its_pages(signed_in, placement, consent, worker, coordinator, user_of, sondrio, stranger, client):
    office, chief = signed_in(worker), signed_in(coordinator)
    new = reverse("solidarity_fund:new_story")
    data = {**{k: v for k, v in WORDS.items() if v}, "placement": placement.public_id, "row_version": 0}
    assert signed_in(user_of(Role.ACCOUNTING, sondrio)).get(new).status_code == 403
    refused = office.post(new, {**data, "text": "Prova ride."})
    assert refused.status_code == 422 and "fanno riconoscere" in refused.content.decode()
    there = office.post(new, data)["Location"]
    row = Story.objects.get()

    def step(name: str) -> str:
        return reverse(f"solidarity_fund:{name}", args=[row.public_id])

    assert there == step("story") and str(placement.beneficiary) in office.get(there).content.decode()
    assert signed_in(stranger).get(there).status_code == 404
    assert office.get(step("edit_story")).status_code == 200
    assert office.post(step("edit_story"), {**data, "row_version": 9}).status_code == 409
    assert office.post(step("read_story"), {"read_on": TODAY}).status_code == 303
    assert office.get(step("read_story")).status_code == 303
    assert office.get(step("publish_story")).status_code == 403
    version = chief.get(step("publish_story")).context["form"]["row_version"].value()
    assert chief.post(step("publish_story"), {"row_version": version}).status_code == 303
    assert WORDS["title"] in public(client)
    assert "pubblicata" in office.get(reverse("solidarity_fund:stories")).content.decode()
    assert office.post(step("withdraw_story")).status_code == 303
    assert WORDS["title"] not in public(client)
    assert Look.objects.filter(place="solidarity_fund:story").exists()


@pytest.mark.django_db
def test_a_visitor_and_another_network_read_no_row(placement, consent, worker, coordinator, network):
    published(worker, coordinator, placement)
    visitor = Access.public(networks=frozenset({network.pk}))
    with scope(visitor.scope):
        assert not Story.objects.filter(title=WORDS["title"]).exists()
        (told,) = selectors.public_stories(visitor)
    assert (told.title, told.host) == (WORDS["title"], "")
    with scope(Access.public(networks=frozenset({network.pk + 1})).scope):
        assert selectors.public_stories(Access.public(networks=frozenset({network.pk + 1}))) == []
