"""Pages about papers: many awards at once, a correction, the attestati of the past, the kit and the dossier of a company."""

import io
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.hosts.models import Company
from companies.hosts.views.ours import OfOurCompany
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Document, Look
from impresasolidale.core.tables_in import read_table
from impresasolidale.core.views import Action, Guarded, Page, ServiceForm, say_done, serve_document, serve_stored
from impresasolidale.territory.selectors import common_rules

from .. import logo
from ..enums import Level
from ..forms import papers as forms
from ..models import AwardRun, Certificate
from ..rules import CHAMBER_MONTHS
from ..selectors import papers as selectors
from ..selectors.certificates import company_for
from ..services import papers as services
from ..words import public_word
from .common import OfCertificate

LISTED = 100  # names shown before a run is ordered


# --- Many at once


class NewRun(ServiceForm):
    """What waits for a decision, and the button that takes them all."""

    permission = Permission.DECIDE_CERTIFICATES
    template_name = "certification/run_new.html"
    form_class = forms.Award

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "campaigns": selectors.campaigns_with_ready(self.access)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = selectors.ready_applications(self.access)
        return super().get_context_data(
            runs=selectors.runs(self.access), waiting=list(rows[:LISTED]), count=rows.count(), listed=LISTED, **kwargs
        )

    def act(self, form: Any) -> str:
        campaign = form.cleaned_data["campaign"]
        chosen = list(selectors.ready_applications(self.access, campaign).values_list("public_id", flat=True))
        run = services.order_awards(applications=chosen, campaign=campaign, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Il rilascio è cominciato: puoi lasciare la pagina, il lavoro continua."))
        return reverse("certification:run", args=[run.public_id])


class OfRun(Guarded):
    permission = Permission.DECIDE_CERTIFICATES

    @cached_property
    def run(self) -> AwardRun:
        return selectors.run_for(self.access, self.kwargs["public_id"])


class RunPage(OfRun, Page):
    """How far a run is, who was refused and why, and its two files."""

    template_name = "certification/run.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        items = selectors.awarded(self.run)
        ready = sum(item.certificate.document.state == Document.State.READY for item in items)  # type: ignore[union-attr]
        return super().get_context_data(
            run=self.run,
            items=items,
            ready=ready,
            refused=selectors.refused(self.run),
            pending=self.run.finished_at is None,
            may_cancel=self.run.is_going and self.run.done < self.run.total,
            **kwargs,
        )


class CancelRun(OfRun, Action):
    def act(self) -> str:
        services.cancel_run(run=self.run, by=self.access, now=timezone.now())
        messages.success(self.request, _("Fermato. Quelli già rilasciati restano, gli altri aspettano come prima."))
        return self.back()

    def back(self) -> str:
        return reverse("certification:run", args=[self.run.public_id])


class RunFile(OfRun):
    """The papers of a run: "zip" the sealed ones, "pdf" all of them to print."""

    def get(self, request: HttpRequest, kind: str, **kwargs: Any) -> FileResponse:
        name = {"zip": self.run.zip_name, "pdf": self.run.print_name}.get(kind, "")
        if not name:
            raise Http404
        filename = f"attestati-{self.run.on}.{kind}"
        return serve_stored(name, self.run, by=self.access, place="certification:run_file", filename=filename, as_attachment=True)


# --- A correction


class CorrectPaper(OfCertificate):
    permission = Permission.DECIDE_CERTIFICATES
    form_class = forms.Correct
    title = gettext_lazy("Correggi l'attestato")
    lead = gettext_lazy(
        "Si emette di nuovo, con un altro numero e la stessa validità. Quello di prima resta com'è, e la sua pagina porta al nuovo."
    )
    button = gettext_lazy("Emetti quello corretto")

    def act(self, form: Any) -> str:
        services.correct_certificate(
            certificate=self.certificate, reason=form.cleaned_data["reason"], by=self.access, today=timezone.localdate()
        )
        say_done(self.request, _("Fatto: il nuovo attestato è in preparazione, e quello di prima dice che c'è uno più recente."))
        return self.back()


# --- The past


class HistoryPage(ServiceForm):
    """The attestati of before there were levels: what is known, and the table that adds to it. It is read first; then it is written."""

    permission = Permission.DECIDE_CERTIFICATES
    template_name = "certification/history.html"
    form_class = forms.History

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {"read": None, "matched": [], "known": selectors.history(self.access), "named": selectors.named_in_history(self.access)}
        return super().get_context_data(**{**context, **kwargs})

    def form_valid(self, form: Any) -> HttpResponse:
        if "write" in self.request.POST:
            return super().form_valid(form)
        try:
            rows = self._rows(form)
            found, matched = services.import_history(rows=rows, by=self.access, is_trial=True)
        except DomainError as error:
            form.add_domain_error(error)
            return self.refused(form, error.status)
        again = forms.History(initial={"rows": _as_text(rows)})
        return self.render_to_response(self.get_context_data(form=again, read=found, matched=matched))

    def act(self, form: Any) -> str:
        found, matched = services.import_history(rows=self._rows(form), by=self.access)
        told = {"companies": len(matched), "areas": len(found.counts), "wrong": len(found.wrong)}
        words = _("Scritto: %(companies)d imprese, %(areas)d zone. Righe lasciate fuori: %(wrong)d.")
        messages.success(self.request, words % told)
        return reverse("certification:history")

    @staticmethod
    def _rows(form: Any) -> list[list[str]]:
        file = form.cleaned_data["file"] or SimpleUploadedFile("righe.csv", form.cleaned_data["rows"].encode())
        return read_table(file)


def _as_text(rows: list[list[str]]) -> str:
    return "\n".join(";".join(cell.replace(";", ",").replace("\n", " ") for cell in row) for row in rows)


# --- A company's kit and dossier


def _told(access: Any, company: Company) -> dict[str, Any]:
    today = timezone.localdate()
    kit = selectors.kit_of(access, company, today)
    page = settings.BASE_URL + reverse("website:register_company", args=[company.public_id])
    held = kit.certificate
    return {
        "kit": kit,
        "word": public_word(common_rules(company.network_id, today).certification_word),
        "logos": [
            {"code": v.code, "ground": v.ground, "picture": mark_safe(_logo(held, v.code, "svg"))} for v in (logo.VARIANTS if held else ())
        ],
        "public_page": page,
        "frame_url": settings.BASE_URL + reverse("website:register_card", args=[company.public_id]),
        "picture_url": settings.BASE_URL + reverse("website:register_picture", args=[company.public_id]),
        "is_window": today.month in CHAMBER_MONTHS,
        "paper_pending": bool(kit.dossier and kit.dossier.state == Document.State.PENDING),
    }


def _logo(certificate: Certificate | None, code: str, kind: str) -> Any:
    """A logo's file; 404 for who holds no recognition today, or a variant there is not."""
    if certificate is None or certificate.valid_to is None or code not in logo.BY_CODE:
        raise Http404
    years = logo.years_of(certificate.valid_from.year, certificate.valid_to.year)
    if kind == "svg":
        return logo.svg(Level(certificate.level), years, logo.BY_CODE[code])
    if kind == "png":
        return logo.png(Level(certificate.level), years, logo.BY_CODE[code])
    raise Http404


class _LogoFile(Guarded):
    """A logo: "colore.svg", "nero.png"…"""

    def get(self, request: HttpRequest, file: str, **kwargs: Any) -> HttpResponse:
        variant, _dot, kind = file.partition(".")
        kit = selectors.kit_of(self.access, self.company, timezone.localdate())  # type: ignore[attr-defined]
        data = _logo(kit.certificate, variant, kind)
        response = HttpResponse(data, content_type={"svg": "image/svg+xml", "png": "image/png"}[kind])
        response["Content-Disposition"] = f'attachment; filename="impresasolidale-{variant}.{kind}"'
        return response


class _Certificate(Guarded):
    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        kit = selectors.kit_of(self.access, self.company, timezone.localdate())  # type: ignore[attr-defined]
        if kit.certificate is None or kit.certificate.document is None:
            raise Http404
        return serve_document(kit.certificate.document, by=self.access)


class _DossierFile(Guarded):
    """The dossier: "pdf" alone, "zip" with its proofs."""

    def get(self, request: HttpRequest, kind: str, **kwargs: Any) -> FileResponse:
        company: Company = self.company  # type: ignore[attr-defined]
        _certificate, paper, _proofs = selectors.dossier_parts(self.access, company, today=timezone.localdate())
        if kind == "pdf":
            return serve_document(paper, by=self.access)
        if kind != "zip":
            raise Http404
        audit.look(Look.Kind.DOCUMENT, paper, by=self.access, place=paper.kind)
        data = services.zipped(services.dossier_files(company=company, by=self.access, today=timezone.localdate()))
        return FileResponse(io.BytesIO(data), as_attachment=True, filename=f"fascicolo-{paper.number.replace('/', '-')}.zip")


class _OfCompany(Guarded):
    permission = Permission.SEE_CERTIFICATES

    @cached_property
    def company(self) -> Company:
        return company_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("certification:kit", args=[self.company.public_id])


class KitPage(_OfCompany, Page):
    """The office's look at what a company may show."""

    template_name = "certification/kit.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = self.access.may(Permission.EDIT_COMPANIES)
        urls = _urls("certification:kit", self.company)
        return super().get_context_data(company=self.company, may_make=may, **urls, **_told(self.access, self.company), **kwargs)


class KitLogo(_OfCompany, _LogoFile):
    pass


class KitCertificate(_OfCompany, _Certificate):
    pass


class KitDossier(_OfCompany, _DossierFile):
    pass


class MakeDossier(_OfCompany, Action):
    permission = Permission.EDIT_COMPANIES

    def act(self) -> str:
        services.issue_dossier(company=self.company, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Il fascicolo è in preparazione: tra poco lo trovi qui."))
        return self.back()


class OurKit(OfOurCompany, Page):
    """The company's own: its certificate, the logo with its rules, the card for the own site, the dossier."""

    template_name = "certification/ours/kit.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        urls = _urls("our_recognition:kit", self.company)
        return super().get_context_data(may_make=True, **urls, **_told(self.access, self.company), **kwargs)


class OurLogo(OfOurCompany, _LogoFile):
    pass


class OurCertificate(OfOurCompany, _Certificate):
    pass


class OurDossier(OfOurCompany, _DossierFile):
    pass


class OurMakeDossier(OfOurCompany, Action):
    def act(self) -> str:
        services.issue_dossier(company=self.company, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Il fascicolo è in preparazione: tra poco lo trovate qui."))
        return self.back()

    def back(self) -> str:
        return reverse("our_recognition:kit", args=[self.company.public_id])


def _urls(name: str, company: Company) -> dict[str, Any]:
    """The addresses of a kit's files: the office's and the company's own have the same names."""
    found = {f"{kind}_url": reverse(f"{name}_{kind}", args=[company.public_id]) for kind in ("certificate", "make_dossier")}
    return {
        **found,
        "logo_urls": {
            variant.code: [(kind, reverse(f"{name}_logo", args=[company.public_id, f"{variant.code}.{kind}"])) for kind in ("svg", "png")]
            for variant in logo.VARIANTS
        },
        "dossier_urls": {kind: reverse(f"{name}_dossier", args=[company.public_id, kind]) for kind in ("pdf", "zip")},
    }
