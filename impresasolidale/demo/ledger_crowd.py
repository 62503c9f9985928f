"""A ledger of many entries around the demo's, for measurements: twenty more funds over four years, written past the services in a few
statements by the tables' owner, and adding up all the same. Of three movements one comes in, one is promised, one is paid.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connection, transaction

from impresasolidale.territory.models import Network
from impresasolidale.treasury.models import Pot

FUNDS, DAYS = 20, 4 * 365
NAME = "Fondo di prova"  # and its number

# %(each)s entries a fund: 10.00 in, 5.00 promised, 5.00 paid, in turn; the days go evenly from the first to today.
FILL = (
    """
INSERT INTO treasury_pot (public_id, created_at, network_id, name, purpose, use)
SELECT gen_random_uuid(), now(), %(network)s, %(name)s || ' ' || n, '', 'fund' FROM generate_series(1, %(funds)s) n
""",
    """
INSERT INTO treasury_account (network_id, kind, pot_id, name, balance, at_bank)
SELECT p.network_id, k.kind, p.id, p.name || ': ' || k.kind, 0, 0
FROM treasury_pot p, (VALUES ('free'), ('committed')) k (kind) WHERE p.name LIKE %(name)s || ' %%'
""",
    """
INSERT INTO treasury_account (network_id, kind, pot_id, name, balance, at_bank) VALUES (%(network)s, 'bank', NULL, 'bank', 0, 0)
ON CONFLICT DO NOTHING
""",
    """
INSERT INTO treasury_entry (network_id, key, posted_on, posted_at, words, source_type, source_id)
SELECT p.network_id, 'crowd:' || p.id || ':' || n, %(today)s::date - ((%(each)s - n) * %(days)s / %(each)s)::int, now(), 'Prova',
       CASE n %% 3 WHEN 1 THEN 'solidarity_fund.contribution' ELSE 'solidarity_fund.benefitrequest' END, 0
FROM treasury_pot p, generate_series(1, %(each)s) n WHERE p.name LIKE %(name)s || ' %%' ORDER BY n, p.id
""",
    """
INSERT INTO treasury_leg (network_id, entry_id, account_id, amount, posted_on, at_bank)
SELECT e.network_id, e.id, l.account, l.amount, e.posted_on, m.n %% 3 <> 2
FROM treasury_entry e
JOIN LATERAL (SELECT split_part(e.key, ':', 2)::bigint AS pot, split_part(e.key, ':', 3)::int AS n) m ON true
JOIN treasury_account f ON f.pot_id = m.pot AND f.kind = 'free'
JOIN treasury_account c ON c.pot_id = m.pot AND c.kind = 'committed'
JOIN treasury_account b ON b.network_id = e.network_id AND b.kind = 'bank'
JOIN LATERAL (
  SELECT CASE m.n %% 3 WHEN 1 THEN b.id WHEN 2 THEN f.id ELSE c.id END AS account, CASE m.n %% 3 WHEN 1 THEN 10.00 ELSE 5.00 END AS amount
  UNION ALL
  SELECT CASE m.n %% 3 WHEN 1 THEN f.id WHEN 2 THEN c.id ELSE b.id END, CASE m.n %% 3 WHEN 1 THEN -10.00 ELSE -5.00 END
) l ON true
WHERE e.key LIKE 'crowd:%%' ORDER BY e.id
""",
    """
UPDATE treasury_account a SET balance = balance + s.sum, at_bank = at_bank + s.met
FROM (SELECT l.account_id, sum(l.amount), coalesce(sum(l.amount) FILTER (WHERE l.at_bank), 0) AS met
      FROM treasury_leg l JOIN treasury_entry e ON e.id = l.entry_id
      WHERE e.key LIKE 'crowd:%%' GROUP BY 1) s
WHERE s.account_id = a.id
""",
)


def values(*, network_id: int, entries: int, today: date) -> dict[str, Any]:
    """What the statements of FILL are asked with."""
    return {"network": network_id, "name": NAME, "funds": FUNDS, "each": max(3, entries // FUNDS // 3 * 3), "days": DAYS, "today": today}


def is_there() -> bool:
    return Pot.objects.filter(name__startswith=f"{NAME} ").exists()


def create_entries(*, entries: int, today: date, say: Callable[[str], object]) -> int:
    """Fill the ledger, gather statistics; returns how many entries there are more. As the tables' owner."""
    asked = values(network_id=Network.objects.order_by("pk")[0].pk, entries=entries, today=today)
    with transaction.atomic(), connection.cursor() as cursor:
        for number, statement in enumerate(FILL, 1):
            say(f"Registro: passo {number} di {len(FILL)}.")
            cursor.execute(statement, asked)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) treasury_leg, treasury_entry, treasury_account")
    return FUNDS * int(asked["each"])
