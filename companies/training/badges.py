"""A certificate as an Open Badge 2.0 (1EdTech, hosted verification): three small JSON-LD documents, nothing of the person but a hash.

The recipient is the salted SHA-256 of the mail address: who knows it can check it is theirs, nobody can read it.
"""

import hashlib
from datetime import datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.territory.models import Network

from .models import Course, Enrolment
from .rules import written

CONTEXT = "https://w3id.org/openbadges/v2"


def assertion(enrolment: Enrolment, *, address: str, badge: str, evidence: str, salt: str) -> dict[str, Any]:
    """That somebody has the badge. `address` is where this document is, `badge` the class, `evidence` the page of the certificate."""
    assert enrolment.certified_on
    identity = hashlib.sha256((enrolment.tutor.email.lower() + salt).encode()).hexdigest()
    return {
        "@context": CONTEXT,
        "type": "Assertion",
        "id": address,
        "recipient": {"type": "email", "hashed": True, "salt": salt, "identity": f"sha256${identity}"},
        "badge": badge,
        "verification": {"type": "hosted"},
        "issuedOn": timezone.make_aware(datetime.combine(enrolment.certified_on, time())).isoformat(),
        "evidence": {"id": evidence, "narrative": _("Attestato di frequenza: %(hours)s ore.") % {"hours": written(enrolment.minutes)}},
    }


def badge_class(course: Course, *, address: str, issuer: str, image: str, criteria: str) -> dict[str, Any]:
    """What the badge is for. `criteria` is a page that says how one gets it."""
    words = _("%(kind)s per tutor aziendali che accompagnano persone in tirocinio, di %(hours)s ore.")
    return {
        "@context": CONTEXT,
        "type": "BadgeClass",
        "id": address,
        "name": course.title,
        "description": (words % {"kind": course.kind_words, "hours": written(course.minutes)}).capitalize(),
        "image": image,
        "criteria": {
            "id": criteria,
            "narrative": "\n".join([_("Ha seguito le ore che servono per l'attestato."), *([course.topics] if course.topics else [])]),
        },
        "issuer": issuer,
        "tags": ["tutor", "inclusione"],
    }


def issuer_profile(network: Network, *, address: str, site: str) -> dict[str, Any]:
    """Who gives it: the network of Ambiti."""
    return {"@context": CONTEXT, "type": "Issuer", "id": address, "name": network.name, "url": site}
