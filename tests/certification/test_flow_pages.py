"""The pages of the flow, through the doors people use: the company on its phone, the offices, the commission."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certification.enums import ApplicationState
from certification.models import (
    AgendaItem,
    Answer,
    Appeal,
    Application,
    Campaign,
    Certificate,
    Interview,
    Procedure,
    Proof,
    Sitting,
    Validation,
    YearCheck,
)
from certification.services import procedures
from certification.services.applications import grant_application
from certification.services.certificates import suspend_certificate
from companies.hosts.models import Company
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Message
from impresasolidale.core.scope import scope
from tests.factories.agreements import PDF
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.certification import hosted, make_host
from tests.factories.fixtures import make_user
from tests.factories.recognition import checked, contact_of, filled, open_campaign, own_access, proof, publish_scheme

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(worker: Any, within: Any) -> Any:
    return within(worker)


@pytest.fixture
def company(by: Any) -> Company:
    made = make_host(by)
    hosted(by, made, make_beneficiary(by, number=1))
    return made


@pytest.fixture
def campaign(by: Any, today: date) -> Campaign:
    return open_campaign(by, publish_scheme(by), closes_on=today + timedelta(days=10))


@pytest.fixture
def contact(company: Company, campaign: Campaign) -> Any:
    return contact_of(company)


def at(name: str, company: Company, *more: Any) -> str:
    return reverse(f"our_recognition:{name}", args=[company.public_id, *more])


def test_a_renewal_is_begun_from_its_page_outside_any_campaign(
    company: Company, contact: Any, by: Any, coordinator: Any, signed_in: Any, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail of the day it opens leads here (rule 83): granted 18/11/2026 to 17/11/2029, renewed from 19/8/2029."""
    ours = own_access(contact)
    with scope(ours.scope):
        row = filled(company, by=ours, level="aderente")
    grant_application(application=checked(row, by=by), by=access_for(coordinator), today=today)

    def page_on(day: date) -> str:
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: day)
        return signed_in(contact).get(at("page", company)).content.decode()

    early = page_on(date(2029, 8, 18))
    assert "Comincia" not in early and "Il rinnovo di quello che avete si apre in ogni caso il 19 agosto 2029" in early
    due = page_on(date(2029, 8, 19))
    assert "È il momento di rinnovare" in due and "finisce il 17 novembre 2029" in due
    assert "Comincia il rinnovo" in due and at("begin", company) in due
    assert signed_in(contact).post(at("begin", company)).status_code == 303
    assert Application.objects.order_by("-id").values_list("origin", flat=True)[0] == "renewal"


def test_the_page_offers_nothing_that_would_be_refused(
    company: Company, contact: Any, by: Any, coordinator: Any, signed_in: Any, today: date
) -> None:
    """At the top the renewal is all there is; while it is suspended, nothing."""
    ours = own_access(contact)
    with scope(ours.scope):
        row = filled(company, by=ours, level="aderente")
    held = grant_application(application=checked(row, by=by), by=access_for(coordinator), today=today)
    page = signed_in(contact).get(at("page", company)).content.decode()
    assert "Comincia la domanda" in page and "il livello dopo, «Impresa solidale»" in page
    Certificate.objects.filter(pk=held.pk).update(level="ambasciatrice")
    page = signed_in(contact).get(at("page", company)).content.decode()
    assert "Comincia" not in page and "Avete il livello più alto" in page and "si apre il 19 agosto 2029" in page
    suspend_certificate(certificate=held, by=access_for(coordinator), reason_class="safety", reason="Prova")
    page = signed_in(contact).get(at("page", company)).content.decode()
    assert "Comincia" not in page and "livello più alto" not in page and "È sospeso per" in page


def test_ten_minutes_on_a_phone(company: Company, contact: Any, signed_in: Any) -> None:
    me = signed_in(contact)
    assert "Comincia la domanda" in me.get(at("page", company)).content.decode()
    begun = me.post(at("begin", company))
    row = Application.objects.get()
    home = at("application", company, row.public_id)
    assert begun["Location"] == home
    page = me.get(home).content.decode()
    assert "Con queste risposte raggiungete <strong>Aderente</strong>" in page and "ancora 2 punti nell&#x27;area Persone" in page
    first, last = at("area", company, row.public_id, "accogliere"), at("area", company, row.public_id, "persone")
    assert "Pagina 1 di 2" in me.get(first).content.decode()
    wrong = me.post(first, {"visita": "7"})
    assert wrong.status_code == 422
    assert me.post(first, {"visita": "2", "in-parole-visita": "Venite"})["Location"] == last
    asked = me.post(last, {"formazione": "2", "parola": "1", "proof": "formazione"})
    add = at("add_proof", company, row.public_id, "persone", "formazione")
    assert asked["Location"] == add and "l&#x27;attestato del corso" in me.get(add).content.decode()
    assert me.post(add, {"file": ""}).status_code == 422
    assert me.post(add, {"file": proof(), "words": "Attestato"}).status_code == 303
    kept = Proof.objects.get()
    assert b"".join(me.get(at("proof", company, kept.public_id)).streaming_content) == PDF
    assert me.post(last, {"formazione": "2", "parola": "1"})["Location"] == home
    sign = at("sign", company, row.public_id)
    assert "Impresa solidale" in me.get(sign).content.decode()
    assert me.post(sign, {"level": "impresa_solidale", "signed_by": ""}).status_code == 422
    assert me.post(sign, {"level": "impresa_solidale", "signed_by": "Rita"})["Location"] == home
    assert "2026/000001" in me.get(home).content.decode()
    assert me.get(first)["Location"] == home  # presented: only read
    assert "Il nostro riconoscimento" in me.get(reverse("desk:our_company")).content.decode()


def test_another_company_and_a_tutor_find_nothing(by: Any, company: Company, contact: Any, signed_in: Any, today: date) -> None:
    ours = own_access(contact)
    with scope(ours.scope):
        row = filled(company, by=ours)
    kept = Proof.objects.get()
    other = make_host(by, number=2)
    them = signed_in(contact_of(other, number=2))
    tutor = signed_in(contact_of(company, number=3, role=Role.COMPANY_TUTOR))
    for name, more in (("page", ()), ("application", (row.public_id,)), ("sign", (row.public_id,)), ("proof", (kept.public_id,))):
        assert them.get(at(name, company, *more)).status_code == 404
        assert tutor.get(at(name, company, *more)).status_code == 403
    for name, more in (("application", (row.public_id,)), ("proof", (kept.public_id,)), ("check", (uuid4(),))):
        assert them.get(at(name, other, *more)).status_code == 404
    assert them.post(at("begin", company)).status_code == 404
    assert them.get(reverse("certification:application", args=[row.public_id])).status_code == 403


def test_taken_back_and_begun_again(company: Company, contact: Any, signed_in: Any) -> None:
    ours = own_access(contact)
    with scope(ours.scope):
        row = filled(company, by=ours)
    me = signed_in(contact)
    withdraw = at("withdraw", company, row.public_id)
    assert "Le risposte restano" in me.get(withdraw).content.decode()
    assert me.post(withdraw).status_code == 303
    assert me.post(at("begin", company)).status_code == 303
    kept = Proof.objects.get(answer__application__state="draft")
    assert me.post(at("remove_proof", company, kept.public_id)).status_code == 303
    assert not Proof.objects.filter(answer__application__state="draft").exists()


def test_outside_the_window_the_page_says_when(company: Company, contact: Any, campaign: Campaign, signed_in: Any, today: date) -> None:
    Campaign.objects.update(opens_on=today - timedelta(days=30), closes_on=today - timedelta(days=1))
    me = signed_in(contact)
    page = me.get(at("page", company)).content.decode()
    assert "Le domande si riaprono il 1 maggio 2027" in page and "Comincia la domanda" not in page
    me.post(at("begin", company))
    assert not Application.objects.exists()


def page_of(row: Application) -> str:
    return reverse("certification:application", args=[row.public_id])


def of(name: str, row: Application, *more: Any) -> str:
    return reverse(f"certification:{name}", args=[row.public_id, *more])


def test_the_desk_check_through_its_pages(by: Any, company: Company, contact: Any, worker: Any, signed_in: Any, today: date) -> None:
    ours = own_access(contact)
    with scope(ours.scope):
        row = filled(company, by=ours)
    office = signed_in(worker)
    page = office.get(page_of(row)).content.decode()
    assert "Venite quando volete" in page and "Attestato" in page and "La verifica è finita" in page
    assert b"".join(office.get(of("proof", row, Proof.objects.get().public_id)).streaming_content) == PDF
    for name in ("return", "finish", "reopen", "withdraw", "plan_interview", "add_validation"):
        assert company.name in office.get(of(name, row)).content.decode()
    review = of("review", row, "persone")
    assert "Correggi quello che dicono i dati" in office.get(of("review", row, "accogliere")).content.decode()
    assert office.post(review, {"formazione": "not_proved"}).status_code == 422
    assert office.post(review, {"formazione": "not_proved", "nota-formazione": "Illeggibile"}).status_code == 303
    assert Answer.objects.get(criterion="formazione").points_given == 0
    assert office.post(review, {"formazione": "confirmed", "parola": "confirmed"}).status_code == 303
    assert office.post(of("review", row, "accogliere"), {"visita": "changed", "gradino-visita": "1", "nota-visita": "x"}).status_code == 303
    assert office.get(of("review", row, "altrove")).status_code == 404
    refused = office.post(of("finish", row), {"level": "impresa_solidale"})
    assert refused.status_code == 422 and "manca" in refused.content.decode()
    assert office.post(of("plan_interview", row), {"kind": "visit", "planned_on": today.isoformat()}).status_code == 303
    meeting = Interview.objects.get()
    assert office.post(of("cancel_interview", row, meeting.public_id)).status_code == 303
    office.post(of("plan_interview", row), {"kind": "visit", "planned_on": today.isoformat()})
    hold = of("hold_interview", row, Interview.objects.get().public_id)
    assert office.post(hold, {"held_on": today.isoformat(), "minutes": ""}).status_code == 422
    assert office.post(hold, {"held_on": today.isoformat(), "minutes": "Accogliente"}).status_code == 303
    other = make_host(by, number=5)
    values = {"person": "Ugo", "body": "Ente", "is_favourable": "1", "words": "Bravi", "given_on": today.isoformat()}
    assert office.post(of("add_validation", row), {**values, "partita_iva": other.partita_iva}).status_code == 422  # whom do we write to?
    values["email"] = "ugo@example.net"
    assert office.post(of("add_validation", row), {**values, "partita_iva": company.partita_iva}).status_code == 422
    assert office.post(of("add_validation", row), {**values, "partita_iva": other.partita_iva, "file": proof()}).status_code == 303
    sheet = of("validation_file", row, Validation.objects.get().public_id)
    assert b"".join(office.get(sheet).streaming_content) == PDF
    assert office.post(of("finish", row), {"level": "impresa_solidale"}).status_code == 303
    assert "Decide la commissione" in office.get(page_of(row)).content.decode()
    assert office.post(of("reopen", row), {"reason": "Ancora una cosa"}).status_code == 303
    assert office.post(of("return", row), {"reason": "Manca la firma"}).status_code == 303
    row.refresh_from_db()
    assert row.state == ApplicationState.DRAFT
    assert office.post(of("withdraw", row), {"reason": ""}).status_code == 422
    assert office.post(of("withdraw", row), {"reason": "Ha telefonato"}).status_code == 303


def test_the_offices_lists_and_rights(
    by: Any, company: Company, contact: Any, user_of: Any, sondrio: Any, worker: Any, signed_in: Any
) -> None:
    ours = own_access(contact)
    with scope(ours.scope):
        row = filled(company, by=ours)
    office = signed_in(worker)
    assert company.name in office.get(reverse("certification:applications"), {"state": "submitted"}).content.decode()
    assert office.get(of("announce", row)).status_code == 403
    assert office.get(reverse("certification:sittings")).status_code == 403
    clerk = signed_in(user_of(Role.CLERK, sondrio))
    for url in (page_of(row), of("review", row, "persone"), reverse("certification:campaigns")):
        assert clerk.get(url).status_code == 403
    member = signed_in(user_of(Role.COMMISSION_MEMBER, sondrio))
    assert member.get(page_of(row)).status_code == 200
    assert member.get(of("finish", row)).status_code == 403


@pytest.mark.parametrize(("role", "parts"), [(Role.SOCIAL_WORKER, 5), (Role.COMMISSION_MEMBER, 6), (Role.COORDINATOR, 8)])
def test_every_part_is_one_step_from_the_others(role: Role, parts: int, user_of: Any, sondrio: Any, signed_in: Any) -> None:
    me = signed_in(user_of(role, sondrio))

    def links(url: str) -> list[str]:
        html = me.get(url).content.decode()
        row = html.partition('aria-label="Parti dei riconoscimenti"')[2].partition("</nav>")[0]
        assert f'href="{url}" aria-current="page"' in row
        return re.findall(r'href="([^"]+)"', row)

    found = links(reverse("certification:list"))
    assert len(found) == parts
    assert all(links(url) == found for url in found)


def test_late_for_a_reason(company: Company, contact: Any, campaign: Campaign, worker: Any, signed_in: Any, today: date) -> None:
    Campaign.objects.update(opens_on=today - timedelta(days=30), closes_on=today - timedelta(days=1))
    office, url = signed_in(worker), reverse("certification:begin_for", args=[company.public_id])
    assert company.name in office.get(url).content.decode()
    assert url in office.get(reverse("desk:company", args=[company.public_id])).content.decode()
    assert "scrivi perché" in office.post(url, {"late_reason": ""}).content.decode()
    assert office.post(url, {"late_reason": "Il referente era malato"}).status_code == 303
    assert "Il referente era malato" in office.get(page_of(Application.objects.get())).content.decode()


def test_campaigns_are_opened_changed_and_told(
    by: Any, company: Company, coordinator: Any, worker: Any, signed_in: Any, today: date
) -> None:
    contact_of(company)
    scheme = publish_scheme(by)
    boss, new = signed_in(coordinator), reverse("certification:new_campaign")
    assert boss.get(new).status_code == 200 and boss.get(reverse("certification:new_sitting")).status_code == 200
    assert "Ancora nessuna campagna" in boss.get(reverse("certification:campaigns")).content.decode()
    days = {"opens_on": today.isoformat(), "closes_on": (today + timedelta(days=30)).isoformat()}
    wrong = boss.post(new, {"name": "Autunno", "scheme": str(scheme.public_id), **days, "closes_on": "2026-01-01"})
    assert "La chiusura viene dopo" in wrong.content.decode()
    assert boss.post(new, {"name": "Autunno", "scheme": str(scheme.public_id), **days}).status_code == 303
    row = Campaign.objects.get()
    overlap = boss.post(new, {"name": "Ancora", "scheme": str(scheme.public_id), **days})
    assert overlap.status_code == 422 and "è già aperta «Autunno»" in overlap.content.decode()
    home, edit = (reverse(f"certification:{name}", args=[row.public_id]) for name in ("campaign", "edit_campaign"))
    assert "Autunno" in boss.get(edit).content.decode()
    assert boss.post(edit, {"name": "Autunno 2026", "row_version": "7", **days}).status_code == 409
    assert boss.post(edit, {"name": "Autunno 2026", "row_version": "1", **days}).status_code == 303
    assert boss.post(home, {"whom": "without"}).status_code == 303
    assert Message.objects.filter(kind="certification.invited").count() == 1
    assert company.name in boss.get(home).content.decode()
    office = signed_in(worker)
    assert office.get(home).status_code == 200 and office.post(home, {"whom": "hosts"}).status_code == 403


def test_the_office_s_notes_are_not_for_the_company_s_own_people(
    contact: Any, campaign: Campaign, company: Company, by: Any, sondrio: Any, user_of: Any, signed_in: Any, today: date
) -> None:
    """A member of the commission who works for the company: neither the minutes of the visit nor what an outsider said of it."""
    ours = own_access(contact)
    with scope(ours.scope):
        row = filled(company, by=ours)
    row = checked(row, by=by)
    user = user_of(Role.COMMISSION_MEMBER, sondrio)
    member = signed_in(user)
    assert "Accogliente." in member.get(page_of(row)).content.decode()
    Membership.objects.create(user=user, network_id=row.network_id, company=row.company, role=Role.COMPANY_TUTOR, valid_from=today)
    assert member.get(page_of(row)).status_code == 403


def test_the_commission_through_its_pages(
    by: Any, company: Company, contact: Any, coordinator: Any, sondrio: Any, tirano: Any, signed_in: Any, today: date
) -> None:
    ours = own_access(contact)
    with scope(ours.scope):
        row = filled(company, by=ours)
    row = checked(row, by=by)
    members = [make_user(Role.COMMISSION_MEMBER, where, number=n) for n, where in enumerate((sondrio, tirano, sondrio), start=1)]
    boss = signed_in(coordinator)
    assert "C'è una domanda verificata" in boss.get(reverse("certification:sittings")).content.decode()
    day = {"held_on": today.isoformat(), "place": "Sala", "president": str(members[0].pk)}
    assert boss.post(reverse("certification:new_sitting"), day).status_code == 303
    sitting = Sitting.objects.get()

    def to(name: str, *more: Any) -> str:
        return reverse(f"certification:{name}", args=[sitting.public_id, *more])

    for name in ("add_cases", "open_sitting", "cancel_sitting"):
        assert "Seduta n. 2026/000001" in boss.get(to(name)).content.decode()
    assert boss.get(to("votes", uuid4())).status_code == 404
    assert boss.post(to("add_cases"), {"applications": [str(row.public_id)]}).status_code == 303
    assert boss.post(to("open_sitting"), {"present": []}).status_code == 422
    assert boss.post(to("open_sitting"), {"present": [str(m.pk) for m in members]}).status_code == 303
    case = AgendaItem.objects.get()
    for name in ("votes", "decide_case", "postpone_case"):
        assert company.name in boss.get(to(name, case.public_id)).content.decode()
    one = signed_in(members[1])
    assert "Vota" in one.get(to("sitting")).content.decode()
    assert one.post(to("votes", case.public_id), {f"vote_{members[1].pk}": "yes"}).status_code == 303
    aside = signed_in(members[2])
    assert aside.post(of("stand_aside", row), {"reason": "relation"}).status_code == 303
    early = boss.post(to("decide_case", case.public_id), {"reason": ""})
    assert early.status_code == 422 and "Manca il numero legale" in early.content.decode()
    assert boss.post(to("votes", case.public_id), {f"vote_{members[0].pk}": "yes"}).status_code == 303
    assert boss.post(to("decide_case", case.public_id), {"reason": "Merita"}).status_code == 303
    assert Certificate.objects.get().level == "impresa_solidale"
    assert boss.post(to("postpone_case", case.public_id), {"reason": "Siamo in due"}).status_code == 409
    assert boss.post(to("close_sitting")).status_code == 303
    president = signed_in(members[0])
    assert president.post(to("reopen_sitting"), {"reason": ""}).status_code == 422
    assert president.post(to("approve_minutes")).status_code == 303
    assert president.get(to("minutes")).status_code == 404  # being made
    assert "verbale approvato" in president.get(to("sitting")).content.decode()


def test_who_declared_a_tie_reads_the_application_no_more(
    by: Any, company: Company, contact: Any, coordinator: Any, sondrio: Any, signed_in: Any, today: date
) -> None:
    """Nor its proofs, nor the procedure and the appeal about it; the page says why. The others of the commission still do."""
    ours = own_access(contact)
    with scope(ours.scope):
        row = filled(company, by=ours)
    row = checked(row, by=by)
    one, other = (signed_in(make_user(Role.COMMISSION_MEMBER, sondrio, number=n)) for n in (1, 2))
    file = of("proof", row, Proof.objects.get().public_id)
    made = procedures.announce_refusal(application=row, grounds="Poco.", by=access_for(coordinator), today=today)
    about = reverse("certification:procedure", args=[made.public_id])
    assert {one.get(url).status_code for url in (page_of(row), about)} == {200} and b"".join(one.get(file).streaming_content) == PDF
    done = one.post(of("stand_aside", row), {"reason": "relation"}, follow=True)
    assert done.status_code == 200 and "non si aprono più" in done.content.decode()
    for url in (page_of(row), file, about, of("stand_aside", row)):
        shut = one.get(url)
        assert shut.status_code == 403 and "ti sei astenuto: parente, amico o altro legame" in shut.content.decode()
    assert {other.get(url).status_code for url in (page_of(row), about)} == {200}


def test_a_procedure_and_an_appeal_through_their_pages(
    by: Any, company: Company, contact: Any, coordinator: Any, sondrio: Any, worker: Any, signed_in: Any, today: date
) -> None:
    from certification.services import applications

    ours = own_access(contact)
    with scope(ours.scope):
        row = filled(company, by=ours, level="aderente")
    held = applications.grant_application(application=checked(row, by=by), by=access_for(coordinator), today=today)
    boss, second, office = signed_in(coordinator), signed_in(make_user(Role.COORDINATOR, sondrio, number=2)), signed_in(worker)
    detail = reverse("certification:detail", args=[held.public_id])
    said = {"kind": "suspension", "reason_class": "safety", "grounds": "Mancano i dispositivi."}
    assert office.get(reverse("certification:open_procedure", args=[held.public_id])).status_code == 403
    assert boss.post(reverse("certification:open_procedure", args=[held.public_id]), said).status_code == 303
    made = Procedure.objects.get()

    def to(name: str, *more: Any) -> str:
        return reverse(f"certification:{name}", args=[made.public_id, *more])

    for name, more in (("deliver", ("notice",)), ("observations", ()), ("conclude", ()), ("archive", ())):
        assert company.name in boss.get(to(name, *more)).content.decode()
    for name in ("open_procedure", "give_up", "lift", "appeal_measure"):
        assert company.name in boss.get(reverse(f"certification:{name}", args=[held.public_id])).content.decode()
    page = boss.get(to("procedure")).content.decode()
    assert "Mancano i dispositivi" in page and "da consegnare" in page
    assert "sospeso" in boss.get(detail).content.decode()
    assert "È sospeso per: sicurezza sul lavoro" in signed_in(contact).get(at("page", company)).content.decode()
    delivery = {"on": today.isoformat(), "way": "pec", "file": proof()}
    assert office.post(to("deliver", "notice"), delivery).status_code == 303
    assert office.post(to("observations"), {"on": today.isoformat(), "text": "Li abbiamo"}).status_code == 303
    early = second.post(to("conclude"), {"reason": "No", "answer": ""})
    assert early.status_code == 422 and "punto per punto" in early.content.decode()
    assert second.post(to("conclude"), {"reason": "Restano sospesi", "answer": "Non bastano"}).status_code == 303
    kept = office.get(to("procedure_file", Procedure.objects.get().papers.first().proof.public_id))
    assert b"".join(kept.streaming_content) == PDF
    new = reverse("certification:appeal_measure", args=[held.public_id])
    assert office.post(new, {"filed_on": today.isoformat(), "words": "Non è vero"}).status_code == 303
    appeal = reverse("certification:appeal", args=[Appeal.objects.get().public_id])
    assert second.post(appeal, {"outcome": "upheld", "reason": "Vero"}).status_code == 422
    assert boss.post(appeal, {"outcome": "upheld", "reason": "Vero"}).status_code == 303
    assert Certificate.objects.get().state == "granted"
    gone = reverse("certification:give_up", args=[held.public_id])
    assert boss.post(gone, {"reason_class": "on_request", "reason": "Lo chiede"}).status_code == 303
    assert company.name not in signed_in(contact).get(reverse("website:register")).content.decode()


def test_once_a_year_through_the_page(
    by: Any, company: Company, contact: Any, coordinator: Any, worker: Any, signed_in: Any, today: date
) -> None:
    from certification.services import applications

    ours = own_access(contact)
    with scope(ours.scope):
        row = filled(company, by=ours, level="aderente")
    held = applications.grant_application(application=checked(row, by=by), by=access_for(coordinator), today=today)
    check = YearCheck.objects.create(network_id=held.network_id, certificate=held, due_on=today, asked_on=today)
    me, url = signed_in(contact), at("check", company, check.public_id)
    assert "Una domanda sola" in me.get(reverse("desk:our_company")).content.decode()
    assert me.post(url, {"still": ""}).status_code == 422
    assert me.post(url, {"still": "hosting", "signed_by": "Rita"}).status_code == 303
    assert me.get(url)["Location"] == at("page", company)
    office, look = signed_in(worker), reverse("certification:look", args=[held.public_id, check.public_id])
    assert "Guarda" in office.get(reverse("certification:detail", args=[held.public_id])).content.decode()
    assert company.name in office.get(look).content.decode()
    assert office.post(look, {"note": "Bene"}).status_code == 303


@pytest.mark.parametrize(
    ("page", "budget"), [("certification:applications", 8), ("certification:campaigns", 8), ("certification:sittings", 8)]
)
def test_lists_cost_the_same_for_many_rows(
    page: str, budget: int, by: Any, campaign: Any, coordinator: Any, signed_in: Any, today: date
) -> None:
    boss = signed_in(coordinator)
    make_user(Role.COMMISSION_MEMBER, by.ambito)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert boss.get(reverse(page)).status_code == 200
        return len(queries)

    def grow(first: int, last: int) -> None:
        for number in range(first, last):
            company = make_host(by, number=number)
            hosted(by, company, make_beneficiary(by, number=number))
            ours = own_access(contact_of(company, number=number))
            with scope(ours.scope):
                filled(company, by=ours)
            Sitting.objects.create(network_id=by.network_id, number=str(number), held_on=today, place="x", president_id=boss_id)

    boss_id = coordinator.pk
    grow(1, 2)
    cost()
    before = cost()
    grow(2, 5)
    assert cost() == before
