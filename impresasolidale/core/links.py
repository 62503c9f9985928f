"""Where the body keeps what the law wants beside the site: addresses that an installation sets (docs/operations/installation.md)."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Links:
    """Each empty until the installation names it. `feedback` is a mail address or a page."""

    statement: str  # the statement of accessibility on AgID's form
    objectives: str  # the yearly objectives of accessibility
    feedback: str
    privacy: str
    legal: str

    @property
    def feedback_url(self) -> str:
        return f"mailto:{self.feedback}" if "@" in self.feedback and "/" not in self.feedback else self.feedback


def links() -> Links:
    return Links(**settings.SITE_LINKS)
