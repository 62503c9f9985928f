"""The read log: who saw this person, quickly, by the data protection officer alone; signs that are facts."""

from datetime import datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Look
from impresasolidale.core.scope import scope
from impresasolidale.privacy import rules
from impresasolidale.privacy.selectors.looks import about
from tests.factories.attendance import make_host, make_running_placement, make_tutor
from tests.factories.fixtures import make_user
from tests.support import database

pytestmark = pytest.mark.django_db
PAGE = "/chi-ha-guardato/"


def seen(person, user, *, at=None, **values):
    """A look as it would have been written at that moment."""
    return Look.objects.create(
        kind=values.pop("kind", Look.Kind.DETAIL), subject_type="beneficiaries.beneficiary", subject_ids=[person.pk], actor_id=user.pk,
        network_id=person.ambito.network_id, ambito_id=person.ambito_id, place="beneficiaries:detail", at=at or timezone.now(), **values,
    )  # fmt: skip


def test_the_access_log_is_for_the_data_protection_officer(signed_in, person, worker, dpo):
    signed_in(worker).get(f"/persone/{person.public_id}/")
    page = signed_in(dpo).get(PAGE)
    assert any(line.look.subject_ids == [person.pk] and line.look.kind == Look.Kind.DETAIL for line in page.context["lines"])
    assert person.last_name not in page.content.decode().partition("<tbody")[2].partition("</tbody")[0]
    for path in ("", "persona/", "elenco.csv"):
        assert signed_in(worker).get(PAGE + path).status_code == 403


def test_a_person_is_found_by_the_whole_code_and_never_in_an_address(signed_in, person, dpo):
    client = signed_in(dpo)
    refused = client.post(PAGE + "persona/", {"codice_fiscale": "RSSMRA80A01F205X"})
    assert refused.status_code == 422
    found = client.post(PAGE + "persona/", {"codice_fiscale": person.codice_fiscale.lower()})
    assert found.status_code == 303 and person.codice_fiscale not in found["Location"]
    page = client.get(found["Location"])
    assert page.context["person"] == person
    searches = Look.objects.filter(kind=Look.Kind.SEARCH, place="privacy:find_person", actor_id=dpo.pk).order_by("id")
    assert [row.subject_ids for row in searches] == [[], [person.pk]]  # the code that was wrong, too


def test_another_ambito_s_person_is_not_found(signed_in, person, tirano):
    other = signed_in(make_user(Role.DPO, tirano))
    assert other.get(PAGE, {"persona": person.public_id}).status_code == 404
    assert other.get(PAGE, {"persona": "x"}).status_code == 404
    assert other.post(PAGE + "persona/", {"codice_fiscale": person.codice_fiscale}).status_code == 422
    assert not other.get(PAGE).context["lines"] or all(line.look.ambito_id == tirano.pk for line in other.get(PAGE).context["lines"])


def test_all_that_hangs_on_a_person_is_hers_and_nothing_else(signed_in, within, sondrio, dpo, worker):
    company = make_host(sondrio)
    tutor, _user = make_tutor(sondrio, company)
    mine, other = (make_running_placement(sondrio, tutor, company, number=n) for n in (3, 4))
    by = within(worker)
    common = {"actor_id": worker.pk, "network_id": by.network_id, "ambito_id": by.ambito_id, "at": timezone.now(), "kind": Look.Kind.LIST}
    both = Look.objects.create(subject_type="agreements.placement", subject_ids=[mine.pk, other.pk], place="agreements:list", **common)
    hers = Look.objects.create(subject_type="agreements.placement", subject_ids=[mine.pk], place="agreements:detail", **common)
    theirs = Look.objects.create(subject_type="agreements.placement", subject_ids=[other.pk], place="agreements:detail", **common)
    same_number = Look.objects.create(subject_type="hosts.company", subject_ids=[mine.pk], place="hosts:detail", **common)
    page = signed_in(dpo).get(PAGE, {"persona": mine.beneficiary.public_id})
    shown = {line.look.pk for line in page.context["lines"]}
    assert {both.pk, hers.pk} <= shown and not {theirs.pk, same_number.pk} & shown


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({"tipo": "search"}, {"search"}),
        ({"solo": "motivo"}, {"reason"}),
        ({"solo": "orario"}, {"night"}),
        ({"dal": "2026-03-02", "al": "2026-03-02"}, {"night"}),
        ({"chi": "reader"}, {"search", "reason", "night"}),
        ({"chi": "dpo"}, set()),
    ],
)
def test_each_filter_keeps_what_it_says(signed_in, person, worker, dpo, asked, kept):
    noon = datetime(2026, 3, 4, 12, tzinfo=timezone.get_current_timezone())
    rows = {
        "search": seen(person, worker, at=noon, kind=Look.Kind.SEARCH),
        "reason": seen(person, worker, at=noon, reason="Sostituisco una collega"),
        "night": seen(person, worker, at=noon.replace(day=2, hour=23)),
    }
    asked = {name: {"reader": str(worker.public_id), "dpo": str(dpo.public_id)}.get(value, value) for name, value in asked.items()}
    page = signed_in(dpo).get(PAGE, {"persona": str(person.public_id), **asked})
    shown = {line.look.pk for line in page.context["lines"]}
    assert {name for name, row in rows.items() if row.pk in shown} == kept


def test_signs_are_facts(signed_in, person, worker, dpo):
    worker.last_name = person.last_name.upper()
    worker.save(update_fields=["last_name"])
    seen(person, worker, at=datetime(2026, 3, 1, 6, 59, tzinfo=timezone.get_current_timezone()))  # a Sunday, before 7
    page = signed_in(dpo).get(PAGE, {"al": "2026-03-01"})
    (line,) = page.context["lines"]
    assert line.signs == ("stesso cognome", "fuori orario")
    text = unescape(page.content.decode())
    assert "Sono fatti, non accuse" in text and "art. 4 della legge 300/1970" in text


def test_many_people_in_one_day_are_counted_as_people(signed_in, person, worker, dpo):
    noon = datetime(2026, 3, 4, 12, tzinfo=timezone.get_current_timezone())
    common = {"kind": Look.Kind.DETAIL, "subject_type": "beneficiaries.beneficiary", "actor_id": worker.pk, "at": noon}
    owner = {"network_id": person.ambito.network_id, "ambito_id": person.ambito_id}
    Look.objects.bulk_create(Look(subject_ids=[n], **common, **owner) for n in range(1_000, 1_000 + rules.MANY_IN_A_DAY - 1) for _ in "ab")
    signs = [line.signs for line in signed_in(dpo).get(PAGE, {"al": "2026-03-04"}).context["lines"]]
    assert set(signs) == {()}  # each twice, and one fewer than many
    seen(person, worker, at=noon)
    signs = [line.signs for line in signed_in(dpo).get(PAGE, {"al": "2026-03-04"}).context["lines"]]
    assert set(signs) == {(f"{rules.MANY_IN_A_DAY} persone in quel giorno",)}


@pytest.mark.parametrize(
    ("at", "out"),
    [
        ("2026-03-02T06:59", True),
        ("2026-03-02T07:00", False),
        ("2026-03-02T19:59", False),
        ("2026-03-02T20:00", True),
        ("2026-03-01T12:00", True),
    ],
)
def test_the_hours_of_an_office(at, out):
    assert rules.is_out_of_hours(datetime.fromisoformat(at)) is out


@pytest.mark.parametrize(("reader", "person", "same"), [("De Luca", "de luca", True), ("", "", False), ("Rossi", "Russo", False)])
def test_the_same_surname(reader, person, same):
    assert rules.same_surname(reader, person) is same


def test_the_file_is_the_choice_of_the_page_and_a_look(signed_in, person, worker, dpo):
    seen(person, worker, reason="=1+1")
    client = signed_in(dpo)
    answer = client.get(PAGE + "elenco.csv", {"persona": person.public_id, "solo": "motivo"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert len(text.splitlines()) == 2 and ";=1+1" not in text
    assert Look.objects.filter(kind=Look.Kind.EXPORT, place="privacy:looks", actor_id=dpo.pk).exists()
    assert client.get(PAGE + "elenco.pdf").status_code == 404


def test_as_many_queries_for_fifty_looks_as_for_one(signed_in, person, worker, dpo):
    client = signed_in(dpo)
    counts = []
    for more in (1, 49):
        Look.objects.bulk_create(
            Look(
                kind=Look.Kind.DETAIL, subject_type="beneficiaries.beneficiary", subject_ids=[person.pk], actor_id=worker.pk,
                network_id=person.ambito.network_id, ambito_id=person.ambito_id, place="x", at=timezone.now() + timedelta(seconds=n),
            )
            for n in range(more)
        )  # fmt: skip
        client.get(PAGE)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(PAGE)
        counts.append(len([q for q in asked.captured_queries if q["sql"].startswith("SELECT") and "set_config" not in q["sql"]]))
    assert counts[0] == counts[1] and counts[1] <= 10


def test_the_database_shows_an_office_its_own_looks_and_no_other_office_s(within, person, worker, stranger, dpo, coordinator):
    """What two Ambiti of one network looked at, in raw SQL: neither reaches the other's, and each one's own go along everywhere."""
    hers = seen(person, worker)
    by = within(stranger)
    theirs = Look.objects.create(
        kind=Look.Kind.DETAIL, place="x", actor_id=stranger.pk, network_id=by.network_id, ambito_id=by.ambito_id, at=timezone.now()
    )
    of_nobody = Look.objects.create(kind=Look.Kind.LIST, place="x", actor_id=None, network_id=by.network_id, at=timezone.now())

    def reached(user):
        within(user)
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM core_look WHERE id = ANY (%s)", [[hers.pk, theirs.pk, of_nobody.pk]])
            return {pk for (pk,) in cursor.fetchall()}

    assert reached(dpo) == reached(coordinator) == reached(worker) == {hers.pk, of_nobody.pk}
    assert reached(stranger) == {theirs.pk, of_nobody.pk}
    assert reached(make_user(Role.DPO, None)) == {of_nobody.pk}


def fill(count):
    """`count` looks of this Ambito at lists of invented rows, written by the owner of the tables."""
    with database.owner(connection.settings_dict["NAME"]) as db:
        db.execute(
            "INSERT INTO core_look (at, actor_id, network_id, ambito_id, kind, subject_type, subject_ids, place, reason)"
            " SELECT now() - n * interval '3 seconds', 1, 1, 1, 'list', 'beneficiaries.beneficiary',"
            " ARRAY[n %% 100000, (n * 7) %% 100000], 'x', ''"
            " FROM generate_series(1, %s) n",
            [count],
        )
        db.execute("SELECT gin_clean_pending_list('core_look_subjects')")
        db.execute("ANALYZE core_look")
        db.execute("COMMIT")


@pytest.mark.django_db(transaction=True)
def test_who_saw_this_person_is_read_from_the_index(user_of, sondrio):
    fill(60_000)
    with database.owner(connection.settings_dict["NAME"]) as db:
        body = db.execute("SELECT prosrc FROM pg_proc WHERE proname = 'privacy_looks_about'").fetchone()[0]
        asked = body.replace("kinds", "ARRAY['beneficiaries.beneficiary']").replace("&& ids", "&& ARRAY[42::bigint]")
        asked = asked.replace(", ids)", ", ARRAY[42::bigint])")
        ((plan,),) = db.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {asked}").fetchall()
    nodes = list(walked(plan[0]["Plan"]))
    assert {node["Node Type"] for node in nodes if node.get("Relation Name") == "core_look"} == {"Bitmap Heap Scan"}
    assert "core_look_subjects" in {node.get("Index Name") for node in nodes}


def walked(node):
    yield node
    for below in node.get("Plans", ()):
        yield from walked(below)


@pytest.mark.deep
@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_ten_million_looks_answer_in_under_five_seconds(user_of, sondrio, within, worker):
    fill(10_000_000)
    by = within(worker)
    with scope(by.scope):
        began = timezone.now()
        about({"beneficiaries.beneficiary": [42]})
        assert timezone.now() - began < timedelta(seconds=5)
