"""Statements come in as files: checked while one waits, read by a job, kept whole or not at all; a line is stored once for ever."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import jobs
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.spreadsheets import XLSX
from impresasolidale.core.tables_in import read_table
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import hash_of, keep_file, safe_name
from impresasolidale.core.words import day_short
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import Pot

from .. import statement_files as formats
from ..giving_rules import iuv_of
from ..models import BankLine, BankStatement, FundHolder, Instalment, StatementFile, StatementLayout
from ..selectors.holder import holder_on, pot_reference
from ..selectors.statements import layout_of
from ..transitions import STATEMENT_FILE

Format = StatementFile.Format
TABLES = (Format.BANK_TABLE, Format.CASH_TABLE)
CHUNK = 500
# A reference of ours; an IUV of 15 or 17 digits, a notice of 18.
REFERENCE = re.compile(r"RF[0-9]{2}F[SP][0-9]{6,}|(?<![0-9])(?:[0-9]{15}|[03]?[0-9]{17})(?![0-9])")


@transaction.atomic
def hand_in(
    *,
    file: UploadedFile,
    file_format: str,
    columns: Mapping[str, str],
    opening: Decimal | None = None,
    closing: Decimal | None = None,
    by: Access,
    today: date,
) -> StatementFile:
    """Keep a statement's file and order its reading. Raises DomainError: no holder, empty, too large, not that format, handed in before."""
    by.require(Permission.RECORD_CONTRIBUTIONS)
    holder = holder_on(by, today)
    if holder is None:
        raise DomainError(_("Prima il coordinatore scrive chi tiene il fondo: l'estratto conto è suo."))
    if not file.size:
        raise DomainError(_("Il file è vuoto."), field="file")
    if file.size > formats.MAX_BYTES:
        limit = formats.MAX_BYTES // (1024 * 1024)
        raise DomainError(_("Il file è troppo grande: al massimo %(limit)s MB.") % {"limit": limit}, field="file")
    digest = hash_of(file)
    same = StatementFile.objects.filter(network_id=by.network_id, file_hash=digest).exclude(state=StatementFile.State.REFUSED).first()
    if same:
        words = _("Questo file è già stato caricato il %(day)s: niente è stato scritto due volte.")
        raise DomainError(words % {"day": day_short(same.created_at)}, field="file")
    named: dict[str, str] = {}
    if file_format in TABLES:
        named = {**layout_of(by, holder, file_format), **{name: words.strip() for name, words in columns.items() if words.strip()}}
        formats.columns_in([cell.strip() for cell in read_table(file)[0]], named)
    elif not file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise DomainError(_("Questo file non è un XML: se è una tabella, scegli quel formato."), field="file")
    row = StatementFile(
        network_id=by.network_id,
        holder=holder,
        format=file_format,
        original_name=safe_name(file),
        file_hash=digest,
        columns=named,
        opening=opening,
        closing=closing,
        created_by_id=by.actor_id,
    )
    kept_as = _content_type(file, file_format)
    row.file_name = keep_file(file, kind="solidarity_fund.statement", public_id=row.public_id, content_type=kept_as)
    row.save()
    row.job = jobs.enqueue("solidarity_fund.read_statement", by=by, file_id=row.pk)
    row.save(update_fields=["job"])
    record_fact("solidarity_fund.statement_file.handed_in", row, by=by, format=file_format)
    return row


def _content_type(file: UploadedFile, file_format: str) -> str:
    """What it is by its bytes; it is left at its beginning."""
    file.seek(0)
    is_zip = file.read(2) == b"PK"
    file.seek(0)
    if file_format not in TABLES:
        return "application/xml"
    return XLSX if is_zip else "text/csv"


def read_file(*, file_id: int, run: jobs.Run, by: Access, today: date) -> dict[str, int]:
    """The job: all of the file's new lines, or its refusal in words; what was read before is counted and not written again."""
    row: StatementFile = StatementFile.objects.select_for_update(of=("self",), no_key=True).select_related("holder__body").get(pk=file_id)
    if row.state != StatementFile.State.WAITING:
        return {}
    try:
        with transaction.atomic():
            found = _statements(row, by)
            run.progress(1, 4, _("il file è letto"))
            for statement in found:
                _refuse_strange(statement, row.holder, today)
            new, known = _keep(row, found, run=run, by=by)
            _remember_columns(row, by)
    except DomainError as error:
        perform(STATEMENT_FILE, "refused", row, by=by, error=str(error.words))
        return {"refused": 1}
    left_out = sum(statement.left_out for statement in found)
    perform(STATEMENT_FILE, "read", row, by=by, new_lines=new, known_lines=known, left_out=left_out)
    return {"new": new, "known": known}


def _statements(row: StatementFile, by: Access) -> list[formats.Statement]:
    with default_storage.open(row.file_name) as file:
        if row.format in TABLES:
            table = read_table(file)
            columns = formats.columns_in([cell.strip() for cell in table[0]], row.columns)
            return [_of_fund(one, row, by) for one in formats.read_columns(table, columns, opening=row.opening, closing=row.closing)]
        data = file.read()
    if row.format == Format.CAMT:
        return formats.read_camt(data)
    return formats.read_giornale(data, account=row.holder.cash_account, is_ours=_recogniser(by))


def _of_fund(statement: formats.Statement, row: StatementFile, by: Access) -> formats.Statement:
    """A treasurer's table holds everybody's money: only lines with a reference of ours stay, unless it is of the fund's own account."""
    if row.format != Format.CASH_TABLE or row.holder.cash_account:
        return statement
    is_ours = _recogniser(by)
    kept = tuple(line for line in statement.lines if is_ours(f"{line.reference} {line.words}"))
    return formats.Statement(lines=kept, first_on=statement.first_on, last_on=statement.last_on, left_out=len(statement.lines) - len(kept))


def _recogniser(by: Access) -> Any:
    """`is_ours(words)`: whether a reference that we gave stands in them."""
    known = {pot_reference(pot) for pot in treasury.pots(by, use=Pot.Use.FUND)}
    for reference, notice in Instalment.objects.filter(network_id=by.network_id).values_list("reference", "notice"):
        known |= {reference, notice, iuv_of(notice)} if notice else {reference}

    def is_ours(words: str) -> bool:
        text = re.sub(r"[^A-Z0-9 ]", " ", words.upper())
        return any(found in known for found in REFERENCE.findall(text)) or any(
            found in known for found in REFERENCE.findall(text.replace(" ", ""))
        )

    return is_ours


def _refuse_strange(statement: formats.Statement, holder: FundHolder, today: date) -> None:
    if holder.iban and statement.iban and statement.iban != holder.iban:
        words = _("L'estratto è di un altro conto (finisce con %(theirs)s): quello del fondo finisce con %(ours)s.")
        raise formats.Unreadable(words % {"theirs": statement.iban[-4:], "ours": holder.iban[-4:]})
    late = next((line for line in statement.lines if line.booked_on > today), None)
    if late:
        words = _("Un movimento porta il giorno %(day)s, che deve ancora venire.")
        raise formats.Unreadable(words % {"day": day_short(late.booked_on)}, line=late.source_line)


def account_key(holder: FundHolder) -> str:
    """What stands for the account: its number is not written beside every line."""
    return lookup_hash(f"account {holder.iban or f'{holder.body_id} {holder.cash_account}'}")


def _keep(row: StatementFile, found: list[formats.Statement], *, run: jobs.Run, by: Access) -> tuple[int, int]:
    account, new, known = account_key(row.holder), 0, 0
    for statement in found:
        keyed = list(zip(formats.line_keys(statement.lines), statement.lines, strict=True))
        have = set(
            BankLine.objects.filter(network_id=row.network_id, account_key=account, key__in=[key for key, _line in keyed]).values_list(
                "key", flat=True
            )
        )
        fresh = [(key, line) for key, line in keyed if key not in have]
        known += len(keyed) - len(fresh)
        days = [line.booked_on for line in statement.lines] or [d for d in (statement.first_on, statement.last_on) if d]
        if not days:
            continue
        first_on, last_on = statement.first_on or min(days), statement.last_on or max(days)
        told: dict[str, Any] = {"account_key": account, "last_on": last_on, "closing": statement.closing}
        if not fresh and BankStatement.objects.filter(network_id=row.network_id, **told).exists():
            continue
        kept = BankStatement.objects.create(
            network_id=row.network_id,
            file=row,
            number=statement.number,
            first_on=first_on,
            opening=statement.opening,
            created_by_id=by.actor_id,
            **told,
        )
        for start in range(0, len(fresh), CHUNK):
            BankLine.objects.bulk_create([_line(kept, key, line) for key, line in fresh[start : start + CHUNK]])
            run.progress(1 + 3 * (start + CHUNK), 1 + 3 * max(len(fresh), CHUNK) + 1, _("righe lette: %(n)d") % {"n": new + start})
        new += len(fresh)
    return new, known


def _line(statement: BankStatement, key: str, line: formats.Line) -> BankLine:
    return BankLine(
        network_id=statement.network_id,
        statement=statement,
        account_key=statement.account_key,
        key=key,
        booked_on=line.booked_on,
        value_on=line.value_on,
        amount=line.amount,
        name=line.name,
        iban=line.iban,
        iban_hash=lookup_hash(line.iban) if line.iban else "",
        words=line.words,
        reference=line.reference,
    )


def _remember_columns(row: StatementFile, by: Access) -> None:
    """The next table of this holder is read without asking."""
    if row.format in TABLES and row.columns:
        StatementLayout.objects.bulk_create(
            [StatementLayout(network_id=by.network_id, body_id=row.holder.body_id, format=row.format, columns=row.columns)],
            update_conflicts=True,
            unique_fields=["network", "body", "format"],
            update_fields=["columns"],
        )
