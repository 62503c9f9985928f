from .costs import EditionCost
from .courses import Course, Edition, Material, Session
from .enrolments import Enrolment, FeedbackSheet, Presence, Recognition

__all__ = ["Course", "Edition", "EditionCost", "Enrolment", "FeedbackSheet", "Material", "Presence", "Recognition", "Session"]
