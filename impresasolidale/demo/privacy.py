"""Data protection at the first Ambito: a copy that is asked, a correction that was made, a breach that is over, agreements, texts.
At the door of the services; everything is invented."""

from datetime import timedelta
from random import Random
from typing import Any

from companies.hosts.models import CompanyTutor
from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import COMPANY_ROLES, Role
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.scope import scope
from impresasolidale.privacy.models import Acceptance
from impresasolidale.privacy.services import notices, registers, requests, retention
from impresasolidale.territory.selectors import name_key
from placements.beneficiaries.models import Beneficiary, TakingInCharge

from . import names
from .world import World

INSTRUCTIONS = (
    "Ti affidiamo una persona, e con lei qualche suo dato: il nome, i giorni, le ore, come va.\n\n"
    "Usali solo per il tirocinio. Non parlarne con chi non c'entra, nemmeno in azienda.\n\n"
    "Non chiedere perché è in tirocinio e non scriverlo da nessuna parte. Se te lo racconta lei, resta fra voi.\n\n"
    "Non dare a nessuno il tuo accesso. Se perdi il telefono, o un foglio, dillo subito all'ufficio: il giorno stesso."
)
NOTICE = (
    "Usiamo i tuoi dati per il tirocinio e per gli aiuti che lo accompagnano.\n\n"
    "Li vede chi ti segue. L'impresa vede solo quello che serve.\n\n"
    "Puoi chiedere una copia, una correzione, o di parlare con il responsabile della protezione dei dati."
)
PACTS: tuple[tuple[str, str, str, str, int, int | None], ...] = (
    ("processor", "Nuvola Esempio", "Ospita il programma e le sue copie", "Determina 41", 690, 40),
    ("processor", "Cooperativa Esempio", "Gestisce l'inserimento per conto dell'ente", "Convenzione 12", 300, 430),
    ("joint", "Azienda sanitaria Esempio", "Progetti seguiti insieme ai servizi sanitari", "Protocollo d'intesa 7", 900, None),
)


def create_privacy(world: World) -> None:
    home = world.districts[0].ambito
    dpo = Membership.objects.select_related("user").get(role=Role.DPO, ambito=home).user
    by = access_for(dpo)
    with scope(by.scope):
        _texts(world, by)
        _requests(world, by)
        _breach(world, by)
        for number, (kind, party, subject, act, since, left) in enumerate(PACTS):
            values = {
                "kind": kind, "party": party, "subject": subject, "contact": "", "act": act, "signed_on": world.ago(since),
                "expires_on": world.today + timedelta(days=left) if left else None,
            }  # fmt: skip
            with world.acting("data pact", number, on=world.ago(30)):
                registers.save_pact(pact=None, values=values, seen=0, by=by, today=world.ago(30))
        with world.acting("processing note", on=world.ago(30)):
            registers.write_note(entry="people", text="Conservazione: in attesa del nuovo massimario dell'ente.", by=by)
        _retention(world, by)
    _accept(world, by)


def _texts(world: World, by: Access) -> None:
    day = world.ago(200)
    for kind, title, text in (
        ("people", "Come usiamo i tuoi dati", NOTICE),
        ("instructions", "Istruzioni per chi segue una persona in azienda", INSTRUCTIONS),
    ):
        with world.acting("notice", kind, on=day):
            notices.publish_notice(values={"kind": kind, "title": title, "text": text, "in_force_from": day}, by=by, today=day)


def _requests(world: World, by: Access) -> None:
    people = list(Beneficiary.objects.filter(ambito_id=by.ambito_id, merged_into=None).order_by("pk")[2:4])
    common: dict[str, Any] = {"asker": "person", "representative": None, "channel": "desk"}
    common["identity_check"] = "Carta d'identità vista allo sportello"
    day = world.ago(19)
    with world.acting("data request", on=day):
        values = {**common, "kind": "access", "received_on": day, "words": "Vorrei sapere che cosa c'è scritto su di me, e chi l'ha letto."}
        requests.register_request(person=people[0], values=values, by=by, today=day)
    day = world.ago(90)
    with world.acting("correction", on=day):
        values = {**common, "kind": "rectification", "received_on": day, "words": "Il numero di telefono è cambiato."}
        row = requests.register_request(person=people[1], values=values, by=by, today=day)
    with world.acting("correction done", on=day + timedelta(days=3)):
        requests.answer_request(
            request=row, outcome="Numero corretto sulla scheda.", delivery="hand", seen=1, by=by, today=day + timedelta(days=3)
        )


def _breach(world: World, by: Access) -> None:
    day = world.ago(120)
    at = world.at(day, 9, 30)
    with world.acting("breach", on=day):
        row = registers.register_breach(
            values={
                "title": "Un calendario mandato all'impresa sbagliata",
                "detected_at": at,
                "what": "Il calendario di una settimana è partito verso un'altra impresa. Ce l'ha detto chi l'ha ricevuto, un'ora dopo.",
                "categories": "Nome, giorni e ore di una persona; nessun dato sulla salute.",
                "people": 1,
                "consequences": "Chi l'ha letto sa che quella persona è in tirocinio lì.",
                "measures": "L'impresa ha cancellato la mail e l'ha scritto. L'indirizzo sbagliato è stato corretto.",
            },
            by=by,
            now=at,
        )
        row = registers.decide_breach(
            breach=row,
            decision="not_needed",
            reason="Un solo destinatario, conosciuto e tenuto al riserbo, che ha cancellato subito: un rischio è improbabile.",
            by=by,
            now=at + timedelta(hours=5),
        )
        row = registers.note_told(breach=row, told="tell", reason="Detto a voce dalla sua assistente sociale.", on=day, by=by, today=day)
        registers.close_breach(breach=row, by=by)


def _accept(world: World, by: Access) -> None:
    """Every tutor and contact of today accepted, as each would at the first way in."""
    with scope(by.scope):
        (notice,) = (row for row in notices.Notice.objects.filter(kind="instructions"))
    tutors = {tutor.user_id or -tutor.pk: tutor for tutor in CompanyTutor.objects.order_by("pk")}
    users = set(Membership.objects.filter(role__in=COMPANY_ROLES).values_list("user_id", flat=True))
    for key in sorted(users | set(tutors)):
        tutor = tutors.get(key)
        world.new(
            Acceptance,
            ambito_id=notice.ambito_id,
            notice_id=notice.pk,
            user_id=key if key > 0 else None,
            tutor=tutor,
            accepted_at=world.at(world.ago(150), 8, 15),
        )
    world.save([Acceptance])


def _retention(world: World, by: Access) -> None:
    """Three people of long ago, brought in from the paper archive: two in a list that waits for its yes, one held."""
    rng, day = Random(world.uuid("people of long ago").int), world.ago(20)
    like = Beneficiary.objects.select_related("birthplace", "residence").filter(ambito_id=by.ambito_id, merged_into=None).order_by("pk")[0]
    people = []
    for number in range(3):
        first, last = names.full_name(rng, "F")
        born = names.birthday(rng, world.today, 58 + number)
        code = names.codice_fiscale(first, last, "F", born, like.birthplace.cadastral_code)
        ended = world.ago(4100 + 97 * number)
        with world.acting("person of long ago", number, on=world.ago(300)):
            person = Beneficiary.objects.create(
                ambito_id=by.ambito_id,
                first_name=first,
                last_name=last,
                search_key=name_key(f"{last} {first}"),
                codice_fiscale=code,
                codice_fiscale_hash=lookup_hash(code),
                birth_date=born,
                sex="F",
                birthplace=like.birthplace,
                residence=like.residence,
                residence_ambito_id=like.residence_ambito_id,
                target_area="disadvantage",
            )
            TakingInCharge.objects.create(
                ambito_id=by.ambito_id,
                beneficiary=person,
                service="social_service",
                case_manager="Archivio dell'ente",
                valid_from=ended - timedelta(days=700),
                valid_to=ended,
            )
        people.append(person)
    act = "Piano di conservazione dell'ente, delibera 12"
    for kind in ("case_file", "attendance"):
        with world.acting("retention term", kind, on=day):
            retention.set_term(kind=kind, months=120, act=act, by=by)
    with world.acting("hold", on=day):
        retention.place_hold(person=people[2], reason="Un ricorso ancora aperto: decide il giudice.", until=None, by=by, today=day)
    with world.acting("discard list", on=day):
        retention.prepare_list(kind="case_file", by=by, today=day)
