"""The row of ./impresa bench about two schemes on the same companies, beside the bare statements that read the same rows."""

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.utils import timezone

from certification.comparison import Basis
from certification.selectors.facts import across, statements
from certification.selectors.standings import compare as compared
from certification.selectors.standings import hosts, subjects
from certification.shipped import shipped_scheme
from impresasolidale.accounts.access import Access
from impresasolidale.territory.selectors import common_rules

from .schemes import next_scheme


def scheme_rows(access: Access, rounds: int) -> Iterator[Any]:
    """Facts of every host, and both schemes over them. The floor sends the text of the same statements, and reads what comes."""
    from .bench import compare, timed

    before, after, today = shipped_scheme(), next_scheme(), timezone.localdate()
    rules = common_rules(access.own_network, today)
    with across(access):
        ids = list(hosts(access).values_list("pk", flat=True))
        texts = [rows.query.sql_with_params() for rows in statements(ids, today, rules)]

    def ours() -> list[Any]:
        return compared(before, after, subjects(access, today), basis=Basis.KNOWN).by_size

    def bare() -> None:
        with across(access), connection.cursor() as cursor:
            for text, asked in texts:
                cursor.execute(text, asked)
                cursor.fetchall()

    yield compare(f"two schemes, {len(ids)}", timed(ours), timed(bare), target=5.0, rounds=rounds)
