"""The floors: what the same work costs with no features at all (performance.md §1 and §2.3).

A plain Django stack (session, CSRF, authentication) with its own addresses, one list page without includes and one post
that locks a row and adds another; the ledger's transfer as one bare statement. Only ./impresa bench reaches them: no
URLconf of the product names this module.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.template import Context, Engine
from django.test import Client, override_settings
from django.test.client import ClientHandler
from django.urls import path
from django.utils import timezone

from placements.agreements.models import Placement
from placements.attendance.enums import Channel, Outcome
from placements.attendance.models import AttendanceEvent

ROWS = 25
PAGE = Engine(libraries={"i18n": "django.templatetags.i18n"}).from_string(
    """<!DOCTYPE html><html lang="it"><head><title>Tirocini</title></head><body><p>{{ user.email }}</p><table>
{% for p in rows %}<tr><td><a href="/{{ p.public_id }}/">{{ p.beneficiary.last_name }} {{ p.beneficiary.first_name }}</a></td>
<td>{{ p.company.name }}</td><td>{{ p.site.name }}</td><td>{{ p.company_tutor.last_name }} {{ p.company_tutor.first_name }}</td>
<td>{{ p.get_state_display }}</td><td>{{ p.starts_on|date:"d/m/Y" }}</td><td>{{ p.ends_on|date:"d/m/Y" }}</td></tr>
{% endfor %}</table></body></html>"""
)


def page(request: HttpRequest) -> HttpResponse:
    """Four queries: session, user, 25 keys, and those placements with four joins: in one, the planner may sort the whole scope."""
    if not request.user.is_authenticated:
        return HttpResponseForbidden()
    newest = Placement.objects.order_by("-starts_on", "-id").values_list("pk", flat=True)[:ROWS]
    rows = Placement.objects.filter(pk__in=list(newest)).select_related("beneficiary", "company", "site", "company_tutor")
    rows = rows.order_by("-starts_on", "-id")
    return HttpResponse(PAGE.render(Context({"rows": rows, "user": request.user})))


def tap(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Lock one row, insert one, commit, redirect."""
    if not request.user.is_authenticated:
        return HttpResponseForbidden()
    with transaction.atomic():
        placement = Placement.objects.select_for_update(of=("self",)).get(public_id=public_id)
        AttendanceEvent.objects.create(
            ambito_id=placement.ambito_id,
            placement=placement,
            day=request.POST["day"],
            outcome=Outcome.PRESENT,
            minutes=60,
            channel=Channel.PORTAL,
            recorded_by=request.user,
            recorded_at=timezone.now(),
        )
    return HttpResponseRedirect("/")


urlpatterns = [path("", page), path("<uuid:public_id>/", tap)]


def own_addresses(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: this module's `urlpatterns` instead of the product's."""

    def here(request: HttpRequest) -> HttpResponse:
        request.urlconf = __name__
        return get_response(request)

    return here


STACK = [
    "impresasolidale.demo.floor.own_addresses",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]


class PlainHandler(ClientHandler):
    def load_middleware(self, is_async: bool = False) -> None:
        with override_settings(MIDDLEWARE=STACK):
            super().load_middleware(is_async)


class PlainClient(Client):
    """Django's client in front of the plain stack."""

    def __init__(self, **defaults: Any) -> None:
        super().__init__(enforce_csrf_checks=True, **defaults)
        self.handler = PlainHandler(enforce_csrf_checks=True)


TABLES = """
CREATE TEMP TABLE IF NOT EXISTS floor_account (id bigint PRIMARY KEY, balance numeric(14, 2) NOT NULL CHECK (balance >= 0)) ON COMMIT DROP;
CREATE TEMP TABLE IF NOT EXISTS floor_entry (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL UNIQUE,
  posted_at timestamptz NOT NULL DEFAULT clock_timestamp()) ON COMMIT DROP;
CREATE TEMP TABLE IF NOT EXISTS floor_leg (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, entry_id bigint NOT NULL,
  account_id bigint NOT NULL, amount numeric(14, 2) NOT NULL) ON COMMIT DROP;
INSERT INTO floor_account VALUES (1, 1000000), (2, 0) ON CONFLICT DO NOTHING;
"""
TRANSFER = """
WITH entry AS (INSERT INTO floor_entry (key) VALUES (%(key)s) ON CONFLICT (key) DO NOTHING RETURNING id),
taken AS (UPDATE floor_account SET balance = balance - %(amount)s FROM entry
          WHERE floor_account.id = 1 AND balance >= %(amount)s RETURNING entry.id AS entry_id),
given AS (UPDATE floor_account SET balance = balance + %(amount)s FROM taken WHERE floor_account.id = 2 RETURNING entry_id)
INSERT INTO floor_leg (entry_id, account_id, amount)
SELECT entry_id, account_id, amount FROM given, (VALUES (1, -%(amount)s), (2, %(amount)s)) AS leg (account_id, amount)
"""


# The same for several clients: tables for all of them, and accounts to choose from.
SHARED_PAIRS = 30  # of the sixty accounts
SHARED_TABLES = (
    TABLES.replace("TEMP ", "")
    .replace(" ON COMMIT DROP", "")
    .replace("VALUES (1, 1000000), (2, 0)", "SELECT n, 1000000 FROM generate_series(1, 60) n")
)
SHARED_TRANSFER = (
    TRANSFER.replace("floor_account.id = 1 ", "floor_account.id = %(from)s ")
    .replace("floor_account.id = 2 ", "floor_account.id = %(to)s ")
    .replace("(VALUES (1, -%(amount)s), (2, %(amount)s))", "(VALUES (%(from)s, -%(amount)s), (%(to)s, %(amount)s))")
)


def make_ledger() -> None:
    """The tables of `transfer`: temporary, gone with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)


def transfer(*, key: str, amount: Decimal) -> None:
    """One transfer of euro in one statement: key, overdraft check, two balances, two legs."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TRANSFER, {"key": key, "amount": amount})
        assert cursor.rowcount == 2, "posted once, with two legs"


NAMES = """
CREATE TEMP TABLE floor_name ON COMMIT DROP AS SELECT id, ambito_id, person_key FROM agreements_placement;
CREATE INDEX ON floor_name USING gin (person_key gin_trgm_ops);
ANALYZE floor_name;
"""
NAMED = """
SELECT id FROM floor_name WHERE (person_key LIKE '%%' || %(key)s || '%%' OR %(key)s <%% person_key) AND ambito_id = %(ambito)s
"""


def make_names() -> None:
    """The table of `NAMED`: the names of the placements in scope, temporary."""
    with connection.cursor() as cursor:
        cursor.execute(NAMES)


MONTH_CLOSE = """
CREATE TEMP TABLE floor_month (sheet_id bigint PRIMARY KEY, percent int NOT NULL, amount numeric(9, 2) NOT NULL) ON COMMIT DROP;
"""
CLOSE = """
INSERT INTO floor_month
SELECT t.id, coalesce(d.credited * 100 / nullif(s.planned, 0), 0),
       CASE WHEN d.credited * 100 >= s.planned * 80 THEN v.allowance_amount
            ELSE round(v.allowance_amount * d.credited / nullif(s.planned, 0), 2) END
FROM attendance_timesheet t
JOIN agreements_personalproject v ON v.placement_id = t.placement_id AND v.version = 1
CROSS JOIN LATERAL (SELECT coalesce(sum(minutes), 0) AS planned FROM attendance_plannedsession
  WHERE placement_id = t.placement_id AND day >= t.month AND day < (t.month + interval '1 month')::date) s
CROSS JOIN LATERAL (SELECT least(s.planned, coalesce(sum(minutes) FILTER (WHERE outcome = 'present'), 0)) AS credited FROM (
  SELECT DISTINCT ON (day) outcome, minutes FROM attendance_attendanceevent
  WHERE placement_id = t.placement_id AND day >= t.month AND day < (t.month + interval '1 month')::date ORDER BY day, id DESC) AS last) d
WHERE t.id = ANY (%(sheets)s)
"""


def make_months() -> None:
    """The table of `close_months`: temporary, gone with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(MONTH_CLOSE)


def close_months(sheets: list[int]) -> None:
    """Hours, percentage and sum of these months in one set-based statement, written once."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM floor_month")
        cursor.execute(CLOSE, {"sheets": sheets})


MONTH_TABLE = """
SELECT b.last_name, b.first_name, c.name, t.state, t.planned_minutes, t.done_minutes, t.credited_minutes, t.days_present, t.days_absent
FROM attendance_timesheet t JOIN agreements_placement p ON p.id = t.placement_id JOIN beneficiaries_beneficiary b ON b.id = p.beneficiary_id
JOIN hosts_company c ON c.id = p.company_id LEFT JOIN hosts_companytutor u ON u.id = p.company_tutor_id
WHERE t.ambito_id = %(ambito)s AND t.month = %(month)s ORDER BY c.search_key, b.search_key, t.id
"""
RECOUNT = """
SELECT count(*) FILTER (WHERE outcome = 'present'), coalesce(sum(minutes) FILTER (WHERE outcome = 'present'), 0) FROM (
  SELECT DISTINCT ON (placement_id, day) outcome, minutes FROM attendance_attendanceevent
  WHERE ambito_id = %(ambito)s AND day >= %(month)s AND day < (%(month)s + interval '1 month')::date ORDER BY placement_id, day, id DESC
) AS last
"""


def month_table(ambito_id: int, month: date) -> list[tuple[Any, ...]]:
    """The month's rows in one bare statement, nothing made of them."""
    with connection.cursor() as cursor:
        cursor.execute(MONTH_TABLE, {"ambito": ambito_id, "month": month})
        return cursor.fetchall()


def recount(ambito_id: int, month: date) -> tuple[int, int]:
    """(days, minutes) of presence of a month, from its events alone."""
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT, {"ambito": ambito_id, "month": month})
        days, minutes = cursor.fetchone()
        return int(days), int(minutes)
