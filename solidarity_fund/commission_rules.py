"""How the commission decides (rule 68): pure functions over votes."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    CARRIED = "carried"
    REJECTED = "rejected"
    TIE = "tie"
    NO_QUORUM = "no_quorum"


@dataclass(frozen=True)
class Tally:
    """Who may vote on a case, and how those who did voted. Who stands aside, and who is not there, is in neither."""

    entitled: int
    votes_for: int
    votes_against: int
    quorum: int

    @property
    def voters(self) -> int:
        return self.votes_for + self.votes_against

    @property
    def result(self) -> Result:
        """The majority of those who voted, when they are as many as the quorum: a tie decides nothing."""
        if self.voters < self.quorum:
            return Result.NO_QUORUM
        if self.votes_for == self.votes_against:
            return Result.TIE
        return Result.CARRIED if self.votes_for > self.votes_against else Result.REJECTED

    @property
    def can_reach_quorum(self) -> bool:
        return self.entitled >= self.quorum


def tally(*, present: Collection[int], aside: Collection[int], votes: dict[int, bool], quorum: int) -> Tally:
    """Votes (member → in favour) of those who are there and do not stand aside; a vote of anybody else does not count."""
    entitled = set(present) - set(aside)
    counted = [in_favour for member, in_favour in votes.items() if member in entitled]
    return Tally(len(entitled), sum(counted), len(counted) - sum(counted), quorum)
