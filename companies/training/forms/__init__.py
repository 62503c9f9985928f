from .attendance import PresenceForm
from .editions import EditionForm, EnrolForm, InviteForm, SeatsForm
from .extras import CostForm, MaterialForm, QuestionsForm, RecognitionForm, TutorsFilter

__all__ = [
    "CostForm",
    "EditionForm",
    "EnrolForm",
    "InviteForm",
    "MaterialForm",
    "PresenceForm",
    "QuestionsForm",
    "RecognitionForm",
    "SeatsForm",
    "TutorsFilter",
]
