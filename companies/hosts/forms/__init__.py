"""Forms about hosts. They read and check single values; the services decide."""

from .closures import ClosureForm
from .companies import COMPANY, CompanyFields, EditCompanyForm, FilterForm, NewCompanyForm
from .diary import NoteForm
from .leads import DeclineForm, LeadFilter, PostponeForm
from .people import (
    ContactFields,
    ContactForm,
    EditContactForm,
    EditTutorForm,
    EndContactForm,
    EndForm,
    InviteForm,
    TutorFields,
    TutorFilter,
    TutorForm,
)
from .places import EditPlacesForm, InterestForm, NewPlacesForm, PlacesFilter
from .sites import CloseSiteForm, EditSiteForm, NewSiteForm, site_initial
from .threads import NewThreadForm, PostForm, StrayForm

__all__ = [
    "COMPANY",
    "CloseSiteForm",
    "ClosureForm",
    "CompanyFields",
    "ContactFields",
    "ContactForm",
    "DeclineForm",
    "EditCompanyForm",
    "EditContactForm",
    "EditPlacesForm",
    "EditSiteForm",
    "EditTutorForm",
    "EndContactForm",
    "EndForm",
    "FilterForm",
    "InterestForm",
    "InviteForm",
    "LeadFilter",
    "NewCompanyForm",
    "NewPlacesForm",
    "NewSiteForm",
    "NewThreadForm",
    "NoteForm",
    "PlacesFilter",
    "PostForm",
    "PostponeForm",
    "StrayForm",
    "TutorFields",
    "TutorFilter",
    "TutorForm",
    "site_initial",
]
