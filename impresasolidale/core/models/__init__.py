from .audit import Fact, Look, RowChange
from .base import AmbitoOwned, ManyAmbitoOwned, NetworkOwned, Record, Versioned
from .documents import Document, NumberSeries, Upload, Verification
from .guesses import Miss
from .jobs import Heartbeat, Job
from .merge import MergeLog
from .messages import Announcement, Deadline, MailClosing, Message, Mute, Todo
from .submissions import Submission

__all__ = [
    "AmbitoOwned",
    "Announcement",
    "Deadline",
    "Document",
    "Fact",
    "Heartbeat",
    "Job",
    "Look",
    "MailClosing",
    "ManyAmbitoOwned",
    "MergeLog",
    "Message",
    "Miss",
    "Mute",
    "NetworkOwned",
    "NumberSeries",
    "Record",
    "RowChange",
    "Submission",
    "Todo",
    "Upload",
    "Verification",
    "Versioned",
]
