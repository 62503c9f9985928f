"""What the clients sent and which answers they got, written down outside the system; what is said of it afterwards."""

import itertools
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID


@dataclass
class Post:
    """One form sent under one uuid, however often. `about` is what it was to do: a tap (placement, day), a month's sheet, a paper."""

    kind: str
    user_id: int
    about: tuple[str, ...]
    answers: list[tuple[int, str]] = field(default_factory=list)  # status, where it led

    @property
    def is_acknowledged(self) -> bool:
        return any(status == 303 for status, _place in self.answers)


class Served(NamedTuple):
    kind: str
    at: float  # when the answer was whole, on the clock of time.monotonic
    seconds: float


@dataclass
class Journal:
    posts: dict[UUID, Post] = field(default_factory=dict)
    served: list[Served] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)  # an answer that was not the expected one, or none
    again: int = 0  # asked once more after a fault
    seen: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))  # Ambito → placements that its office was shown
    shown: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))  # tutor → placements that the telephone showed
    trespasses: int = 0  # pages of another Ambito that were asked for
    opened: int = 0  # … and came
    began: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answered(self, kind: str, seconds: float) -> None:
        with self._lock:
            self.served.append(Served(kind, time.monotonic(), seconds))

    def complain(self, words: str) -> None:
        with self._lock:
            self.wrong.append(words)

    def saw(self, whose: dict[int, set[str]], key: int, placements: Iterable[str]) -> None:
        with self._lock:
            whose[key].update(placements)

    def trespassed(self, *, came: bool) -> None:
        with self._lock:
            self.trespasses += 1
            self.opened += came

    def asked_again(self) -> None:
        with self._lock:
            self.again += 1

    def since(self, mark: int) -> list[Served]:
        return self.served[mark:]

    def longest_silence(self) -> float:
        """Seconds without any answer to anybody."""
        moments = sorted(one.at for one in self.served)
        return max((after - before for before, after in itertools.pairwise(moments)), default=0.0)

    def of(self, *kinds: str) -> dict[UUID, Post]:
        return {key: post for key, post in self.posts.items() if post.kind in kinds}


class Compared(NamedTuple):
    lost: int  # acknowledged and not there
    doubled: int
    strange: int  # there, and nobody sent it

    def __add__(self, other: object) -> "Compared":  # type: ignore[override]
        assert isinstance(other, Compared)
        return Compared(*(a + b for a, b in zip(self, other, strict=True)))


def compare(*, sent: Collection[UUID], acknowledged: Collection[UUID], stored: Iterable[UUID]) -> Compared:
    """acknowledged ⊆ stored ⊆ sent, and nothing twice."""
    counted = Counter(stored)
    return Compared(
        lost=len(set(acknowledged) - counted.keys()),
        doubled=sum(times - 1 for times in counted.values()),
        strange=len(counted.keys() - set(sent)),
    )


def percentile(values: Collection[float], share: float) -> float:
    """The smallest value that at least this share of them does not pass."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    place = -(-len(ordered) * share // 1)  # rounded up
    return ordered[max(0, int(place) - 1)]
