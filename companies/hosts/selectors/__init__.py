"""Reads about hosts. A company user reaches its own company only; everybody else the companies of the network."""

from .closures import closure_for, closures_ahead, closures_of, suspending_days
from .companies import (
    BY_NAME,
    SAME_NAME,
    ambiti_of,
    companies,
    companies_for_choice,
    companies_page,
    company_for,
    known_companies,
    resembling,
    similar_companies,
    sites_of,
)
from .people import contacts_of, engaged_on, engagements_of, tutor_for, tutors_for_choice, tutors_of
from .places import interests_of, opening_for, openings_of, places, places_page, with_free_day, with_welcome

__all__ = [
    "BY_NAME",
    "SAME_NAME",
    "ambiti_of",
    "closure_for",
    "closures_ahead",
    "closures_of",
    "companies",
    "companies_for_choice",
    "companies_page",
    "company_for",
    "contacts_of",
    "engaged_on",
    "engagements_of",
    "interests_of",
    "known_companies",
    "opening_for",
    "openings_of",
    "places",
    "places_page",
    "resembling",
    "similar_companies",
    "sites_of",
    "suspending_days",
    "tutor_for",
    "tutors_for_choice",
    "tutors_of",
    "with_free_day",
    "with_welcome",
]
