"""What the certificate says: frozen, plain JSON values. No person is named on it."""

from typing import Any

from impresasolidale.territory.models import Ambito

from .models import Certificate
from .rules import Facts, fit_to_print

KIND = "certification.certificate"
TEMPLATE = "certification/pdf/certificate_v1.html"


def certificate_context(certificate: Certificate, *, threshold: int) -> dict[str, Any]:
    """Of one that an application gave, saved or not yet. `threshold`: people under which no figure is printed (rule 88)."""
    assert certificate.scheme and certificate.valid_to
    facts = Facts.from_json(certificate.facts)
    network = certificate.network
    return {
        "body_name": network.name,
        "ambiti": [a.name for a in Ambito.objects.filter(network=network).order_by("name")],
        "company": certificate.company.name,
        "place": certificate.company.comune.name,
        "level": certificate.get_level_display(),
        "scheme": certificate.scheme.name,
        "scheme_version": certificate.scheme.version,
        "valid_from": certificate.valid_from.isoformat(),
        "valid_to": certificate.valid_to.isoformat(),
        "figures": certificate.facts if fit_to_print(facts, threshold=threshold) else None,
    }
