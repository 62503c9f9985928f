"""Whether a run of ./impresa bench is good: every row within its bound, and none slower than in a run before by more than the noise.

The noise of a row is what its own rounds say: the distance between the quartiles of their ratios, the wider of the two runs', and never
less than a twentieth of what the ratio was. Two medians of some tens of rounds differ by far less than that when nothing changed. A row
that is one figure of the whole run (the slowest of a hundred, a count of queries) has no rounds: its bound alone holds it.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import quantiles
from typing import Any

LEAST = 0.05  # of the ratio before
Rows = Mapping[str, Mapping[str, Any]]  # by name, as `Row.as_json` writes them


def spread(ratios: list[float]) -> float | None:
    """From the first to the third quartile; None of a single round."""
    if len(ratios) < 2:
        return None
    low, _middle, high = quantiles(ratios, n=4, method="inclusive")
    return round(high - low, 3)


def noise(before: Mapping[str, Any], now: Mapping[str, Any]) -> float:
    return float(max(before["spread"], now["spread"], LEAST * before["ratio"]))  # of two rows that have rounds


def over(rows: Rows) -> list[str]:
    """What is over its bound, a line each."""
    return [f"{name}: {row['ratio']:.2f}, al massimo {row['target']:.2f}" for name, row in rows.items() if row["ratio"] > row["target"]]


def slower(before: Rows, now: Rows) -> list[str]:
    """What is slower than before by more than the noise, or is not measured any more, a line each. What is new is compared with nothing."""
    found = []
    for name, then in before.items():
        row = now.get(name)
        if row is None:
            found.append(f"{name}: non è più misurato")
        elif None in (then["spread"], row["spread"]):
            continue
        elif row["ratio"] > then["ratio"] + noise(then, row):
            found.append(f"{name}: {row['ratio']:.2f}, prima {then['ratio']:.2f} (rumore {noise(then, row):.2f})")
    return found


def by_name(rows: Iterable[Mapping[str, Any]]) -> Rows:
    return {str(row["name"]): row for row in rows}


def read(path: Path) -> Rows:
    """What `--json` wrote before. Raises ValueError for anything else, OSError when it cannot be read."""
    rows = json.loads(path.read_text())
    wanted = {"name": str, "ratio": int | float, "target": int | float, "spread": int | float | None}
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) and all(key in row and isinstance(row[key], kind) for key, kind in wanted.items()) for row in rows
    ):
        raise ValueError("not a run of the bench")
    return by_name(rows)
