"""Pages of what comes before a start: the one page of a new placement, templates."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import FormPage, Page, ServiceForm
from impresasolidale.territory.selectors import rules_for
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.selectors import beneficiary_for
from placements.beneficiaries.views import AsksReason

from .. import rules, selectors, start_selectors
from ..enums import SignerRole
from ..forms import PersonChoice
from ..models import Placement, ProjectTemplate
from ..services.inherited import bring_papers, enter_inherited
from ..services.starts import judge_group, prepare_group, save_template
from ..start_forms import OF_HOST, GroupForm, InheritedForm, PapersForm, StartForm, TemplateForm, copied, from_template, proposed
from . import New, OfPlacement, Writes, plain


class Known:
    """The person of `?persona=`, what the new plan begins with (`?da=` another placement, `?modello=` a template), and the sums."""

    request: HttpRequest
    access: Any
    kwargs: dict[str, Any]

    @cached_property
    def person(self) -> Beneficiary:
        return beneficiary_for(self.access, self.kwargs.get("public_id") or self._asked("persona") or _nowhere())

    def _asked(self, name: str) -> UUID | None:
        try:
            return UUID(self.request.GET[name]) if self.request.GET.get(name) else None
        except ValueError:
            raise Http404 from None

    def sums_of(self, form: StartForm) -> dict[str, Any]:
        """The computed part of the page: what was used, what this placement adds."""
        today, sums = timezone.localdate(), form.sums()
        _version, book = rules_for(self.access.ambito, sums["period"].start if sums["period"] else today)
        return {
            "sums": sums,
            "meter": start_selectors.cap_meter(self.access, self.person, today=today, planned=sums["period"]),
            "weekly_over": rules.is_over_weekly_cap(sums["weekly_minutes"], book),
            "weekly_cap": book.weekly_hours_cap,
            "sums_url": reverse("agreements:sums", args=[self.person.public_id]),
        }


def _nowhere() -> UUID:
    raise Http404


class NewStart(Known, New):
    """A new placement on one page, with everything known written already."""

    form_class = StartForm
    template_name = "agreements/starts/new.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.GET.get("persona"):
            kept = [(name, request.GET[name]) for name in ("da", "modello", "impresa") if request.GET.get(name)]
            return self.response_class(request, "agreements/choose_person.html", {"form": PersonChoice(access=self.access), "kept": kept})
        return super().get(request, *args, **kwargs)

    @cached_property
    def source(self) -> Placement | None:
        """The placement to begin from: the one asked for, or the person's last one."""
        if asked := self._asked("da"):
            return selectors.placement_for(self.access, asked)
        return start_selectors.latest_of(self.access, self.person)

    @cached_property
    def template(self) -> ProjectTemplate | None:
        asked = self._asked("modello")
        return start_selectors.template_for(self.access, asked) if asked else None

    def get_initial(self) -> dict[str, Any]:
        _version, book = rules_for(self.access.ambito, self.today)
        begin = {**super().get_initial(), **proposed(book, self.today)}
        if self.source:
            begin |= {name: value for name, value in copied(self.source).items() if value not in (None, "")}
        if self.template:
            begin = {name: value for name, value in begin.items() if not name.startswith(("goal_", "from_", "hours_"))}
            begin |= from_template(self.template)
        if company := self.request.GET.get("impresa"):
            begin = {name: value for name, value in begin.items() if name not in OF_HOST} | {"company": company}
        if self.access.actor and "promoter_tutor" not in begin:
            begin["promoter_tutor"] = self.access.actor.public_id
        return begin

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        source = self.source
        return {
            **context,
            **self.sums_of(context["form"]),
            "source": source,
            "kept_source": self.request.GET.get("da", ""),
            "is_same_person": source is not None and source.beneficiary_id == self.person.pk,
            "template": self.template,
            "templates": [t for t in start_selectors.templates_of(self.access) if not t.is_retired],
        }


class Sums(AsksReason, Known, Page):
    """The computed part of the page, for htmx, while it is being written."""

    permission = Permission.PREPARE_PLACEMENTS
    template_name = "agreements/starts/sums.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = StartForm(initial=self.request.GET.dict(), access=self.access, today=timezone.localdate())
        return super().get_context_data(**self.sums_of(form), **kwargs)


class Inherit(AsksReason, Known, Writes):
    """A placement that already runs on paper comes in."""

    form_class = InheritedForm
    template_name = "agreements/starts/inherit.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.GET.get("persona"):
            return self.response_class(request, "agreements/starts/inherit_who.html", {"form": PersonChoice(access=self.access)})
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {**plain(self.access), "signed_by": [SignerRole.PROMOTER, SignerRole.HOST, SignerRole.PERSON]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Tirocinio già in corso"),
            lead=_("Quello che è su carta entra così com'è. Se manca qualcosa non si ferma: te lo ricordiamo noi."),
            person=self.person,
            back_url=reverse("agreements:list"),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        placement = enter_inherited(
            beneficiary=self.person, plan=form.plan(), papers=form.papers(), used=form.used(), by=self.access, today=self.today
        )
        messages.success(self.request, _("Il tirocinio è entrato. Quello che manca è fra le cose da fare, con il suo giorno."))
        return reverse("agreements:detail", args=[placement.public_id])


class InheritedPapers(OfPlacement, FormPage):
    """The signed papers of one that came from a file."""

    permission = Permission.PREPARE_PLACEMENTS
    form_class = PapersForm
    title = gettext_lazy("Le carte firmate")
    lead = gettext_lazy("La scansione delle carte con cui questo tirocinio è cominciato. Le firme restano scritte qui, con il loro giorno.")
    button = gettext_lazy("Aggiungi le carte")

    def back(self) -> str:
        return self.detail_url

    def crumb(self) -> Any:
        return self.placement.beneficiary

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        today = timezone.localdate()
        bring_papers(placement=self.placement, scan=data["file"], signed_by=data["signed_by"], by=self.access, today=today)
        messages.success(self.request, _("Le carte ci sono: il tirocinio è completo anche qui."))
        return self.back()


class Group(Known, Writes):
    """The same plan for several people: looked at person by person, then prepared."""

    form_class = GroupForm
    template_name = "agreements/starts/group.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "preview" not in request.POST or "choose" in request.POST:
            return super().post(request, *args, **kwargs)
        form = self.get_form()
        if not form.is_valid():
            return self.form_invalid(form)
        judged = judge_group(people=form.cleaned_data["people"], plan=form.plan(), by=self.access, today=self.today)
        return self.render_to_response(self.get_context_data(form=form, judged=judged))

    def refused(self, form: Any, status: int) -> HttpResponse:
        judged = []
        if form.cleaned_data.get("people") and not set(form.errors) - {"__all__"}:
            judged = judge_group(people=form.cleaned_data["people"], plan=form.plan(), by=self.access, today=self.today)
        return self.render_to_response(self.get_context_data(form=form, judged=judged), status=status)

    def get_initial(self) -> dict[str, Any]:
        _version, book = rules_for(self.access.ambito, self.today)
        begin = {**plain(self.access), **proposed(book, self.today)}
        asked = self._asked("modello")
        return begin | (from_template(start_selectors.template_for(self.access, asked)) if asked else {})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Prepara per un gruppo"),
            lead=_("Le stesse attività per più persone: una bozza ciascuna, da rileggere una per una."),
            back_url=reverse("agreements:list"),
            templates=[t for t in start_selectors.templates_of(self.access) if not t.is_retired],
            **kwargs,
        )

    def act(self, form: Any) -> str:
        found = prepare_group(
            people=form.cleaned_data["people"],
            plan=form.plan(),
            all_or_none=form.cleaned_data["all_or_none"] == "all",
            by=self.access,
            today=self.today,
        )
        self.request.session["group"] = [
            [str(row.person), str(row.placement.public_id) if row.placement else "", row.words] for row in found
        ]
        return reverse("agreements:group_done")


class GroupDone(Page):
    """What became of each person of the last group."""

    permission = Permission.PREPARE_PLACEMENTS
    template_name = "agreements/starts/group_done.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rows=self.request.session.get("group", []), **kwargs)


class Templates(Page):
    permission = Permission.PREPARE_PLACEMENTS
    template_name = "agreements/starts/templates.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rows=start_selectors.templates_of(self.access), **kwargs)


class NewTemplate(AsksReason, ServiceForm):
    """A template, new, or begun from a placement (`?da=`)."""

    permission = Permission.PREPARE_PLACEMENTS
    template_name = "agreements/starts/template.html"
    form_class = TemplateForm
    row: ProjectTemplate | None = None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "access": self.access, "today": timezone.localdate()}

    def get_initial(self) -> dict[str, Any]:
        try:
            asked = UUID(self.request.GET["da"]) if self.request.GET.get("da") else None
        except ValueError:
            raise Http404 from None
        return copied(selectors.placement_for(self.access, asked)) if asked else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(row=self.row, back_url=reverse("agreements:templates"), **kwargs)

    def act(self, form: Any) -> str:
        save_template(template=self.row, row_version=form.cleaned_data["row_version"] or 0, by=self.access, **form.content())
        messages.success(self.request, _("Il modello è salvato."))
        return reverse("agreements:templates")


class EditTemplate(NewTemplate):
    @cached_property
    def row(self) -> ProjectTemplate:  # type: ignore[override]
        return start_selectors.template_for(self.access, self.kwargs["public_id"])

    def get_initial(self) -> dict[str, Any]:
        row = self.row
        return {"name": row.name, "is_retired": row.is_retired, "row_version": row.row_version, **from_template(row)}
