"""Forms about hosts. They read and check single values; the services decide."""

from .closures import ClosureForm
from .companies import COMPANY, CompanyFields, EditCompanyForm, FilterForm, NewCompanyForm
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

__all__ = [
    "COMPANY",
    "CloseSiteForm",
    "ClosureForm",
    "CompanyFields",
    "ContactFields",
    "ContactForm",
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
    "NewCompanyForm",
    "NewPlacesForm",
    "NewSiteForm",
    "PlacesFilter",
    "TutorFields",
    "TutorFilter",
    "TutorForm",
    "site_initial",
]
