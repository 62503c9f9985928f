"""The journal against the database when all is over, and what must hold whatever was done (operations/invariants.sql)."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from impresasolidale.runner import ROOT

from .cast import Mark, Sheet
from .journal import Compared, Journal, compare

TAPS, PAPERS = ("tap",), ("paper",)


@dataclass
class Verdict:
    lost: int = 0
    doubled: int = 0
    leaked: int = 0
    violations: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what one of the figures stands for, a line each

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.doubled or self.leaked or self.violations)

    def add(self, found: Compared, what: str) -> None:
        """What is there and nobody sent counts as twice: it was sent once at most."""
        self.lost, self.doubled = self.lost + found.lost, self.doubled + found.doubled + found.strange
        if any(found):
            self.notes.append(f"{what}: perse {found.lost}, doppie {found.doubled}, di nessuno {found.strange}")

    def leak(self, count: int, what: str) -> None:
        self.leaked += count
        if count:
            self.notes.append(f"{what}: {count}")


def judge(before: Mark, journal: Journal, media: Path) -> Verdict:
    """When every job is over. Reads as the tables' owner."""
    verdict = Verdict()
    _forms(verdict, before, journal)
    _taps(verdict, before, journal)
    _papers(verdict, before, journal, media)
    _leaks(verdict, journal)
    verdict.violations = _rows((ROOT / "impresasolidale" / "operations" / "invariants.sql").read_text())
    return verdict


def _rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values) or None)
        return list(cursor.fetchall())


def _of(journal: Journal, *kinds: str) -> tuple[Collection[UUID], Collection[UUID]]:
    """(sent, acknowledged) of these kinds, of all without."""
    posts = journal.of(*kinds) if kinds else journal.posts
    return posts.keys(), {key for key, post in posts.items() if post.is_acknowledged}


def _forms(verdict: Verdict, before: Mark, journal: Journal) -> None:
    """Every form that was answered is kept once, and its answer was the same however often it was sent."""
    sent, acknowledged = _of(journal)
    stored = [key for (key,) in _rows("SELECT uuid FROM core_submission WHERE at >= %s", before.at)]
    verdict.add(compare(sent=sent, acknowledged=acknowledged, stored=stored), "moduli")
    several = sum(len({place for status, place in post.answers if status == 303}) > 1 for post in journal.posts.values())
    verdict.add(Compared(0, several, 0), "risposte diverse allo stesso modulo")


def _taps(verdict: Verdict, before: Mark, journal: Journal) -> None:
    """Each tap is one event, of the day and the person it was sent for, and a form without its event is half written."""
    sent, acknowledged = _of(journal, *TAPS)
    found = _rows(
        "SELECT e.submission, p.public_id::text, e.day, e.recorded_by_id FROM attendance_attendanceevent e"
        " JOIN agreements_placement p ON p.id = e.placement_id WHERE e.id > %s AND e.submission IS NOT NULL",
        before.event,
    )
    verdict.add(compare(sent=sent, acknowledged=acknowledged, stored=[row[0] for row in found]), "tocchi")
    events = {key: (user, (placement, day.isoformat())) for key, placement, day, user in found}
    kept = {key for (key,) in _rows("SELECT uuid FROM core_submission WHERE at >= %s AND uuid = ANY (%s)", before.at, list(sent))}
    verdict.add(Compared(len(kept - events.keys()), len(events.keys() - kept), 0), "tocchi scritti a metà")
    changed = sum(events[key] != (post.user_id, post.about) for key, post in journal.of(*TAPS).items() if key in events)
    verdict.add(Compared(changed, 0, 0), "tocchi scritti altrove")


def _papers(verdict: Verdict, before: Mark, journal: Journal, media: Path) -> None:
    """As many papers as forms and orders asked for, each ready, with its file and the hash of it; no job was left."""
    sent, _acknowledged = _of(journal, *PAPERS)
    asked = len(_rows("SELECT 1 FROM core_submission WHERE at >= %s AND uuid = ANY (%s)", before.at, list(sent)))
    for (result,) in _rows("SELECT result FROM core_job WHERE name = 'agreements.make_papers' AND id > %s", before.job):
        result = json.loads(result) if isinstance(result, str) else result
        asked += len(result["made"]) if result else 0
    ((made,),) = _rows("SELECT count(*) FROM core_fact WHERE code = 'agreements.paper.issued' AND id > %s", before.fact)
    verdict.add(Compared(max(0, asked - made), max(0, made - asked), 0), "carte")
    papers = _rows("SELECT state, file_name, file_hash FROM core_document WHERE id > %s", before.document)
    verdict.add(Compared(sum(not _is_whole(media, *row) for row in papers), 0, 0), "file delle carte")
    left = _rows("SELECT name, state FROM core_job WHERE id > %s AND state <> 'done'", before.job)
    verdict.add(Compared(len(left), 0, 0), f"lavori non finiti ({', '.join(sorted({f'{name} {state}' for name, state in left}))})")


def _is_whole(media: Path, state: str, name: str, hash_: str) -> bool:
    path = media / name
    return state == "ready" and bool(name) and path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == hash_


def _leaks(verdict: Verdict, journal: Journal) -> None:
    """Nobody was shown a placement of another Ambito, or of another tutor; no page of another Ambito opened."""
    pairs = [(ambito, placement) for ambito, placements in journal.seen.items() for placement in placements]
    foreign = _rows(
        "SELECT 1 FROM unnest(%s::bigint[], %s::uuid[]) AS s (ambito_id, public_id)"
        " JOIN agreements_placement p ON p.public_id = s.public_id WHERE p.ambito_id <> s.ambito_id",
        *(list(column) for column in zip(*pairs, strict=True)),
    ) if pairs else []  # fmt: skip
    verdict.leak(len(foreign), "tirocini di un altro Ambito nelle pagine di un ufficio")
    pairs = [(user, placement) for user, placements in journal.shown.items() for placement in placements]
    foreign = _rows(
        "SELECT 1 FROM unnest(%s::bigint[], %s::uuid[]) AS s (user_id, public_id) JOIN agreements_placement p ON p.public_id = s.public_id"
        " LEFT JOIN hosts_companytutor t ON t.id = p.company_tutor_id WHERE t.user_id IS DISTINCT FROM s.user_id",
        *(list(column) for column in zip(*pairs, strict=True)),
    ) if pairs else []  # fmt: skip
    verdict.leak(len(foreign), "tirocini di un altro tutor sul telefono")
    verdict.leak(journal.opened, "pagine di un altro Ambito che si sono aperte")


def closed_months(verdict: Verdict, month: date, sheets: list[Sheet], journal: Journal) -> int:
    """Each sheet whose closing was answered is closed once, by its tutor, with each of its days said once. Returns the days stored."""
    closed = {post.about[0] for post in journal.of("close").values() if post.is_acknowledged}
    found = {
        sheet: (state, user, closings, days, different)
        for sheet, state, user, closings, days, different in _rows(
            "SELECT s.public_id, s.state, s.closed_by_id, (SELECT count(*) FROM core_fact f WHERE f.subject_type = 'attendance.timesheet'"
            " AND f.subject_id = s.id AND f.code = 'attendance.timesheet.closed'), e.days, e.different FROM attendance_timesheet s"
            " CROSS JOIN LATERAL (SELECT count(*) AS days, count(DISTINCT e.day) AS different FROM attendance_attendanceevent e"
            " WHERE e.placement_id = s.placement_id AND e.day >= s.month AND e.day < s.month + interval '1 month') e"
            " WHERE s.month = %s AND s.public_id = ANY (%s)",
            month,
            [one.sheet for one in sheets],
        )
    }
    lost = doubled = stored = 0
    for one in sheets:
        state, user, closings, days, different = found[one.sheet]
        lost += str(one.sheet) in closed and (state, user, different) != ("closed", one.tutor.user_id, one.rows)
        doubled += closings > 1 or days > different
        stored += days
    verdict.add(Compared(lost, doubled, 0), "fogli del mese")
    return stored
