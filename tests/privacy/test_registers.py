"""The registers: breaches with their 72 hours, agreements with their expiry, processing as the code has it."""

from datetime import date, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.utils import timezone

from impresasolidale.accounts.permissions import ROLE_PERMISSIONS, Role
from impresasolidale.core import todos
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Deadline, Document, Fact, Heartbeat, Todo
from impresasolidale.core.rendering import html_of
from impresasolidale.core.scope import Scope, scope
from impresasolidale.privacy import processing, rules
from impresasolidale.privacy.models import Breach, DataPact, ProcessingNote
from impresasolidale.privacy.services import registers as services
from impresasolidale.territory.models import Ambito
from tests.factories.fixtures import TODAY, make_user
from tests.factories.jobs import in_every_ambito
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
BREACHES, PACTS, REGISTER = (f"/protezione-dei-dati/{name}/" for name in ("violazioni", "accordi", "registro"))
ROME = timezone.get_default_timezone()
AT = datetime(2026, 11, 16, 9, tzinfo=ROME)
VALUES = {
    "title": "Mail al destinatario sbagliato", "detected_at": AT, "what": "Un elenco è andato a un'altra impresa.",
    "categories": "Nomi e orari",
    "people": 4, "consequences": "Qualcuno può sapere chi è in tirocinio.", "measures": "",
}  # fmt: skip


@pytest.fixture
def breach(within, dpo):
    return services.register_breach(values=VALUES, by=within(dpo), now=AT)


@pytest.mark.parametrize(
    ("hours", "left", "mark"),
    [(0, 72, 0), (23.9, 48, 0), (24, 48, 24), (47.5, 24, 24), (48, 24, 48), (71.5, 0, 48), (72, 0, 72), (72.5, -1, 72), (100, -28, 72)],
)
def test_seventy_two_hours(hours, left, mark):
    now = AT + timedelta(hours=hours)
    assert (rules.hours_left(AT, now), rules.mark_of(AT, now)) == (left, mark)


def test_the_hours_are_the_clock_s_when_summer_ends():
    """From Saturday 10:00 summer time to Tuesday 09:00 winter time are 72 hours."""
    at = datetime(2026, 10, 24, 10, tzinfo=ROME)
    assert timezone.localtime(rules.notify_by(at.astimezone(timezone.get_fixed_timezone(0))), ROME).hour == 9


def test_a_breach_from_its_first_words_to_its_end(signed_in, within, dpo):
    client = signed_in(dpo)
    late = client.post(f"{BREACHES}nuova/", {**VALUES, "row_version": 0, "detected_at": "2030-01-01T10:00"})
    assert late.status_code == 422
    done = client.post(f"{BREACHES}nuova/", {**VALUES, "row_version": 0, "detected_at": "2026-11-17T09:00"})
    within(dpo)
    row = Breach.objects.get()
    here = f"{BREACHES}{row.public_id}/"
    assert done["Location"] == here
    assert Todo.objects.get(kind=services.BREACH_TODO, done_at=None).role == Role.COORDINATOR
    assert "restano" in client.get("/protezione-dei-dati/").content.decode()
    assert "Manca ancora" in client.post(f"{here}chiudi/", follow=True).content.decode()
    assert client.post(f"{here}notifica/", {"at": "2026-11-17T10:00"}).status_code == 422
    assert client.post(f"{here}decisione/", {"decision": "notify", "reason": ""}).status_code == 422
    assert client.post(f"{here}decisione/", {"decision": "notify", "reason": "Dati di persone fragili"}).status_code == 303
    assert Todo.objects.filter(kind=services.BREACH_TODO, done_at=None).exists()  # it still waits for the notification
    assert client.post(f"{here}notifica/", {"at": "2026-11-17T10:00", "number": "P-1"}).status_code == 303
    assert not Todo.objects.filter(kind=services.BREACH_TODO, done_at=None).exists()
    assert client.post(f"{here}persone/", {"told": "tell", "reason": "Per telefono"}).status_code == 422  # no day
    assert client.post(f"{here}persone/", {"told": "tell", "reason": "Per telefono", "on": "2026-11-17"}).status_code == 303
    row.refresh_from_db()
    changed = {**VALUES, "detected_at": "2026-11-17T09:00", "measures": "Richiamato il destinatario", "row_version": row.row_version}
    assert client.post(f"{here}modifica/", changed).status_code == 303
    assert client.post(f"{here}modifica/", changed).status_code == 422  # on an older version
    assert client.post(f"{here}chiudi/").status_code == 303
    row.refresh_from_db()
    assert row.state == "closed"
    assert client.post(f"{here}riapri/", {"reason": ""}).status_code == 422
    assert client.post(f"{here}riapri/", {"reason": "Un altro destinatario"}).status_code == 303


def test_after_seventy_two_hours_the_delay_has_its_reason(within, dpo, breach):
    by, late = within(dpo), AT + timedelta(hours=72, minutes=1)
    row = services.decide_breach(breach=breach, decision="notify", reason="x", by=by, now=AT)
    with pytest.raises(DomainError) as refused:
        services.note_notified(breach=row, at=late, number="", late_reason=" ", by=by, now=late)
    assert refused.value.field == "late_reason"
    done = services.note_notified(breach=row, at=late, number="", late_reason="Il server era fermo", by=by, now=late)
    assert done.late_reason == "Il server era fermo"
    with pytest.raises(DomainError, match="già stata notificata"):
        services.decide_breach(breach=row, decision="not_needed", reason="y", by=by, now=late)


def test_in_time_no_reason_of_a_delay_is_kept(within, dpo, breach):
    by, last = within(dpo), AT + timedelta(hours=72)
    row = services.decide_breach(breach=breach, decision="notify", reason="x", by=by, now=AT)
    assert services.note_notified(breach=row, at=last, number="", late_reason="per caso", by=by, now=last).late_reason == ""


@pytest.mark.parametrize(("hours", "words"), [(1, "ci sono 72 ore"), (24, "restano 48"), (48, "restano 24"), (73, "sono passate")])
def test_the_inbox_says_it_again_at_each_mark(within, dpo, breach, hours, words):
    in_every_ambito(services.chase_breaches, now=AT + timedelta(hours=hours))
    within(dpo)
    (todo,) = Todo.objects.filter(kind=services.BREACH_TODO, done_at=None)
    assert words in todo.title and todo.is_mandatory and todo.due_on == (AT + timedelta(hours=72)).date()


def test_what_is_decided_is_not_told_again(within, dpo, breach):
    services.decide_breach(breach=breach, decision="not_needed", reason="Il file era cifrato", by=within(dpo), now=AT)
    assert in_every_ambito(services.chase_breaches, now=AT + timedelta(hours=50)) == 0
    within(dpo)
    assert not Todo.objects.filter(kind=services.BREACH_TODO, done_at=None).exists()


def test_registers_are_their_ambito_s(signed_in, tirano, worker, breach, within, dpo):
    pact = services.save_pact(
        pact=None, values={"kind": "processor", "party": "Nuvola Esempio", "subject": "Ospita il programma", "contact": "", "act": "",
                           "signed_on": TODAY, "expires_on": None}, seen=0, by=within(dpo), today=TODAY,
    )  # fmt: skip
    other = signed_in(make_user(Role.DPO, tirano))
    for path in (f"{BREACHES}{breach.public_id}/", f"{BREACHES}{breach.public_id}/decisione/", f"{PACTS}{pact.public_id}/"):
        assert other.get(path).status_code == 404, path
        assert signed_in(worker).get(path).status_code == 403, path
    assert other.post(f"{PACTS}{pact.public_id}/finito/").status_code == 404


def test_an_agreement_reminds_of_its_expiry_until_it_is_over(signed_in, within, dpo):
    client = signed_in(dpo)
    sent = {"kind": "processor", "party": "Nuvola Esempio", "subject": "Ospita il programma", "signed_on": TODAY.replace(year=2025)}
    sent["row_version"] = 0
    assert client.post(f"{PACTS}nuovo/", {**sent, "expires_on": TODAY.replace(year=2024)}).status_code == 422
    assert client.post(f"{PACTS}nuovo/", {**sent, "signed_on": TODAY + timedelta(days=1)}).status_code == 422
    assert client.post(f"{PACTS}nuovo/", {**sent, "expires_on": TODAY + timedelta(days=30)}).status_code == 303
    within(dpo)
    row = DataPact.objects.get()
    assert "Nuvola Esempio" in client.get("/protezione-dei-dati/").content.decode()
    todos.remind(today=TODAY)
    assert Todo.objects.filter(kind=services.PACT_TODO, done_at=None).count() == 1
    later = {**sent, "expires_on": TODAY + timedelta(days=400), "row_version": row.row_version}
    assert client.post(f"{PACTS}{row.public_id}/", later).status_code == 303
    assert Deadline.objects.get(kind=services.PACT_TODO, closed_at=None).due_on == TODAY + timedelta(days=400)
    assert client.post(f"{PACTS}{row.public_id}/finito/").status_code == 303
    assert not Deadline.objects.filter(kind=services.PACT_TODO, closed_at=None).exists()
    assert not Todo.objects.filter(kind=services.PACT_TODO, done_at=None).exists()


def test_every_room_and_every_reader_is_in_the_register():
    """What the register says is what the code does: no room is left out, and who holds a right stands among the readers."""
    from django.apps import apps

    from tests.support.sources import WINGS

    rooms = {m._meta.app_label for m in apps.get_models() if m.__module__.partition(".")[0] in WINGS and m._meta.managed}
    named = {app for entry in processing.ENTRIES for app in entry.apps}
    assert rooms - named <= {"territory", "reports", "website", "api", "demo"}  # no table about people, or the site's own
    for entry in processing.ENTRIES:
        assert processing.tables_of(entry)
        wanted = {str(role.label) for role in Role if ROLE_PERMISSIONS[role] & set(entry.rights)}
        assert set(processing.readers_of(entry)) == wanted


def test_measures_are_as_they_are(settings, within, dpo):
    within(dpo)
    settings.SMS_GATEWAY = ""
    now = {m.title: m for m in processing.measures()}
    assert now["Ogni ufficio vede solo le sue righe"].is_on and now["Dati cifrati"].is_on
    assert now["SMS attraverso un fornitore"].is_on is False
    assert now["Secondo fattore"].is_on is (settings.SECOND_FACTOR == "required") and now["Antivirus sui file"].is_on is False
    settings.SMS_GATEWAY, settings.FIELD_KEYS, settings.SESSION_COOKIE_AGE = "core.sms.Http", [], 48 * 3600
    settings.SECOND_FACTOR, settings.CLAMAV_URL = "optional", "tcp://127.0.0.1:3310"
    then = {m.title: m.is_on for m in processing.measures()}
    assert then["SMS attraverso un fornitore"] and not then["Dati cifrati"] and not then["Sessione che finisce da sola"]
    assert then["Antivirus sui file"] and not then["Secondo fattore"]
    assert now["Prova di ripristino"].is_on is None


def test_the_register_says_when_the_last_copy_was_made(within, dpo):
    within(dpo)

    def copies():
        return next(m for m in processing.measures() if m.title == "Copie di sicurezza")

    assert copies().is_on is False and "nessuna copia" in copies().detail
    beat = Heartbeat.objects.create(name="backup", at=timezone.now() - timedelta(hours=3))
    assert copies().is_on is True and "Fatta" in copies().detail
    beat.at = timezone.now() - timedelta(days=3)
    beat.save(update_fields=["at"])
    assert copies().is_on is False


def test_once_a_year_the_dpo_looks_at_the_registers(signed_in, within, dpo, worker, sondrio, tirano):
    february = date(2027, 2, 2)
    assert in_every_ambito(services.ask_review, today=date(2027, 1, 31)) == 0
    with time_machine.travel(datetime(2027, 2, 2, 3, tzinfo=ROME)):
        asked = in_every_ambito(services.ask_review, today=february)
        assert asked == Ambito.objects.count() and in_every_ambito(services.ask_review, today=date(2027, 2, 3)) == 0
    client = signed_in(dpo)
    assert "Rivedi il registro dei trattamenti" in unescape(client.get("/da-fare/").content.decode())
    assert "Nessuno ha ancora segnato una revisione" in unescape(client.get(REGISTER).content.decode())
    assert client.post(f"{REGISTER}rivisto/")["Location"] == REGISTER
    assert "sono stati rivisti il" in unescape(client.get(REGISTER).content.decode())
    for ambito, waits in ((sondrio, 0), (tirano, 1)):  # each for its own
        with scope(Scope(ambiti=frozenset({ambito.pk}))):
            assert Todo.objects.filter(kind=services.REVIEW, subject_id=ambito.pk, done_at=None).count() == waits
    within(dpo)
    assert Fact.objects.get(code="privacy.registers.reviewed").actor_id == dpo.pk
    assert signed_in(worker).post(f"{REGISTER}rivisto/").status_code == 403


def test_a_note_is_a_new_version_and_stands_on_the_paper(signed_in, within, dpo):
    client = signed_in(dpo)
    for text in ("Delibera 12", "Delibera 15"):
        assert client.post(f"{REGISTER}note/people/", {"text": text}).status_code == 303
    assert client.get(f"{REGISTER}note/niente/").status_code == 404
    within(dpo)
    assert [note.text for note in ProcessingNote.objects.order_by("id")] == ["Delibera 12", "Delibera 15"]
    page = unescape(client.get(REGISTER).content.decode())
    assert "Delibera 15" in page and "Delibera 12" not in page and "proposta, da confermare" in page
    for end, words in (("stampa/", "art. 30"), ("impatto/", "Rischi, e che cosa li riduce")):
        assert client.post(REGISTER + end).status_code == 303
        within(dpo)
        paper = Document.objects.order_by("-id").first()
        html = unescape(html_of(paper, "A" * 26))
        assert "Delibera 15" in html and words in html and "Misure di sicurezza" in html
        assert client.get(f"{REGISTER}carte/{paper.public_id}/").status_code == 404  # it is not ready yet


def test_a_dpo_of_the_whole_network_is_told_to_choose_an_ambito(signed_in, db):
    client = signed_in(make_user(Role.DPO, None))
    for path in ("/protezione-dei-dati/", BREACHES, PACTS, REGISTER, "/protezione-dei-dati/testi/", "/chi-ha-guardato/"):
        assert client.get(path).status_code == 200, path
    refused = client.post(f"{BREACHES}nuova/", {**VALUES, "row_version": 0, "detected_at": "2026-11-17T09:00"})
    assert refused.status_code == 422 and "scegli prima" in refused.content.decode()


def test_query_budgets(signed_in, within, dpo):
    client = signed_in(dpo)
    for number in range(3):
        services.register_breach(values={**VALUES, "title": f"Caso {number}"}, by=within(dpo), now=AT)
    for path, most in (("/protezione-dei-dati/", 12), (BREACHES, 8), (PACTS, 8), (REGISTER, 10), ("/protezione-dei-dati/testi/", 8)):
        with OwnQueries() as own:
            client.get(path)
        assert len(own) <= most, (path, str(own))


def test_nobody_else_reads_or_writes_them_in_the_database(within, coordinator, breach, sondrio):
    with scope(Scope(ambiti=frozenset({sondrio.pk}), only={"company": frozenset(), "placement": frozenset()})):
        assert not Breach.objects.exists()
