"""Requests of people about their data: the list, a request with its clock, its steps, the copy."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.models import Document, Look
from impresasolidale.core.views import Action, FormPage, Guarded, Page, serve_document
from placements.beneficiaries.models import Beneficiary

from .. import documents, forms
from ..enums import RequestKind
from ..models import DataRequest
from ..selectors import requests as selectors
from ..services import looks as look_services
from ..services import requests as services
from ..transitions import REQUEST


class Requests(Page):
    permission = Permission.KEEP_PRIVACY
    template_name = "privacy/requests.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = forms.RequestFilter(self.request.GET)
        wanted = form.cleaned_data if form.is_valid() else {}
        page = selectors.requests_page(self.access, self.request.GET, state=wanted.get("stato", ""), kind=wanted.get("tipo", ""))
        return super().get_context_data(
            form=form, rows=page.rows, today=timezone.localdate(), searched=any(wanted.values()), **page.urls(self.request.GET), **kwargs
        )


class WhoseRequest(FormPage):
    """Whose data: by the codice fiscale, so that nobody looks through the people to find one."""

    permission = Permission.KEEP_PRIVACY
    form_class = forms.FindPersonForm
    title = gettext_lazy("Una richiesta nuova")
    lead = gettext_lazy("Di chi sono i dati? Serve il codice fiscale della persona, anche quando chiede chi la rappresenta.")
    button = gettext_lazy("Avanti")

    def back(self) -> str:
        return reverse("privacy:requests")

    def act(self, form: Any) -> str:
        code, today = form.cleaned_data["codice_fiscale"], timezone.localdate()
        person = look_services.find_person(code=code, by=self.access, today=today)
        return reverse("privacy:new_request", args=[person.public_id])


class NewRequest(FormPage):
    permission = Permission.KEEP_PRIVACY
    form_class = forms.RequestForm
    lead = gettext_lazy("C'è un mese di tempo per rispondere; se è complicata, altri due, ma va detto entro il primo.")
    button = gettext_lazy("Registra la richiesta")

    @cached_property
    def person(self) -> Beneficiary:
        return selectors.person_for(self.access, self.kwargs["public_id"])

    @property
    def title(self) -> str:
        return str(self.person)

    def get_form_kwargs(self) -> dict[str, Any]:
        self.known = {str(row.public_id): row for row in selectors.representatives_of(self.person)}
        return {**super().get_form_kwargs(), "representatives": [(key, str(row)) for key, row in self.known.items()]}

    def get_initial(self) -> dict[str, Any]:
        return {"received_on": timezone.localdate(), "asker": "person"}

    def back(self) -> str:
        return reverse("privacy:requests")

    def act(self, form: Any) -> str:
        values = {**form.cleaned_data, "representative": self.known.get(form.cleaned_data.get("representative", ""))}
        row = services.register_request(person=self.person, values=values, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La richiesta è registrata, con il suo termine."))
        return reverse("privacy:request", args=[row.public_id])


class _OfRequest(Guarded):
    permission = Permission.KEEP_PRIVACY

    @cached_property
    def row(self) -> DataRequest:
        return selectors.request_for(self.access, self.kwargs["public_id"])

    def here(self) -> str:
        return reverse("privacy:request", args=[self.kwargs["public_id"]])

    def back(self) -> str:
        return self.here()


class RequestPage(_OfRequest, Page):
    template_name = "privacy/request.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, today = self.row, timezone.localdate()
        audit.look(Look.Kind.DETAIL, row.beneficiary, by=self.access, place="privacy:request")
        paper = row.document
        return super().get_context_data(
            row=row,
            steps={step.name for step in REQUEST.available(row.state, self.access)},
            days_left=selectors.days_left(row, today),
            is_access=row.kind == RequestKind.ACCESS,
            paper=paper,
            is_ready=paper is not None and paper.state == Document.State.READY,
            pending=paper is not None and paper.state == Document.State.PENDING,
            **kwargs,
        )


class _RequestForm(_OfRequest, FormPage):
    """What the service refuses comes back beside the field."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"row": self.row, **kwargs})


class Extend(_RequestForm):
    form_class = forms.ReasonForm
    title = gettext_lazy("Serve più tempo")
    lead = gettext_lazy("Altri due mesi, una volta sola. Il motivo si dice anche a chi ha chiesto, entro il primo mese.")
    button = gettext_lazy("Registra la proroga")

    def act(self, form: Any) -> str:
        services.extend_request(request=self.row, reason=form.cleaned_data["reason"], by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La proroga è scritta. Adesso dillo a chi ha chiesto."))
        return self.here()


class DecideNames(_RequestForm):
    permission = Permission.SEE_ACCESS_LOG
    form_class = forms.NamesForm
    title = gettext_lazy("Dire chi ha guardato?")
    lead = gettext_lazy(
        "Di solito bastano giorno, servizio e motivo. I nomi si danno quando servono a far valere i propri diritti, pesando anche quelli di"
        " chi ha guardato per lavoro (Corte di giustizia UE, C-579/21)."
    )
    button = gettext_lazy("Registra la decisione")

    def act(self, form: Any) -> str:
        services.decide_names(request=self.row, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("La decisione è scritta, con il suo motivo."))
        return self.here()


class MakeCopy(_OfRequest, Action):
    def act(self) -> str:
        services.make_copy(request=self.row, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La copia si sta preparando."))
        return self.here()


class _CopyOf(_OfRequest):
    """Opened by the data protection officer alone: it holds what not everybody in the office sees, as a protected address."""

    permission = Permission.SEE_ACCESS_LOG

    @property
    def paper(self) -> Document:
        if self.row.document is None:
            raise Http404
        return self.row.document


class CopyFile(_CopyOf):
    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return serve_document(self.paper, by=self.access)  # type: ignore[return-value]


class CopyData(_CopyOf):
    """The same copy for a program: JSON."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        paper = self.paper
        audit.look(Look.Kind.EXPORT, paper, by=self.access, place="privacy:copy_data")
        response = JsonResponse(documents.machine_file(paper.context), json_dumps_params={"ensure_ascii": False, "indent": 1})
        response["Content-Disposition"] = f'attachment; filename="copia-{paper.number.replace("/", "-")}.json"'
        return response


class Answer(_RequestForm):
    form_class = forms.AnswerForm
    title = gettext_lazy("La risposta")
    lead = gettext_lazy("Si registra quando è stata data: da questo momento la richiesta è chiusa.")
    button = gettext_lazy("Chiudi la richiesta")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.row.row_version}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.answer_request(
            request=self.row,
            outcome=data["outcome"],
            delivery=data["delivery"],
            seen=data["row_version"],
            by=self.access,
            today=timezone.localdate(),
        )
        messages.success(self.request, _("La richiesta è chiusa."))
        return self.here()


class Refuse(_RequestForm):
    form_class = forms.ReasonForm
    title = gettext_lazy("Non si può accogliere")
    lead = gettext_lazy(
        "Scrivi perché: lo si dice a chi ha chiesto, con la possibilità del reclamo al Garante e del ricorso (Reg. UE 2016/679, art. 12.4)."
    )
    button = gettext_lazy("Registra il no")
    step = "refused"

    def act(self, form: Any) -> str:
        services.end_request(
            request=self.row, step=self.step, reason=form.cleaned_data["reason"], by=self.access, today=timezone.localdate()
        )
        messages.success(self.request, _("La richiesta è chiusa."))
        return self.here()


class Withdraw(Refuse):
    title = gettext_lazy("L'ha ritirata")
    lead = gettext_lazy("Scrivi come lo ha detto: per telefono, allo sportello, per scritto.")
    button = gettext_lazy("Chiudi la richiesta")
    step = "withdrawn"
