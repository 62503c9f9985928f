"""Before the start, through the pages: what is known is written already, templates, copies, the cap meter beside the dates."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.scope import scope
from placements.agreements import selectors
from placements.agreements.models import DeclaredUse, Placement, ProjectTemplate
from tests.factories.agreements import make_placement
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def access(worker: Any) -> Access:
    return access_for(worker)


def posted(form: Any, **changes: Any) -> dict[str, Any]:
    """The page as it came, sent back."""
    values = {name: form[name].value() for name in form.fields}
    kept = {name: value for name, value in values.items() if value not in (None, "", False)}
    return {**kept, "_submission": uuid.uuid4(), **changes}


def new_url(person: Any, **more: Any) -> str:
    return f"{reverse('agreements:new')}?persona={person.public_id}" + "".join(f"&{k}={v}" for k, v in more.items())


def test_a_known_person_s_page_comes_filled_and_is_saved_as_it_is(signed_in, worker, access):
    with scope(access.scope):
        made = make_placement(access, "active")
        before = Placement.objects.select_related("beneficiary", "company", "company_tutor").get(pk=made.pk)
    client = signed_in(worker)
    page = client.get(new_url(before.beneficiary))
    form = page.context["form"]
    assert form["company"].value() == before.company.public_id
    assert form["company_tutor"].value() == before.company_tutor.public_id
    assert form["goal_1"].value() and form["hours_0"].value() == "4:00" and form["payer"].value()
    assert form["starts_on"].value() >= timezone.localdate() + timedelta(days=14) and form["starts_on"].value().weekday() == 0
    later = before.ends_on + timedelta(days=30)
    done = client.post(new_url(before.beneficiary), posted(form, starts_on=later, double_confirmed="on"))
    assert done.status_code == 303, done.context["form"].errors
    with scope(access.scope):
        row = Placement.objects.order_by("-id")[0]
        assert row.ends_on.month == (later.month + 5) % 12 + 1 or row.ends_on > later + timedelta(days=150)
        assert selectors.current_project(row).tasks == selectors.current_project(before).tasks
        assert not row.is_additional


def test_a_usual_week_and_a_length_fill_what_is_left_empty(signed_in, worker, access):
    with scope(access.scope):
        before = make_placement(access, "draft")
    client = signed_in(worker)
    form = client.get(new_url(before.beneficiary)).context["form"]
    bare = {k: v for k, v in posted(form).items() if not k.startswith(("from_", "hours_"))}
    start = timezone.localdate() + timedelta(days=400)
    refused = client.post(new_url(before.beneficiary), {**bare, "starts_on": start, "months": "", "pattern": "two"})
    assert refused.status_code == 422 and "quanto dura" in str(refused.context["form"].errors["ends_on"])
    done = client.post(
        new_url(before.beneficiary), {**bare, "starts_on": start, "months": "3", "pattern": "two", "_submission": uuid.uuid4()}
    )
    assert done.status_code == 303, done.context["form"].errors
    with scope(access.scope):
        project = selectors.current_project(Placement.objects.order_by("-id")[0])
        assert [(d.weekday, d.minutes) for d in project.week.all()] == [(1, 240), (3, 240)]
        assert project.weekly_minutes == 480


def test_the_meter_counts_declared_use_beside_the_dates(signed_in, worker, access):
    with scope(access.scope):
        person = make_beneficiary(access, today=timezone.localdate())
        DeclaredUse.objects.create(
            ambito_id=access.ambito_id,
            beneficiary=person,
            months=20,
            minutes=600,
            year=2026,
            source="Lettera",
            said_on=timezone.localdate(),
        )
    client = signed_in(worker)
    start = timezone.localdate() + timedelta(days=20)
    sums = reverse("agreements:sums", args=[person.public_id])
    page = client.get(sums, {"starts_on": start, "months": 6, "hours_0": "4", "hours_2": "3:30"})
    words = page.content.decode().replace("\xa0", " ")
    assert "7 h 30" in words and "Oltre il tempo massimo" in words and "dichiarati da altri" in words
    assert client.get(sums, {"starts_on": "boh"}).status_code == 200
    assert client.get(reverse("agreements:sums", args=[uuid.uuid4()])).status_code == 404


def test_declared_months_count_in_the_start_light(access, within, worker):
    by = within(worker)
    placement = make_placement(by, "draft")
    DeclaredUse.objects.create(
        ambito_id=by.ambito_id, beneficiary=placement.beneficiary, months=23, year=2026, source="Lettera", said_on=placement.starts_on
    )
    from placements.agreements.readiness import refresh_readiness

    found = {item.kind: item for item in refresh_readiness(placement=placement, by=by, today=timezone.localdate())}
    assert not found["length"].is_open or found["length"].rule == 8


def test_a_template_is_written_used_and_changed_and_a_second_of_its_name_refused(signed_in, worker, stranger, access):
    with scope(access.scope):
        before = make_placement(access, "draft")
    client = signed_in(worker)
    page = client.get(f"{reverse('agreements:new_template')}?da={before.public_id}")
    done = client.post(reverse("agreements:new_template"), posted(page.context["form"], name="Laboratorio", tasks="Montare scatole"))
    assert done.status_code == 303
    with scope(access.scope):
        template = ProjectTemplate.objects.get()
    twice = client.post(reverse("agreements:new_template"), posted(page.context["form"], name="laboratorio"))
    assert twice.status_code == 422 and "name" in twice.context["form"].errors
    assert "Laboratorio" in client.get(reverse("agreements:templates")).content.decode()
    form = client.get(new_url(before.beneficiary, modello=template.public_id)).context["form"]
    assert form["tasks"].value() == "Montare scatole"
    edit = reverse("agreements:edit_template", args=[template.public_id])
    old = posted(client.get(edit).context["form"], name="Officina")
    assert client.post(edit, old).status_code == 303
    assert client.post(edit, {**old, "_submission": uuid.uuid4()}).status_code == 409
    other = signed_in(stranger)
    assert other.get(edit).status_code == 404
    assert other.get(new_url(before.beneficiary)).status_code == 404


def test_a_copy_takes_all_but_days_and_answers_for_the_study(signed_in, worker, access):
    with scope(access.scope):
        before = make_placement(access, "draft", is_additional=True, day_centre_alternative=True)
        person = make_beneficiary(access, number=4, today=timezone.localdate())
    client = signed_in(worker)
    chosen = client.get(f"{reverse('agreements:new')}?da={before.public_id}")
    assert str(before.public_id) in chosen.content.decode()
    form = client.get(new_url(person, da=before.public_id)).context["form"]
    assert form["company"].value() == before.company.public_id and form["goal_3"].value()
    assert not form["is_additional"].value() and not form["day_centre_alternative"].value()
    assert "secondo" in client.get(reverse("agreements:detail", args=[before.public_id])).content.decode()


def test_who_may_not_prepare_has_no_page(signed_in, sondrio):
    client = signed_in(make_user(Role.CLERK, sondrio))
    for name in ("templates", "new_template"):
        assert client.get(reverse(f"agreements:{name}")).status_code == 403
