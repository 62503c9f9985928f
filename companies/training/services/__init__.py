from ..rules import Meeting
from .attendance import close_edition, issue_certificate, read_code, record_by_code, record_session, session_code
from .costs import confirm_cost, propose_cost, withdraw_cost
from .editions import add_course, change_seats, plan_edition
from .enrolments import enrol_myself, enrol_tutor, invite_tutor, promote, withdraw, withdraw_myself
from .extras import add_material, agree_badge, answer_questions, remove_material
from .people import issue_passport, issue_passport_for_me, recognise_course, withdraw_recognition

__all__ = [
    "Meeting",
    "add_course",
    "add_material",
    "agree_badge",
    "answer_questions",
    "change_seats",
    "close_edition",
    "confirm_cost",
    "enrol_myself",
    "enrol_tutor",
    "invite_tutor",
    "issue_certificate",
    "issue_passport",
    "issue_passport_for_me",
    "plan_edition",
    "promote",
    "propose_cost",
    "read_code",
    "recognise_course",
    "record_by_code",
    "record_session",
    "remove_material",
    "session_code",
    "withdraw",
    "withdraw_cost",
    "withdraw_myself",
    "withdraw_recognition",
]
