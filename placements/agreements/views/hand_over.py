"""Pages of a person who passes from one Ambito to another: both sides see the same row, each with its own buttons."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import FileResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.forms import ReasonForm
from impresasolidale.core.views import Guarded, Page, ServiceForm, say_done, serve_document
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.selectors import beneficiary_for
from placements.beneficiaries.views import AsksReason

from .. import start_selectors
from ..enums import HandOverState
from ..models import HandOver
from ..services.hand_over import accept_hand_over, decline_hand_over, offer_hand_over, withdraw_hand_over
from ..start_forms import AcceptForm, HandOverForm


class HandOvers(Page):
    """Those that arrive, or with `?verso=via` those that leave."""

    permission = Permission.PREPARE_PLACEMENTS
    template_name = "agreements/starts/hand_overs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        leaving = self.request.GET.get("verso") == "via"
        page = start_selectors.hand_overs_page(self.access, self.request.GET, arriving=not leaving)
        here = reverse("agreements:hand_overs")
        sections = [
            {"label": _("In arrivo"), "url": here, "active": not leaving},
            {"label": _("In partenza"), "url": f"{here}?verso=via", "active": leaving},
        ]
        return super().get_context_data(rows=page.rows, leaving=leaving, sections=sections, **page.urls(self.request.GET), **kwargs)


class Offer(AsksReason, ServiceForm):
    permission = Permission.PREPARE_PLACEMENTS
    template_name = "agreements/starts/hand_over_new.html"
    form_class = HandOverForm

    @cached_property
    def person(self) -> Beneficiary:
        return beneficiary_for(self.access, self.kwargs["public_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "access": self.access}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.person
        return super().get_context_data(person=person, back_url=reverse("beneficiaries:detail", args=[person.public_id]), **kwargs)

    def act(self, form: Any) -> str:
        row = offer_hand_over(beneficiary=self.person, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Il passaggio è proposto: ora tocca all'altro Ambito."))
        return reverse("agreements:hand_over", args=[row.public_id])


class OfHandOver:
    """`self.row` is the one of the URL."""

    kwargs: dict[str, Any]
    access: Any

    @cached_property
    def row(self) -> HandOver:
        return start_selectors.hand_over_for(self.access, self.kwargs["public_id"])

    @property
    def back_url(self) -> str:
        return reverse("agreements:hand_over", args=[self.row.public_id])

    @property
    def arrives(self) -> bool:
        return self.row.to_ambito_id == self.access.ambito_id

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        content = start_selectors.handed_over(self.row)
        return super().get_context_data(row=self.row, c=content, back_url=self.back_url, **kwargs)  # type: ignore[misc]


class Detail(OfHandOver, Page):
    permission = Permission.PREPARE_PLACEMENTS
    template_name = "agreements/starts/hand_over.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = start_selectors.own_side(self.row, arrives=self.arrives)
        is_open = self.row.state == HandOverState.OFFERED
        return super().get_context_data(arrives=self.arrives, is_open=is_open, **own, **kwargs)


class Accept(OfHandOver, ServiceForm):
    permission = Permission.PREPARE_PLACEMENTS
    template_name = "confirm.html"
    form_class = AcceptForm

    def get_form_kwargs(self) -> dict[str, Any]:
        if not self.row.content:  # what was handed over was discarded since
            raise Http404
        has_placement = bool(self.row.content["placement"])
        return {**super().get_form_kwargs(), "access": self.access, "today": timezone.localdate(), "has_placement": has_placement}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.row.content["person"]
        return super().get_context_data(
            title=_("Accetta il passaggio"),
            text=_("%(name)s arriva da %(ambito)s.") % {"name": f"{person['last_name']} {person['first_name']}", "ambito": self.row.ambito},
            consequences=[
                _("Nasce qui la sua scheda; se c'è già, si collega a quella."),
                _("I mesi e le ore già usati contano anche qui."),
                _("Di là il tirocinio si chiude l'ultimo giorno scritto."),
            ],
            action=_("Accetta il passaggio"),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        d = form.cleaned_data
        row = accept_hand_over(
            hand_over=self.row,
            referent=d["referent"],
            residence=d["residence"],
            with_draft=d.get("with_draft", False),
            by=self.access,
            today=timezone.localdate(),
        )
        say_done(self.request, _("La persona è qui. Ora consegnale l'informativa e scrivi chi l'ha in carico."))
        return reverse("agreements:hand_over", args=[row.public_id])


class Answers(OfHandOver, ServiceForm):
    permission = Permission.PREPARE_PLACEMENTS
    template_name = "confirm.html"
    form_class = ReasonForm
    service: Any

    def act(self, form: Any) -> str:
        type(self).service(hand_over=self.row, reason=form.cleaned_data["reason"], by=self.access, today=timezone.localdate())
        say_done(self.request, _("Fatto."))
        return self.back_url


class Decline(Answers):
    service = staticmethod(decline_hand_over)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = _("La persona resta dov'è. L'altro ufficio legge il motivo.")
        return super().get_context_data(title=_("Non accettare il passaggio"), text=text, action=_("Non accettare"), danger=True, **kwargs)


class Withdraw(Answers):
    service = staticmethod(withdraw_hand_over)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = _("Il passaggio non si fa più. L'altro ufficio legge il motivo.")
        return super().get_context_data(title=_("Ritira il passaggio"), text=text, action=_("Ritira il passaggio"), danger=True, **kwargs)


class Paper(OfHandOver, Guarded):
    """The sheet, for the Ambito that issued it; the other has what it says on the page."""

    permission = Permission.PREPARE_PLACEMENTS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        if self.arrives or self.row.document is None:
            raise Http404
        return serve_document(self.row.document, by=self.access)
