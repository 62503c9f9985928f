"""The page of the fund and its pots."""

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Page, ServiceForm
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.charts import chart_of_months, first_month_shown
from impresasolidale.treasury.models import Pot
from impresasolidale.treasury.services import open_pot

from ..enums import kinds_in_words
from ..forms import home as forms
from ..selectors import criteria
from ..selectors import requests as selectors
from ..selectors.commission import may_sit
from .common import movement_rows


class Home(Page):
    template_name = "solidarity_fund/home.html"
    permission = Permission.SEE_FUND

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today, query = timezone.localdate(), self.request.GET
        pots = treasury.balances(self.access, use=Pot.Use.FUND)
        form = forms.MovementFilter(query or None, pots=pots)
        wanted = form.cleaned_data if form.is_valid() else {}
        pot = next((p.pot for p in pots if str(p.pot.public_id) == wanted.get("salvadanaio")), None)
        page = treasury.movements(self.access, query, use=Pot.Use.FUND, pot=pot, until=wanted.get("fino_al"))
        waiting, behind = selectors.waiting_and_behind(self.access, [m.entry for m in page.rows])
        first = first_month_shown(today)
        purposes = criteria.purposes_of(self.access)
        return super().get_context_data(
            pots=pots,
            with_purpose=[(p, kinds_in_words(purposes[p.pot.pk].kinds) if p.pot.pk in purposes else "") for p in pots],
            total={name: sum((getattr(p, name) for p in pots), treasury.ZERO) for name in ("received", "committed", "paid", "free")},
            chart=chart_of_months(treasury.months(self.access, use=Pot.Use.FUND, since=first), today=today),
            filter=form,
            movements=movement_rows(page.rows, behind),
            is_filtered=bool(pot or wanted.get("fino_al")),
            pager=page.urls(query),
            waiting=waiting,
            may_sit=may_sit(self.access),
            may={
                p.name.lower(): self.access.may(p)
                for p in (
                    Permission.RECORD_CONTRIBUTIONS,
                    Permission.ASK_BENEFITS,
                    Permission.GIVE_OPINIONS,
                    Permission.KEEP_SITTINGS,
                    Permission.TELL_STORIES,
                )
            },
            **kwargs,
        )


class NewPot(ServiceForm):
    template_name = "solidarity_fund/new_pot.html"
    form_class = forms.PotForm
    permission = Permission.RECORD_CONTRIBUTIONS

    def act(self, form: Any) -> str:
        pot = open_pot(name=form.cleaned_data["name"], purpose=form.cleaned_data["purpose"], use=Pot.Use.FUND, by=self.access)
        messages.success(self.request, _("Il salvadanaio «%(name)s» è pronto.") % {"name": pot.name})
        return reverse("solidarity_fund:home")
