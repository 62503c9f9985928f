from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.jobs import Run, job


@job("accounts.close_unused", label=_("Accessi che nessuno usa"))
def close_unused(run: Run) -> dict[str, int]:
    from . import unused

    return unused.look_at_all(today=timezone.localdate(), now=timezone.now())
