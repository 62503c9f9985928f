"""What the pages about one person's money or paper month share: the reason asked first (adr/0013)."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from placements.agreements.models import Placement
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.views import AsksReason


class AsksAbout(AsksReason):
    """About `self.placement`. A form is drawn again once the reason is given; a one-button post says in `back_after` where to go."""

    request: HttpRequest
    kwargs: dict[str, Any]
    access: Any
    came_by_task = True  # a month that waits, a sum that is being paid: once done, the page would close under who did it

    @property
    def placement(self) -> Placement:
        raise NotImplementedError

    def who(self) -> Beneficiary:
        return self.placement.beneficiary

    def back_after(self, person_id: UUID) -> str:
        return self.request.path
