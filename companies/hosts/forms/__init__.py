"""Forms about hosts. They read and check single values; the services decide."""

from .closures import ClosureForm
from .companies import COMPANY, CompanyFields, EditCompanyForm, FilterForm, NewCompanyForm, SiteForm
from .people import ContactForm, EditTutorForm, EndForm, TutorFields, TutorForm
from .places import EditPlacesForm, InterestForm, NewPlacesForm, PlacesFilter

__all__ = [
    "COMPANY",
    "ClosureForm",
    "CompanyFields",
    "ContactForm",
    "EditCompanyForm",
    "EditPlacesForm",
    "EditTutorForm",
    "EndForm",
    "FilterForm",
    "InterestForm",
    "NewCompanyForm",
    "NewPlacesForm",
    "PlacesFilter",
    "SiteForm",
    "TutorFields",
    "TutorForm",
]
