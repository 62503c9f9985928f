"""What changes after the first signature: one short page each."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Guarded, Page, ServiceForm, say_done, serve_upload
from impresasolidale.territory.rules import add_months

from .. import change_forms as forms
from .. import change_selectors, schedule, selectors, services
from ..change_enums import Asker, EndCause, EndPlan, SuspensionCause, TutorKind
from ..change_selectors import Ahead
from ..enums import LIVE, OVER, RUNNING, PlacementState, ProjectKind, ProjectState
from ..forms import written
from ..models import Placement
from ..services import soon
from ..services.changes.extensions import months_with
from ..timetable_forms import written_content
from ..transitions import PLACEMENT, PROJECT
from . import OfPlacement, Writes, timeline

S = PlacementState
P = Permission


# --- The menu and what is ahead


def changes_menu(placement: Placement, ahead: list[Ahead], access: Any) -> list[dict[str, str]]:
    """«Che cosa cambia?»: what this person may do now, in everyday words."""
    here, open_now = [placement.public_id], {item.what for item in ahead}
    prepares = access.may(P.PREPARE_PLACEMENTS)

    def found() -> Iterator[tuple[str, str]]:
        if prepares and placement.state in LIVE:
            if "version" not in open_now:
                yield _("Orario, attività, contributo"), reverse("agreements:amend", args=here)
            if placement.state in RUNNING and "early_end" not in open_now:
                yield _("Si ferma per un po'"), reverse("agreements:suspend", args=here)
            if placement.state == S.SUSPENDED:
                yield _("Riprende"), reverse("agreements:resume", args=here)
            if not open_now & {"request", "version", "early_end"}:
                yield _("Serve più tempo"), reverse("agreements:ask_extension", args=here)
            yield _("Cambia il tutor aziendale"), reverse("agreements:change_tutor", args=[*here, TutorKind.COMPANY])
            yield _("Cambia il tutor dell'ente"), reverse("agreements:change_tutor", args=[*here, TutorKind.PROMOTER])
            if placement.state in RUNNING and "early_end" not in open_now:
                yield _("Finisce prima"), reverse("agreements:end_early", args=here)
        if prepares and placement.state in (*RUNNING, *OVER):
            yield _("Si rinnova dopo la fine"), reverse("agreements:renew", args=here)

    return [{"label": label, "url": url} for label, url in found()]


def ahead_rows(placement: Placement, ahead: list[Ahead], access: Any) -> list[dict[str, Any]]:
    """What is open, in words, each with what may be done about it: [(label, url)]."""
    here, prepares = [placement.public_id], access.may(P.PREPARE_PLACEMENTS)

    def words(item: Ahead) -> tuple[str, list[tuple[str, str]]]:
        a, b = (f"{d:%d/%m/%Y}" if d else "" for d in (item.start, item.end))
        if item.what == "suspension":
            cause = SuspensionCause(item.code).label
            text = _("Sospensione dal %(a)s al %(b)s: %(why)s") if b else _("Sospensione dal %(a)s, senza una fine scritta: %(why)s")
            ahead_only = item.start is not None and item.start > timezone.localdate()
            url = reverse("agreements:cancel_suspension", args=[*here, item.public_id])
            return text % {"a": a, "b": b, "why": cause}, [(_("Annulla"), url)] if prepares and ahead_only else []
        if item.what == "request":
            text = _("Proroga chiesta da: %(who)s, fino al %(b)s") % {"who": Asker(item.code).label, "b": b}
            links = [(_("Decidi"), reverse("agreements:decide_extension", args=[*here, item.public_id]))]
            attest = [(_("Attestazione del servizio"), reverse("agreements:attest", args=here))] if prepares else []
            return text, (links if access.may(P.VALIDATE_PLACEMENTS) else []) + attest
        if item.what == "early_end":
            text = _("Finisce prima, il %(a)s: %(why)s") % {"a": a, "why": EndCause(item.code).label}
            return text, [(_("Annulla"), reverse("agreements:call_off_end", args=here))] if prepares else []
        if item.what == "tutor":
            text = _("Dal %(a)s cambia: %(who)s") % {"a": a, "who": TutorKind(item.code).label}
            return text, [(_("Annulla"), reverse("agreements:call_off_tutor", args=[*here, item.public_id]))] if prepares else []
        kind, state = ProjectKind(item.code), ProjectState(item.state)
        text = _("%(kind)s dal %(a)s: %(state)s") % {"kind": str(kind.label).capitalize(), "a": a, "state": state.label}
        steps = [
            (VERSION_STEPS[s.name][0], reverse("agreements:version_step", args=[*here, int(item.number), s.name]))
            for s in PROJECT.available(state, access)
            if s.name in VERSION_STEPS
        ]
        return text, steps

    return [dict(zip(("text", "links"), words(item), strict=True)) for item in ahead]


# --- The pages


class Changes(OfPlacement, Page):
    """Every version with what it says differently, and every pause, request and change of tutor."""

    permission = Permission.SEE_PLACEMENTS
    template_name = "agreements/changes/all.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        versions = change_selectors.versions_for(self.placement, today)
        ahead = change_selectors.ahead_of(self.placement, today)
        current = next((v.row for v in versions if v.holds_today), versions[-1].row)
        return super().get_context_data(
            versions=versions,
            past=change_selectors.changes_of(self.placement),
            hours=schedule.project_hours(self.placement, current),
            menu_items=changes_menu(self.placement, ahead, self.access),
            ahead=ahead_rows(self.placement, ahead, self.access),
            **kwargs,
        )


class Change(OfPlacement, ServiceForm):
    """One short form; a stale one, or a step that somebody else has made, comes back with what happened meanwhile (409)."""

    permission = Permission.PREPARE_PLACEMENTS
    template_name = "agreements/changes/form.html"
    title: Any = ""
    lead: Any = ""
    consequences: tuple[Any, ...] = ()
    action: Any = gettext_lazy("Salva")
    danger = False
    states: tuple[str, ...] = LIVE
    done: Any = gettext_lazy("Fatto.")

    @property
    def today(self) -> date:
        return timezone.localdate()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.placement.state not in self.states:
            return self.response_class(request, "agreements/changes/too_late.html", self.get_context_data(form=None), status=409)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.placement.row_version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=self.title, lead=self.lead, consequences=self.consequences, action=self.action, danger=self.danger, **kwargs
        )

    def refused(self, form: Any, status: int) -> HttpResponse:
        status = 409 if getattr(form, "is_stale", False) else status
        more = {"meanwhile": timeline(PLACEMENT, selectors.history_of(self.placement))[:3]} if status == 409 else {}
        return self.render_to_response(self.get_context_data(form=form, **more), status=status)

    def act(self, form: Any) -> str:
        self.call(form)
        say_done(self.request, str(self.done))
        return self.detail_url

    def call(self, form: Any) -> None:
        raise NotImplementedError


class Amend(Change):
    template_name = "agreements/changes/amendment.html"
    form_class = forms.AmendmentForm
    title = gettext_lazy("Modifica il progetto")
    lead = gettext_lazy("Scrivi solo quello che cambia: il resto è già qui. La modifica vale quando tutti l'hanno firmata.")
    done = gettext_lazy("La modifica è in preparazione: quando va bene, prepara le carte da firmare.")

    def get_initial(self) -> dict[str, Any]:
        on = max(self.placement.starts_on, self.today)
        return {**written_content(schedule.project_on(self.placement, on)), "on": on}

    def call(self, form: Any) -> None:
        d = form.cleaned_data
        services.draft_amendment(
            placement=self.placement,
            content=services.Content(**form.content()),
            on=d["on"],
            reason=d["reason"],
            past_cause=d["past_cause"],
            row_version=d["row_version"],
            by=self.access,
            today=self.today,
        )


# step of a version → (label, title, text, danger)
VERSION_STEPS: dict[str, tuple[Any, Any, Any, bool]] = {
    "issued": (
        gettext_lazy("Prepara le carte da firmare"),
        gettext_lazy("Prepara le carte da firmare"),
        gettext_lazy("Il documento riceve un numero e non cambia più. Il progetto di oggi resta valido finché non firmano tutti."),
        False,
    ),
    "rejected": (
        gettext_lazy("Qualcuno non firma"),
        gettext_lazy("Qualcuno non firma"),
        gettext_lazy("La modifica cade e resta valido il progetto di oggi. Scrivi chi non firma e perché."),
        True,
    ),
    "withdrawn": (
        gettext_lazy("Ritira"),
        gettext_lazy("Ritira questa modifica"),
        gettext_lazy("La modifica cade e resta valido il progetto di oggi."),
        True,
    ),
}


class VersionStep(Change):
    form_class = forms.ReasonForm

    @cached_property
    def version(self) -> Any:
        if self.kwargs["step"] not in VERSION_STEPS:
            raise Http404
        return change_selectors.version_for(self.placement, self.kwargs["version"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assert self.version
        label, self.title, self.lead, self.danger = VERSION_STEPS[self.kwargs["step"]]
        self.action = label
        return super().get_context_data(**kwargs)

    def get_form(self, form_class: Any = None) -> Any:
        assert self.version
        form = super().get_form(form_class)
        if self.kwargs["step"] == "issued":
            del form.fields["reason"]
        return form

    def call(self, form: Any) -> None:
        if self.kwargs["step"] == "issued":
            services.issue_change(project=self.version, by=self.access, today=self.today)
            return
        give_up = services.reject_version if self.kwargs["step"] == "rejected" else services.withdraw_version
        give_up(project=self.version, reason=form.cleaned_data["reason"], by=self.access)


class Suspend(Change):
    form_class = forms.SuspensionForm
    states = RUNNING
    title = gettext_lazy("Si ferma per un po'")
    lead = gettext_lazy("Una pausa, con i suoi giorni e la sua causa. Comincia e finisce da sola.")
    consequences = (
        gettext_lazy("In sospensione non si segnano presenze e il contributo non matura (regola 40)."),
        gettext_lazy("Se la pausa è passata vale solo per malattia o provvedimento, e mai in un mese già confermato."),
    )
    action = gettext_lazy("Sospendi")

    def get_initial(self) -> dict[str, Any]:
        return {"starts_on": self.today, "moves_end": self.placement.rulebook.rules.suspension_moves_end}

    def call(self, form: Any) -> None:
        d = form.cleaned_data
        services.suspend_placement(
            placement=self.placement,
            starts_on=d["starts_on"],
            ends_on=d["ends_on"],
            cause=d["cause"],
            note_text=d["note"],
            moves_end=d["moves_end"],
            confirmed=d.get("confirmed", False),
            row_version=d["row_version"],
            by=self.access,
            today=self.today,
        )


class Resume(Change):
    form_class = forms.ResumeForm
    states = (S.SUSPENDED,)
    title = gettext_lazy("Riprende")
    lead = gettext_lazy("Le giornate previste ricominciano da questo giorno.")
    action = gettext_lazy("Scrivi la ripresa")

    def get_initial(self) -> dict[str, Any]:
        return {"on": self.today}

    def call(self, form: Any) -> None:
        d = form.cleaned_data
        services.resume_placement(placement=self.placement, on=d["on"], row_version=d["row_version"], by=self.access, today=self.today)


class CancelSuspension(Change):
    form_class = forms.ReasonForm
    title = gettext_lazy("Annulla la sospensione")
    lead = gettext_lazy("La pausa non si fa più: le giornate previste tornano al loro posto.")
    action = gettext_lazy("Annulla la sospensione")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assert self.row
        return super().get_context_data(**kwargs)

    @cached_property
    def row(self) -> Any:
        return change_selectors.suspension_for(self.placement, self.kwargs["suspension_id"])

    def call(self, form: Any) -> None:
        services.cancel_suspension(suspension=self.row, reason=form.cleaned_data["reason"], by=self.access, today=self.today)


class PlanEnd(OfPlacement, ServiceForm):
    """It ends soon: what do we do? Three buttons, each leading to the next step."""

    permission = Permission.PREPARE_PLACEMENTS
    template_name = "agreements/changes/end_plan.html"
    form_class = forms.EndPlanForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(plans=EndPlan, may_plan=self.placement.state in RUNNING, **kwargs)

    def act(self, form: Any) -> str:
        plan, today = EndPlan(form.cleaned_data["plan"]), timezone.localdate()
        soon.plan_end(placement=self.placement, plan=plan, by=self.access, today=today)
        if plan == EndPlan.EXTEND:
            return reverse("agreements:ask_extension", args=[self.placement.public_id])
        if plan == EndPlan.MOVE:  # the page of a room above, by its name
            return reverse("matching:person", args=[self.placement.beneficiary.public_id])
        messages.success(self.request, _("Scritto: finisce il giorno previsto."))
        return self.detail_url


class AskExtension(Change):
    form_class = forms.ExtensionForm
    title = gettext_lazy("Serve più tempo")
    lead = gettext_lazy("Scrivi chi lo chiede e fino a quando. Decide il coordinatore.")
    action = gettext_lazy("Invia la richiesta")
    done = gettext_lazy("La richiesta è sul tavolo del coordinatore.")

    def get_initial(self) -> dict[str, Any]:
        try:
            until = date.fromisoformat(self.request.GET.get("fino", ""))
        except ValueError:
            until = add_months(self.placement.ends_on, 3)
        motive = self.request.GET.get("perche", "")[:300]
        return {"asked_on": self.today, "until": until, "motive": motive, "asked_by": Asker.OFFICE if motive else None}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(meter=meter_words(self.placement), **kwargs)

    def call(self, form: Any) -> None:
        services.ask_extension(placement=self.placement, by=self.access, today=self.today, **form.cleaned_data)


def meter_words(placement: Placement) -> str:
    """How many months are used, and how many remain without an attestation (rules 7 and 8)."""
    used, most = months_with(placement, placement.ends_on), placement.rulebook.rules.max_months
    return _("Con questo tirocinio la persona arriva a %(used)d mesi in tutto, su %(max)d: oltre serve l'attestazione del servizio.") % {
        "used": used,
        "max": most,
    }


class DecideExtension(Change):
    permission = Permission.VALIDATE_PLACEMENTS
    form_class = forms.DecisionForm
    title = gettext_lazy("Decidi la proroga")
    action = gettext_lazy("Salva la decisione")
    consequences = (
        gettext_lazy("Se si concede, si prepara la proroga: vale quando tutti l'hanno firmata."),
        gettext_lazy("Se non si concede, chi l'ha chiesta legge il motivo e che cosa si propone invece."),
    )

    @cached_property
    def row(self) -> Any:
        return change_selectors.request_for(self.placement, self.kwargs["request_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        del kwargs["current_version"]
        return kwargs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row
        values = {"who": row.get_asked_by_display(), "on": f"{row.asked_on:%d/%m/%Y}", "until": f"{row.until:%d/%m/%Y}", "why": row.motive}
        self.lead = _("Chiesta da: %(who)s, il %(on)s. Fino al %(until)s. %(why)s") % values
        return super().get_context_data(meter=meter_words(self.placement), **kwargs)

    def call(self, form: Any) -> None:
        d = form.cleaned_data
        if d["decision"] == form.GRANT:
            services.grant_extension(request=self.row, answer=d["reason"], by=self.access, today=self.today)
        else:
            services.deny_extension(request=self.row, reason=d["reason"], alternative=d["alternative"], by=self.access, today=self.today)


class Attest(Change):
    form_class = forms.AttestationForm
    states = (*LIVE, S.DRAFT, S.PROPOSED, S.TO_SIGN, S.SIGNED)
    title = gettext_lazy("Attestazione del servizio")
    lead = gettext_lazy("Oltre la durata massima serve il foglio del servizio pubblico che attesta il bisogno (regola 8).")
    done = gettext_lazy("L'attestazione è registrata: il semaforo è aggiornato.")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        del kwargs["current_version"]
        return kwargs

    def call(self, form: Any) -> None:
        services.record_attestation(placement=self.placement, by=self.access, today=self.today, **form.cleaned_data)


class AttestationFile(OfPlacement, Guarded):
    permission = Permission.SEE_PLACEMENTS

    def get(self, request: Any, **kwargs: Any) -> FileResponse:
        return serve_upload(change_selectors.attestation_for(self.placement, self.kwargs["attestation_id"]).file, by=self.access)


class EndEarly(Change):
    form_class = forms.EarlyEndForm
    states = RUNNING
    title = gettext_lazy("Finisce prima")
    lead = gettext_lazy("L'ultimo giorno, la causa, chi lo chiede e che cosa succede dopo.")
    consequences = (
        gettext_lazy("Le giornate previste dopo quel giorno si tolgono."),
        gettext_lazy("Se l'ultimo giorno deve ancora venire, la chiusura si fa da sola il giorno dopo."),
        gettext_lazy("Se la comunicazione obbligatoria è dovuta, va inviata anche questa volta (regola 22)."),
    )
    action = gettext_lazy("Chiudi in anticipo")
    danger = True

    def call(self, form: Any) -> None:
        d = form.cleaned_data
        note = d.pop("note")
        services.end_early(placement=self.placement, note_text=note, by=self.access, today=self.today, **d)


class CallOffEnd(Change):
    form_class = forms.ReasonForm
    states = RUNNING
    title = gettext_lazy("Il tirocinio continua")
    lead = gettext_lazy("La chiusura anticipata in programma si toglie, e le giornate previste tornano.")
    action = gettext_lazy("Continua fino alla fine")

    def call(self, form: Any) -> None:
        services.call_off_early_end(placement=self.placement, reason=form.cleaned_data["reason"], by=self.access, today=self.today)


class ChangeTutor(Change):
    form_class = forms.TutorForm
    lead = gettext_lazy("Il progetto resta com'è: nessuno deve firmare di nuovo.")
    consequences = (
        gettext_lazy("Si prepara subito la comunicazione per la persona e per l'impresa."),
        gettext_lazy("Da quel giorno il nuovo tutor vede la persona e segna le presenze, chi c'era prima non più."),
    )
    action = gettext_lazy("Cambia il tutor")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if kwargs["kind"] not in TutorKind.values:
            raise Http404
        self.title = _("Cambia: %(who)s") % {"who": TutorKind(kwargs["kind"]).label}
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        more = {"access": self.access, "placement": self.placement, "kind": self.kwargs["kind"], "today": self.today}
        return {**super().get_form_kwargs(), **more}

    def get_initial(self) -> dict[str, Any]:
        return {"on": max(self.today, self.placement.starts_on)}

    def call(self, form: Any) -> None:
        services.change_tutor(placement=self.placement, kind=self.kwargs["kind"], by=self.access, today=self.today, **form.cleaned_data)


class CallOffTutor(Change):
    form_class = forms.ReasonForm
    title = gettext_lazy("Il tutor resta")
    lead = gettext_lazy("Il cambio di tutor in programma si toglie.")
    action = gettext_lazy("Togli il cambio")

    @cached_property
    def row(self) -> Any:
        return change_selectors.tutor_change_for(self.placement, self.kwargs["change_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assert self.row
        return super().get_context_data(**kwargs)

    def call(self, form: Any) -> None:
        services.call_off_tutor_change(change=self.row, reason=form.cleaned_data["reason"], by=self.access)


class Renew(OfPlacement, Writes):
    """A new placement that goes on from this one."""

    form_class = forms.RenewalForm

    def get_initial(self) -> dict[str, Any]:
        parent = self.placement
        starts_on = max(parent.last_day + timedelta(days=1), self.today)
        length = (parent.last_day - parent.starts_on).days
        return {
            **written(parent, selectors.current_project(parent)),
            "starts_on": starts_on,
            "ends_on": starts_on + timedelta(days=length),
            "dates": None,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.placement.state not in (*RUNNING, *OVER):
            raise Http404
        context = super().get_context_data(person=self.placement.beneficiary, **kwargs)
        return {**context, "placement": None, "parent": self.placement, "meter": meter_words(self.placement)}

    def act(self, form: Any) -> str:
        d = form.cleaned_data
        placement = services.create_placement(
            beneficiary=self.placement.beneficiary,
            plan=form.plan(),
            by=self.access,
            today=self.today,
            renewal=services.Renewal(parent=self.placement, reason=d["renewal_reason"], opinion=d["opinion"], opinion_by=d["opinion_by"]),
        )
        messages.success(self.request, _("Il rinnovo è in bozza. Il semaforo dice che cosa manca."))
        return reverse("agreements:detail", args=[placement.public_id])
