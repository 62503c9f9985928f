"""Who follows the person, and the cases that pass to a colleague."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Page, ServiceForm

from .. import selectors, services
from ..enums import CareRole
from ..forms.team import CareMemberForm, HandOverForm, LeaveForm
from ..models import Beneficiary
from ._base import AddToPerson


def team_context(access: Access, person: Beneficiary, today: date) -> dict[str, Any]:
    """Who follows the person, for the record; and where whoever may hand the case over does it."""
    team = list(selectors.care_team_of(access, person))
    referents = [m for m in team if m.role == CareRole.REFERENT and m.valid_from <= today and (m.valid_to is None or m.valid_to >= today)]
    asked = {"persona": str(person.public_id)}
    if access.may(Permission.ASSIGN_CASES):
        asked["di"] = str(referents[0].user.public_id) if referents else HandOver.NOBODY
    may = access.may(Permission.ASSIGN_CASES) or (access.may(Permission.HAND_OVER) and access.actor_id in {m.user_id for m in referents})
    url = f"{reverse('beneficiaries:hand_over')}?{urlencode(asked)}" if may else ""
    return {"care_team": team, "has_no_referent": not referents, "hand_over_url": url}


class JoinCareTeam(AddToPerson):
    form_class = CareMemberForm
    wants = ("access", "on")
    title = gettext_lazy("Aggiungi all’équipe")
    lead = gettext_lazy("Chi è nell’équipe apre la scheda senza scrivere un motivo. Il nuovo referente prende il posto di quello di prima.")
    done = gettext_lazy("Équipe aggiornata.")
    service = staticmethod(services.join_care_team)
    today_in = "valid_from"


class LeaveCareTeam(AddToPerson):
    form_class = LeaveForm
    title = gettext_lazy("Chi lascia l’équipe")
    lead = gettext_lazy("Il referente non esce dall’équipe: passa la persona a un collega.")
    done = gettext_lazy("Équipe aggiornata.")
    service = staticmethod(services.leave_care_team)
    today_in = "valid_to"

    def get_form_kwargs(self) -> dict[str, Any]:
        members = selectors.leaving_members(self.access, self.beneficiary, on=timezone.localdate())
        return {**super().get_form_kwargs(), "members": members}


class Referents(Page):
    """For the coordinator: who follows how many people, and who has no referent."""

    template_name = "beneficiaries/referents.html"
    permission = Permission.ASSIGN_CASES

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        alone = selectors.cases_of(self.access, None, on=today).count()
        return super().get_context_data(loads=selectors.loads(self.access, on=today), alone=alone, **kwargs)


class HandOver(ServiceForm):
    """The people of one referent, mine or (for the coordinator) a colleague's; or those without a referent: `?di=nessuno`.

    `?persona=` ticks one of them.
    """

    template_name = "beneficiaries/hand_over.html"
    permission = Permission.HAND_OVER
    form_class = HandOverForm
    NOBODY = "nessuno"

    @cached_property
    def former(self) -> User | None:
        """Whose people they are; None for those without a referent. Http404 when it is not for this user to ask."""
        wanted = self.request.GET.get("di", "")
        if not wanted:
            return self.access.actor
        if not self.access.may(Permission.ASSIGN_CASES):
            raise Http404
        if wanted == self.NOBODY:
            return None
        return selectors.referent_for(self.access, wanted, on=timezone.localdate())

    @cached_property
    def cases(self) -> Any:
        return selectors.cases_of(self.access, self.former, on=timezone.localdate())

    def get_initial(self) -> dict[str, Any]:
        return {"from_on": timezone.localdate(), "people": self.request.GET.getlist("persona")}

    def get_form_kwargs(self) -> dict[str, Any]:
        known = {"access": self.access, "cases": self.cases, "on": timezone.localdate(), "former": self.former}
        return {**super().get_form_kwargs(), **known}

    def act(self, form: Any) -> str:
        passed = services.hand_over(
            people=form.chosen(),
            to=form.cleaned_data["to"],
            from_on=form.cleaned_data["from_on"],
            reason=form.reason(),
            by=self.access,
            today=timezone.localdate(),
        )
        words = ngettext("%(count)s persona passa a %(to)s.", "%(count)s persone passano a %(to)s.", len(passed))
        messages.success(self.request, words % {"count": len(passed), "to": form.cleaned_data["to"]})
        return self.back_url

    @property
    def back_url(self) -> str:
        return reverse("beneficiaries:referents" if self.access.may(Permission.ASSIGN_CASES) else "beneficiaries:list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people: list[Beneficiary] = list(self.cases)
        selectors.note_list(self.access, people, place="beneficiaries:hand_over")
        mine = self.former is not None and self.former == self.access.actor
        lead = (
            _("Scegli a chi passano, da quando e perché. Le cose da fare le seguono da sole.")
            if mine
            else _("Persone che segue %(user)s.") % {"user": self.former}
            if self.former
            else _("Persone senza un referente che lavori qui.")
        )
        return super().get_context_data(people=people, lead=lead, is_mine=mine, back_url=self.back_url, **kwargs)
