"""The tutor's phone (Today, week, month) and the office's sheets."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.hosts.selectors import closures_ahead
from impresasolidale.accounts.doors import ForTutors
from impresasolidale.accounts.permissions import Permission
from impresasolidale.accounts.services import OutsideAct
from impresasolidale.core.keyset import Slice
from impresasolidale.core.views import Action, Page, ServiceForm, say_done
from impresasolidale.territory.selectors import name_key
from placements.agreements.enums import PlacementState as S
from placements.agreements.models import Placement

from .. import selectors, services
from ..enums import MonthState, Outcome
from ..forms import ActForm, ReasonForm, RecordForm, SheetFilterForm, SheetsForm
from ..models import Timesheet
from ..rules import first_of_month, monday_of, next_month, outcomes_for, percent
from ..selectors import paper as paper_selectors
from ..selectors import portal as portal_selectors
from ..selectors.allowances import allowance_of

SETTLED = (MonthState.CONFIRMED, MonthState.FROZEN)


def asked_month(request: HttpRequest) -> date:
    """The month of the address (`?mese=2026-10`), else the current one."""
    return first_of_month(asked_day(f"{request.GET.get('mese', '')}-01", timezone.localdate()))


def asked_day(text: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return day if 1900 < day.year < 2200 else otherwise  # the pages look some weeks around it: not off the calendar's ends


def with_query(url: str, **values: object) -> str:
    return f"{url}?{urlencode({k: v for k, v in values.items() if v})}"


def list_url(day: date) -> str:
    """The office's list of that month."""
    return with_query(reverse("attendance:office_month"), mese=f"{day:%Y-%m}")


CLOSURES_AHEAD = timedelta(weeks=8)  # how far a tutor sees when the own company is closed


# --- The tutor's phone


class TodayPage(ForTutors, Page):
    """Who is entrusted to me, today."""

    template_name = "attendance/today.html"
    permission = Permission.USE_TUTOR_PORTAL

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        cards = selectors.today_cards(self.access, today)
        return super().get_context_data(
            today=today,
            cards=cards,
            late=[card for card in cards if card.missing],
            to_close=selectors.sheets_to_close(self.access, today),
            **kwargs,
        )


class WeekPage(ForTutors, Page):
    """A week of everybody entrusted to me, and the one button that confirms it."""

    template_name = "attendance/week.html"
    permission = Permission.USE_TUTOR_PORTAL

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        monday = monday_of(asked_day(self.request.GET.get("dal", ""), today))
        weeks = selectors.week_of(self.access, monday)
        waiting = sum(1 for w in weeks for d in w.days if w.can_record and d.planned and not d.is_said and d.is_open and d.day <= today)
        url = reverse("attendance:week")
        return super().get_context_data(
            today=today,
            monday=monday,
            sunday=monday + timedelta(days=6),
            weeks=weeks,
            waiting=waiting,
            closures=closures_ahead(self.access, {w.placement.company_id for w in weeks}, monday, monday + CLOSURES_AHEAD),
            before=with_query(url, dal=monday - timedelta(days=7)),
            after=with_query(url, dal=monday + timedelta(days=7)) if monday + timedelta(days=7) <= today else "",
            **kwargs,
        )


class ConfirmWeek(ForTutors, Action):
    permission = Permission.USE_TUTOR_PORTAL

    @cached_property
    def monday(self) -> date:
        return monday_of(asked_day(self.request.POST.get("monday", ""), timezone.localdate()))

    def act(self) -> str:
        mine = [week.placement for week in selectors.week_of(self.access, self.monday)]
        written = services.record_week(
            placements=mine, monday=self.monday, channel=services.channel_of(self.access), by=self.access, today=timezone.localdate()
        )
        if written:
            words = ngettext("Fatto: una giornata confermata.", "Fatto: %(n)d giornate confermate.", written)
            messages.success(self.request, words % {"n": written})
        else:
            messages.info(self.request, _("Era già tutto confermato."))
        return self.back()

    def back(self) -> str:
        return with_query(reverse("attendance:week"), dal=self.monday)


class _Mixed:
    """A page of both the tutor (phone) and the office (desk): same data, another frame."""

    phone_template: str
    office_template: str

    def get_template_names(self) -> list[str]:
        return [self.phone_template if self.on_phone else self.office_template]

    @property
    def on_phone(self) -> bool:
        return self.access.placements is not None  # type: ignore[attr-defined]

    @cached_property
    def placement(self) -> Placement:
        return selectors.placement_for(self.access, self.kwargs["public_id"])  # type: ignore[attr-defined]

    @property
    def person(self) -> str:
        who = self.placement.beneficiary
        return selectors.short_name(who.first_name, who.last_name) if self.on_phone else f"{who.first_name} {who.last_name}"


class RecordPage(_Mixed, ForTutors, ServiceForm):
    """One person, one day: what happened, or what was wrong. Today's buttons post here too."""

    phone_template = "attendance/record.html"
    office_template = "attendance/record_office.html"
    form_class = RecordForm
    permission = Permission.RECORD_ATTENDANCE

    @cached_property
    def day(self) -> date:
        source = self.request.POST if self.request.method == "POST" else self.request.GET
        return asked_day(source.get("day", ""), timezone.localdate())

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _placement = self.placement  # 404 before anything else is read
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        # A post pays no look at the rule book: the service asks it when travel was written.
        posted = self.request.method == "POST"
        travels = "travel_minutes" in self.request.POST if posted else selectors.travel_credit(self.placement.pk) > 0
        return {**super().get_form_kwargs(), "access": self.access, "travels": travels}

    def get_initial(self) -> dict[str, Any]:
        back = self.request.GET.get("back", "")
        return {"day": self.day, "back": back if back in ("today", "week", "month") else "month"}

    def act(self, form: forms.Form) -> str:
        data = form.cleaned_data
        try:
            event = services.record_attendance(
                public_id=self.kwargs["public_id"],
                day=data["day"],
                outcome=data["outcome"],
                minutes=data["minutes"],
                travel_minutes=data.get("travel_minutes") or 0,
                note=data["note"],
                submission=getattr(self.request, "submission", None),
                channel=data.get("channel") or services.channel_of(self.access),
                by=self.access,
                today=timezone.localdate(),
            )
        except Placement.DoesNotExist:
            raise Http404 from None
        return self.back_url(event.placement, data["back"], data["day"])

    def back_url(self, placement: Placement, back: str, day: date) -> str:
        if self.on_phone and back == "today":
            return reverse("attendance:today")
        if self.on_phone and back == "week":
            return with_query(reverse("attendance:week"), dal=monday_of(day))
        return services.month_url(placement, day)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        back = form["back"].value() or "month"
        value = selectors.day_value(self.placement, self.day)
        if not value.planned:
            form["minutes"].help_text = _("Per esempio 3:30.")
            form.fields["minutes"].required = self.on_phone  # there its own form says "present"
        others = [o for o in outcomes_for(self.access.roles) if o != Outcome.PRESENT]
        return context | {
            "placement": self.placement,
            "person": self.person,
            "value": value,
            "day": self.day,
            "back": back,
            "inline": self.request.htmx and back == "today",  # type: ignore[attr-defined]
            "back_url": self.back_url(self.placement, back, self.day),
            "absences": others,
            "show": self.request.GET.get("cosa", ""),
            "month_url": services.month_url(self.placement, self.day),
            "list_url": list_url(self.day),
        }


class MonthPage(_Mixed, ForTutors, Page):
    """A placement's month, day by day, with what was corrected."""

    phone_template = "attendance/month.html"
    office_template = "attendance/month_office.html"

    @property
    def permission(self) -> str:  # type: ignore[override]
        return Permission.USE_TUTOR_PORTAL if self.on_phone else Permission.SEE_PLACEMENTS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today, month = timezone.localdate(), asked_month(self.request)
        found = selectors.month_sheet(self.access, self.placement, month, today, place="attendance:month")
        first, last = first_of_month(self.placement.starts_on), self.placement.last_day
        before, after = first_of_month(month - timedelta(days=1)), next_month(month)
        sheet = found.sheet
        state = sheet.state if sheet else MonthState.OPEN
        may_confirm = self.access.may(Permission.CONFIRM_MONTHS)
        sees_sum = sheet is not None and not self.on_phone and self.access.may(Permission.SEE_ALLOWANCES)
        waiting = selectors.next_to_confirm(self.access) if may_confirm and state == MonthState.CONFIRMED else None
        return super().get_context_data(
            placement=self.placement,
            person=self.person,
            today=today,
            month=month,
            found=found,
            sheet=sheet,
            state=state,
            is_open=state == MonthState.OPEN,
            is_closed=state == MonthState.CLOSED,
            may_record=self.access.may(Permission.RECORD_ATTENDANCE) and self.placement.state in (*selectors.RECORDABLE, S.SUSPENDED),
            may_confirm=may_confirm,
            next_url=services.month_url(waiting.placement, waiting.month) if waiting else "",
            may_reopen=may_confirm and state in (MonthState.CLOSED, MonthState.CONFIRMED),
            is_mine=bool(sheet and sheet.closed_by_id == self.access.actor_id),
            **self.words(found, today),
            before=services.month_url(self.placement, before) if before >= first else "",
            after=services.month_url(self.placement, after) if after <= last else "",
            list_url=list_url(month),
            **(self._for_office(sheet, month) if sheet and not self.on_phone else {}),
            sees_sum=sees_sum,
            given=allowance_of(self.access, sheet) if sheet is not None and sees_sum and state in SETTLED else None,
            **kwargs,
        )

    def _for_office(self, sheet: Timesheet, month: date) -> dict[str, Any]:
        """What only the office sees of a month: its papers, the scans that arrived, days that cross another placement's."""
        return {
            "papers": (found := list(paper_selectors.papers_of(self.access, sheet))),
            "papers_pending": any(paper.state == paper.State.PENDING for paper in found),
            "scans": paper_selectors.scans_of(self.access, sheet),
            "overlaps": paper_selectors.overlapping_days(self.placement, month),
            "may_print_month": self.access.may(Permission.CONFIRM_MONTHS) and sheet.state in SETTLED,
        }

    def words(self, found: selectors.MonthSheet, today: date) -> dict[str, Any]:
        """The office's page says what the person said today, and whether it waits for somebody."""
        if self.on_phone:
            return {}
        return {
            "said_today": [word for row in found.days if row.day == today for word in row.spoken],
            "word_waits": portal_selectors.waits_for_answer(self.access, self.placement),
        }


class _SheetAction(Action):
    """One step of a month; a refusal is told on the month's page."""

    @cached_property
    def sheet(self) -> Timesheet:
        return selectors.sheet_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return services.month_url(self.sheet.placement, self.sheet.month)


class CloseMonth(ForTutors, _SheetAction):
    permission = Permission.RECORD_ATTENDANCE

    def act(self) -> str:
        services.close_month(sheet=self.sheet, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Mese chiuso. Adesso lo controlla l’ufficio: grazie."))
        return self.back()


class ConfirmMonth(_SheetAction):
    permission = Permission.CONFIRM_MONTHS

    def act(self) -> str:
        services.confirm_month(sheet=self.sheet, by=self.access, today=timezone.localdate())
        say_done(self.request, _("Mese confermato."))
        return self.back()


class _SheetForm(ServiceForm):
    """A step of a month that asks something first."""

    permission = Permission.CONFIRM_MONTHS

    @cached_property
    def sheet(self) -> Timesheet:
        return selectors.sheet_for(self.access, self.kwargs["public_id"])

    @property
    def back_url(self) -> str:
        return services.month_url(self.sheet.placement, self.sheet.month)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sheet=self.sheet, back_url=self.back_url, list_url=list_url(self.sheet.month), **kwargs)


class ReopenMonth(_SheetForm):
    """Asks why, then gives the month back."""

    template_name = "attendance/reopen.html"
    form_class = ReasonForm

    def act(self, form: forms.Form) -> str:
        services.reopen_month(sheet=self.sheet, reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, _("Mese riaperto: adesso si può correggere."))
        return self.back_url


class ConfirmByAct(_SheetForm):
    """Whoever closed the month confirms it with an act of the body as the second key."""

    template_name = "attendance/confirm_by_act.html"
    form_class = ActForm

    def act(self, form: forms.Form) -> str:
        data = form.cleaned_data
        act = OutsideAct(number=data["act_number"], on=data["act_on"])
        services.confirm_month(sheet=self.sheet, by=self.access, today=timezone.localdate(), act=act, act_file=data["file"])
        say_done(self.request, _("Mese confermato: l'atto resta con il foglio."))
        return self.back_url


# --- The office


class ToConfirm(ServiceForm):
    """The months that wait for the office, whichever they are; the oldest first. Those that are ticked are confirmed together."""

    template_name = "attendance/to_confirm.html"
    permission = Permission.CONFIRM_MONTHS
    form_class = SheetsForm

    @cached_property
    def slice(self) -> Slice:
        return selectors.to_confirm_page(self.access, self.request.GET)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "choices": [str(sheet.public_id) for sheet in self.slice.rows]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [
            {"sheet": s, "url": services.month_url(s.placement, s.month), "is_mine": s.closed_by_id == self.access.actor_id}
            for s in self.slice.rows
        ]
        return super().get_context_data(
            rows=rows,
            can_confirm=any(not row["is_mine"] for row in rows),
            list_url=list_url(timezone.localdate()),
            **self.slice.urls(self.request.GET),
            **kwargs,
        )

    def act(self, form: forms.Form) -> str:
        ids = paper_selectors.sheet_ids(self.access, form.cleaned_data["sheets"])
        found = services.confirm_months(sheets=ids, by=self.access, today=timezone.localdate())
        if found.done:
            words = ngettext("Fatto: un mese confermato.", "Fatto: %(n)d mesi confermati.", found.done)
            say_done(self.request, words % {"n": found.done})
        if found.mine:
            words = ngettext(
                "Un mese l’hai chiuso tu: lo conferma un’altra persona.",
                "%(n)d mesi li hai chiusi tu: li conferma un’altra persona.",
                found.mine,
            )
            messages.warning(self.request, words % {"n": found.mine})
        if found.moved:
            words = ngettext(
                "Un mese era già cambiato: guarda com’è adesso.", "%(n)d mesi erano già cambiati: guarda come sono adesso.", found.moved
            )
            messages.warning(self.request, words % {"n": found.moved})
        return reverse("attendance:to_confirm")


class OfficeMonth(Page):
    """All the Ambito's sheets of a month."""

    template_name = "attendance/office_month.html"
    permission = Permission.SEE_PLACEMENTS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        month = asked_month(self.request)
        form = SheetFilterForm(self.request.GET, initial={"mese": f"{month:%Y-%m}"})
        form.is_valid()
        state, name = form.cleaned_data.get("stato", ""), form.cleaned_data.get("nome", "")
        page, counts = selectors.office_sheets(
            self.access, month, selectors.SheetFilter(state=state, name=name_key(name)), self.request.GET
        )
        url, asked = reverse("attendance:office_month"), {"mese": f"{month:%Y-%m}", "stato": state, "nome": name}
        return super().get_context_data(
            month=month,
            form=form,
            rows=[
                {
                    "sheet": s,
                    "url": services.month_url(s.placement, month),
                    "percent": percent(s.credited_minutes, s.planned_minutes),
                    "can_confirm": s.state == MonthState.CLOSED
                    and self.access.may(Permission.CONFIRM_MONTHS)
                    and s.closed_by_id != self.access.actor_id,
                }
                for s in page.rows
            ],
            is_filtered=bool(state or name),
            states=[
                {
                    "label": str(label).capitalize(),
                    "badge": counts.get(code, 0) if code else sum(counts.values()),
                    "url": with_query(url, **{**asked, "stato": code}),
                    "active": code == state,
                }
                for code, label in [("", _("tutti")), *MonthState.choices]
            ],
            clear_url=with_query(url, mese=asked["mese"]),
            to_confirm_url=reverse("attendance:to_confirm") if self.access.may(Permission.CONFIRM_MONTHS) else "",
            print_url=with_query(reverse("attendance:print_sheets"), mese=asked["mese"])
            if self.access.may(Permission.RECORD_ATTENDANCE)
            else "",
            before_month=with_query(url, mese=f"{month - timedelta(days=1):%Y-%m}"),
            after_month=with_query(url, mese=f"{next_month(month):%Y-%m}"),
            **page.urls(self.request.GET),
            **kwargs,
        )
