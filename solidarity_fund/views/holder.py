"""Who holds the fund, and what its receipts say."""

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.errors import DomainError
from impresasolidale.core.views import Page, ServiceForm
from impresasolidale.territory.models import Body

from ..documents.receipts import PLAIN_WORDS
from ..forms import holder as forms
from ..selectors import holder as selectors
from ..services import holder as services


class Holder(Page):
    template_name = "solidarity_fund/holder.html"
    permission = Permission.SEE_FUND

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(
            how=selectors.how_to_give(self.access, today),
            holders=list(selectors.holders(self.access)),
            wordings=list(selectors.wordings(self.access)),
            plain_words=PLAIN_WORDS,
            may_edit=self.access.may(Permission.PUBLISH_RULES),
            today=today,
            **kwargs,
        )


class NewHolder(ServiceForm):
    template_name = "solidarity_fund/new_holder.html"
    form_class: Any = forms.HolderForm
    permission = Permission.PUBLISH_RULES

    @cached_property
    def bodies(self) -> list[Body]:
        return selectors.possible_holders(self.access)

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": timezone.localdate()}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "bodies": [(str(body.public_id), body.name) for body in self.bodies]}

    def act(self, form: Any) -> str:
        values = form.cleaned_data
        body = next(body for body in self.bodies if str(body.public_id) == values["body"])
        services.name_holder(body=body, values=values, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Scritto: da quel giorno pagine e ricevute dicono così."))
        return reverse("solidarity_fund:holder")


class NewWording(ServiceForm):
    template_name = "confirm.html"
    form_class = forms.WordingForm
    permission = Permission.PUBLISH_RULES

    @cached_property
    def how(self) -> selectors.HowToGive | None:
        return selectors.how_to_give(self.access, timezone.localdate())

    def get_initial(self) -> dict[str, Any]:
        wording = selectors.wording_on(self.access, self.how.holder.body, timezone.localdate()) if self.how else None
        kept = {name: getattr(wording, name) for name in ("text", "tax_text", "tax_source")} if wording else {"text": PLAIN_WORDS}
        return {"valid_from": timezone.localdate(), **kept}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Le parole delle ricevute"),
            text=_("Dicono che il dono è arrivato, e grazie. Non promettono agevolazioni fiscali, se non dove c'è la fonte."),
            action=_("Salva"),
            back_url=reverse("solidarity_fund:holder"),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        if self.how is None:
            raise DomainError(_("Prima si scrive chi tiene il fondo."))
        services.word_receipts(body=self.how.holder.body, values=form.cleaned_data, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Le prossime ricevute dicono così."))
        return reverse("solidarity_fund:holder")
