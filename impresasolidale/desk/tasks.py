from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.jobs import Run, job


@job("desk.digest", label=_("Riepilogo delle cose da fare"))
def digest(run: Run) -> int:
    from . import services

    return services.send_digests(today=timezone.localdate())
