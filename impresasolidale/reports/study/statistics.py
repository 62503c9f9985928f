"""Survival, proportions and paired changes over plain values. Pure; the arithmetic is scipy's, which is loaded when it is first needed.

Definitions and worked examples: docs/algorithms/study.md.
"""

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

LEVEL = 0.95
FEW_ENDED = 20  # placements that came to their end: below, no curve (issue F)
FEW_PAIRS = 5  # people with a first and a last value: below, no interval
DAYS_A_MONTH = Decimal("30.4375")


@dataclass(frozen=True)
class Share:
    """`count` of `whole`, with the Wilson interval of the share, all between 0 and 1; None without a whole."""

    count: int
    whole: int
    share: float | None
    low: float | None
    high: float | None

    @property
    def percent(self) -> int | None:
        return None if self.share is None else whole_percent(self.share)

    @property
    def interval(self) -> str:
        """ "41–63", in per cent; empty without a whole."""
        return "" if self.low is None or self.high is None else f"{whole_percent(self.low)}–{whole_percent(self.high)}"


def whole_percent(share: float) -> int:
    """100·share, half up."""
    return int((Decimal(str(share)) * 100).to_integral_value(ROUND_HALF_UP))


def wilson(count: int, whole: int) -> Share:
    """A proportion with its 95 % Wilson interval, without correction for continuity (Newcombe 1998, method 3).

    Raises ValueError for a count outside 0 … whole.
    """
    if not 0 <= count <= whole:
        raise ValueError(f"{count} of {whole}")
    if not whole:
        return Share(0, 0, None, None, None)
    from scipy.stats import binomtest

    found = binomtest(count, whole).proportion_ci(LEVEL, method="wilson")
    return Share(count, whole, count / whole, max(float(found.low), 0.0), min(float(found.high), 1.0))


@dataclass(frozen=True)
class Step:
    """The curve at the end of a month: share that goes on, its interval, and how many were still observed just before."""

    month: int
    share: float
    low: float
    high: float
    at_risk: int


@dataclass(frozen=True)
class Curve:
    """A Kaplan–Meier curve read at whole months. `median` in months: when half had their end; None when the curve stays above a half."""

    steps: tuple[Step, ...]
    median: Decimal | None


Spell = tuple[int, bool, int]  # days observed, whether the event came on the last one (else censored there), how many such


def kaplan_meier(spells: Iterable[Spell], *, stop_below: int = 1) -> Curve | None:
    """The survival curve of `spells` with its 95 % log-log interval; None without any.

    Read at months of 30.4375 days until the last observed one, or until fewer than `stop_below` are left: a tail of a few people says
    nothing, and
    might say who. Where the estimate is 1 or 0 the interval is not defined: there it closes on 1, and keeps its last upper bound down to 0.
    """
    rows = [(days, ended, count) for days, ended, count in spells if count]
    if not rows:
        return None
    import numpy as np
    from scipy.stats import CensoredData, ecdf

    counts = [count for _days, _ended, count in rows]
    days = np.repeat([float(d) for d, _ended, _count in rows], counts)
    open_ended = np.repeat([not ended for _days, ended, _count in rows], counts)
    survival = ecdf(CensoredData.right_censored(days, open_ended)).sf
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)  # the interval at 1 and 0, told above
        interval = survival.confidence_interval(LEVEL, method="log-log")
    lows, highs = interval.low, interval.high
    longest = max(d for d, _ended, _count in rows)
    steps: list[Step] = []
    upper, median = 1.0, None
    for at, share in zip(survival.quantiles, survival.probabilities, strict=True):
        if share <= 0.5:
            median = (Decimal(str(float(at))) / DAYS_A_MONTH).quantize(Decimal("0.1"), ROUND_HALF_UP)
            break
    for month in range(int(Decimal(longest) / DAYS_A_MONTH) + 1):
        day = float(DAYS_A_MONTH * month)
        at_risk = int((days >= day).sum())
        if at_risk < stop_below:
            break
        share = float(survival.evaluate(day))
        low, high = float(lows.evaluate(day)), float(highs.evaluate(day))
        if share >= 1 or np.isnan(high):
            low, high = (1.0, 1.0) if share >= 1 else (0.0, upper)
        upper = high
        steps.append(Step(month, share, low, high, at_risk))
    return Curve(tuple(steps), median)


@dataclass(frozen=True)
class Change:
    """Last minus first of the same people: mean with its t interval, Wilcoxon's p; None where the pairs are too few to say."""

    pairs: int
    first: float | None
    last: float | None
    mean: float | None
    low: float | None
    high: float | None
    p: float | None

    @property
    def verdict(self) -> str:
        """ "up", "down", "unclear" (the interval holds the zero), or "few"."""
        if self.low is None or self.high is None:
            return "few"
        return "up" if self.low > 0 else "down" if self.high < 0 else "unclear"


def paired(pairs: Sequence[tuple[float, float]], *, least: int = FEW_PAIRS) -> Change:
    """The change from first to last value of each, over at least `least` pairs (and two).

    The interval is Student's for paired samples; beside it the p of Wilcoxon's signed ranks, which does not ask for normal differences.
    All the same
    difference: the interval is that one point.
    """
    count = len(pairs)
    if count < max(least, 2):
        return Change(count, None, None, None, None, None, None)
    from scipy.stats import ttest_rel, wilcoxon

    first, last = [float(a) for a, _b in pairs], [float(b) for _a, b in pairs]
    differences = [b - a for a, b in pairs]
    mean = sum(differences) / count
    if len(set(differences)) == 1:
        low = high = mean
    else:
        found = ttest_rel(last, first).confidence_interval(LEVEL)
        low, high = float(found.low), float(found.high)
    p = float(wilcoxon(differences, method="approx").pvalue) if any(differences) else 1.0
    return Change(count, sum(first) / count, sum(last) / count, mean, low, high, p)
