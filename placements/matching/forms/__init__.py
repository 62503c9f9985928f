"""Forms of the room. They read and check single values; the services decide."""

from .proposals import DecisionForm, ProposalFilters, ProposeForm, TellVisitForm, VisitForm, WhyForm
from .sheets import PeopleFilters, PersonSheetForm, SiteFilters, SiteSheetForm, WaitingFilters
from .travel import TravelForm

__all__ = [
    "DecisionForm",
    "PeopleFilters",
    "PersonSheetForm",
    "ProposalFilters",
    "ProposeForm",
    "SiteFilters",
    "SiteSheetForm",
    "TellVisitForm",
    "TravelForm",
    "VisitForm",
    "WaitingFilters",
    "WhyForm",
]
