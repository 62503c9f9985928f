"""What a company's contact does with a paper that waits for it."""

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Action

from .. import host_papers


class LinkAgain(Action):
    """Open the paper, when its link went to my address; else have the link sent again."""

    permission = Permission.USE_COMPANY_PORTAL

    def act(self) -> str:
        door = host_papers.ask_link_again(public_id=self.kwargs["public_id"], by=self.access, now=timezone.now())
        if not door:
            messages.success(self.request, _("Il collegamento è ripartito: arriva a chi firma."))
        return door or self.back()

    def back(self) -> str:
        return reverse("desk:our_company")
