"""Forms about hosts. They read and check single values; the services decide."""

from .closures import ClosureForm
from .companies import COMPANY, CompanyFields, EditCompanyForm, FilterForm, NewCompanyForm, SiteForm
from .people import ContactForm, EditTutorForm, EndForm, TutorFields, TutorForm

__all__ = [
    "COMPANY",
    "ClosureForm",
    "CompanyFields",
    "ContactForm",
    "EditCompanyForm",
    "EditTutorForm",
    "EndForm",
    "FilterForm",
    "NewCompanyForm",
    "SiteForm",
    "TutorFields",
    "TutorForm",
]
