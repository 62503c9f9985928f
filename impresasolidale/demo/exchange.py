"""What offices brought from their own files: two companies that came in, and in each office a list of people with rows to put right; and
a program that is told what happens, of an invented address: its notices are past, so that the demo calls nobody."""

from django.core.files.uploadedfile import SimpleUploadedFile

from impresasolidale.accounts.access import Access
from impresasolidale.core.scope import scope
from impresasolidale.exchange import services, siuss
from impresasolidale.exchange.columns import save_columns
from impresasolidale.exchange.kinds import KINDS, guess
from impresasolidale.exchange.models import Hook, HookNotice, ImportBatch
from impresasolidale.exchange.searches import save_search
from impresasolidale.exchange.services import as_office, hooks, takeout
from placements.agreements.models import Placement

from . import names
from .fund_in import _Quiet
from .users import People
from .world import District, World, acting_for

FIRST, CLOSED = "agreements.placement.activated", "attendance.timesheet.closed"
COMPANIES = (
    ("Ragione sociale", "Tipo", "Partita IVA", "Indirizzo", "Comune", "Settore", "Addetti"),
    ("Serramenti Finestra Socchiusa srl", "impresa", 901, "Via dei Mulini 4", "Sondrio", "serramenti", "9"),
    ("Erboristeria Tarassaco Pensoso", "impresa", 902, "Piazzetta del Pozzo 2", "Sondrio", "erbe e tisane", "3"),
)
PEOPLE = ("Codice fiscale", "Cognome", "Nome", "Comune di residenza", "Telefono", "Area", "Segnalato il")
INVENTED = (("Fiorenza", "Cavalcanuvole", "F"), ("Amilcare", "Settesassi", "M"), ("Ortensia", "Brinadoro", "F"))
SAME = {
    "referral_service": "social_service",
    "referral_operator": "Servizio sociale di base",
    "charge_service": "social_service",
    "charge_case_manager": "Servizio sociale di base",
}


def create_imports(world: World, staff: People) -> None:
    for n, district in enumerate(world.districts):
        by = acting_for(staff.offices[district.ambito.pk].coordinator, district)
        with scope(by.scope):
            if n == 0:
                _companies(world, by)
            _people(world, district, by)
            if n == 1:
                with world.acting("take-out", on=world.ago(3)):
                    takeout.ask(reason="Copia di fine anno, da tenere fuori di qui", by=by)
            with world.acting("outside codes", district.ambito.pk, on=world.ago(9)):  # of an invented body, and not all of them
                siuss.save_codes(kinds={siuss.ALLOWANCE: "PROVA-01"}, areas={"disability": "SINA", "disadvantage": "SIP"}, by=by)
            with world.acting("saved search", district.ambito.pk, on=world.ago(7)):
                save_search(page="agreements:list", query="finisce=on", name="Finiscono entro due mesi", is_shared=True, by=by)
            with world.acting("chosen columns", district.ambito.pk, on=world.ago(6)):
                codes = ["comune", "sector", "phone", "email", "tutors"]
                save_columns(page="hosts:list", codes=codes, is_shared=False, by=by)
            with world.acting("a program that is told", district.ambito.pk, on=world.ago(8)):
                _program(world, by)


def _program(world: World, by: Access) -> None:
    """It took two notices, and refused one."""
    url = "https://cartella.comune.example.org/avvisi"
    hook, _secret = hooks.add_hook(name="Cartella sociale del Comune", url=url, events=[FIRST, CLOSED], by=by)
    placements = Placement.objects.filter(ambito_id=by.ambito_id).order_by("-id")[:3]
    for n, placement in enumerate(placements):
        told = {"outcome": "sent", "status": 204} if n else {"outcome": "failed", "status": 500, "fault": "status"}
        at = world.at(world.ago(7 - n), 10)
        HookNotice.objects.create(
            public_id=world.uuid("exchange.notice", placement.pk), ambito_id=by.ambito_id, hook=hook, code=FIRST,
            subject_type="agreements.placement", subject_id=placement.pk, at=at, due_at=at, told_at=at, attempts=1 if n else 5, **told,
        )  # fmt: skip
    Hook.objects.filter(pk=hook.pk).update(is_on=False)


def _companies(world: World, by: Access) -> None:
    rows = [[names.partita_iva(cell) if isinstance(cell, int) else cell for cell in row] for row in COMPANIES]
    with world.acting("imported companies", on=world.ago(12), hour=9):
        batch = _checked(world, "companies", "imprese-2026.csv", rows, {"kind": "firm"}, by, ago=12)
        services.confirm(batch=batch, by=by)
        services.take_rows(batch_id=batch.pk, after=0, run=_Quiet(), by=as_office(by), today=world.ago(12))  # type: ignore[arg-type]


def _people(world: World, district: District, by: Access) -> None:
    """Two people who could come in, a comune that is not one, a code with a slip of the finger."""
    seat, on = district.seat.name, f"{world.ago(20):%d/%m/%Y}"
    rows = [list(PEOPLE)]
    for n, (first, last, sex) in enumerate(INVENTED):
        code = names.codice_fiscale(first, last, sex, world.today.replace(year=1979 + n, month=3 + n, day=11), district.seat.cadastral_code)
        rows.append([code, last, first, seat if n < 2 else f"{seat}o", f"333 00000{n}", "difficoltà sociale", on])
    rows.append([rows[1][0][:-1] + "7", "Cavalcanuvole", "Fiorenza", seat, "", "difficoltà sociale", on])
    with world.acting("imported people", district.ambito.pk, on=world.ago(1), hour=10):
        same = {**SAME, "charge_valid_from": on}
        _checked(world, "people", "elenco-persone.csv", rows, same, by, ago=1)


def _checked(world: World, kind: str, name: str, rows: list[list[str]], fixed: dict[str, str], by: Access, *, ago: int) -> ImportBatch:
    """A file that was handed in, matched as the page proposes, and checked."""
    today, quiet = world.ago(ago), _Quiet()
    file = SimpleUploadedFile(name, "\r\n".join(";".join(row) for row in rows).encode())
    batch = services.hand_in(file=file, kind=kind, by=by, today=today)
    services.read_file(batch_id=batch.pk, run=quiet, by=as_office(by))  # type: ignore[arg-type]
    mapping = guess(batch.columns, KINDS[kind].fields(by=as_office(by), today=today))
    if "kind" in fixed:
        mapping.pop("kind", None)
    services.match_columns(batch=batch, mapping=mapping, fixed=fixed, by=by, today=today)
    services.check_rows(batch_id=batch.pk, after=0, run=quiet, by=as_office(by), today=today)  # type: ignore[arg-type]
    batch.refresh_from_db()
    return batch
