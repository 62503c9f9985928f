"""What every room's views stand on, and the few pages without a domain: health, a job's progress, error pages."""

import logging
import sys
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, TemplateView

from . import audit, health, jobs, outage
from .api_doors import is_api
from .api_problems import problem_page
from .errors import Conflict, DomainError
from .merge import MergedAway
from .models import Document, Heartbeat, Job, Look, Upload

logger = logging.getLogger(__name__)
LANGUAGE_KEPT = 365 * 24 * 3600  # seconds


class SeeOther(HttpResponse):
    """303: the browser goes to `url` with GET."""

    def __init__(self, url: str) -> None:
        super().__init__(status=303)
        self["Location"] = self.url = iri_to_uri(url)


class Guarded(View):
    """A view that needs a permission (403 without), and has the Access of its user. An old link to a record that was merged leads to the
    one that stays; a form that was sent to it, to that record's page."""

    permission: str | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.permission:
            self.access.require(self.permission)
        try:
            return super().dispatch(request, *args, **kwargs)
        except MergedAway as moved:
            if request.method == "GET":
                return SeeOther(moved.address(request.get_full_path()))
            messages.warning(request, _("Nel frattempo la scheda è stata unita a questa: quello che hai mandato non è stato scritto."))
            return SeeOther(moved.home)

    @property
    def access(self) -> Any:
        return self.request.access  # type: ignore[attr-defined]


class Page(Guarded, TemplateView):
    """A page to look at."""


class ServiceForm(Guarded, FormView):
    """A form whose `act(form)` calls one service and returns the URL to go to. Refusals come back beside the form, 422 or 409.

    Who is overtaken between reading the row and its lock is asked once more, by a fresh view: it reads what the other one saved, and
    the form compares both.
    """

    is_second_try = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._made_with = kwargs

    def act(self, form: Form) -> str:
        raise NotImplementedError

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            with transaction.atomic():
                return SeeOther(self.act(form))
        except DomainError as error:
            if error.status == 409 and hasattr(form, "current_version") and not self.is_second_try:
                return self._again()
            form.add_domain_error(error)  # type: ignore[attr-defined]
            return self.refused(form, error.status)
        except IntegrityError as error:
            form.add_error(None, constraint_words(error))
            return self.refused(form, 422)

    def _again(self) -> HttpResponse:
        view = type(self)(**self._made_with)
        view.setup(self.request, *self.args, **self.kwargs)
        view.is_second_try = True
        answer: HttpResponse = view.dispatch(self.request, *self.args, **self.kwargs)
        return answer

    def form_invalid(self, form: Form) -> HttpResponse:
        return self.refused(form, 422)

    def refused(self, form: Form, status: int) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=status)


class FormPage(ServiceForm):
    """A form on a page of its own: `title`, a line under it, the words of its button, where "Annulla" leads, and what stands there in the
    way back. What a view says of its page by keyword stands before these."""

    template_name = "form_page.html"
    title: Any = ""
    lead: Any = ""
    button: Any = ""
    button_kind = "primary"

    def back(self) -> str:
        raise NotImplementedError

    def crumb(self) -> Any:
        return ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)  # makes the form, and with it finds the row
        words = {"title": self.title, "lead": self.lead, "button": self.button, "button_kind": self.button_kind}
        return {**words, "back_url": self.back(), "crumb": self.crumb(), **context}


class Action(Guarded):
    """A one-button POST: `act()` calls one service and returns the URL to go to; a refusal is a message on `back()`."""

    http_method_names = ("post",)

    def act(self) -> str:
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                return SeeOther(self.act())
        except DomainError as error:
            messages.error(request, str(error.words))
            return SeeOther(self.back())


def say_done(request: HttpRequest, words: str) -> None:
    """Tell that a thing of the inbox is done; beside the words the page offers the way back to the others."""
    messages.success(request, words, extra_tags="inbox")


def constraint_words(error: IntegrityError) -> str:
    """The message of the named constraint that was violated; raises the error again when it is nobody's."""
    from django.apps import apps

    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name and constraint.violation_error_message != constraint.default_violation_error_message:
                return str(constraint.violation_error_message)
    raise error


def check_version(row: Any, seen: int | str) -> None:
    """Refuse an edit made on an older version of `row` (already locked)."""
    if int(seen or 0) != row.row_version:
        raise Conflict


class FileMissing(Http404):
    """The row is there, its stored file is not."""


def serve_document(document: Document, *, by: Any) -> FileResponse:
    """The file of a paper, to someone whose selector already found its subject. The look is logged."""
    if document.state != Document.State.READY:
        raise Http404
    name = f"{document.kind.rpartition('.')[2]}-{document.number.replace('/', '-')}.pdf"
    return serve_stored(document.file_name, document, by=by, place=document.kind, content_type="application/pdf", filename=name)


def serve_upload(upload: Upload, *, by: Any) -> FileResponse:
    name, kind = str(upload.public_id), upload.content_type
    return serve_stored(upload.file_name, upload, by=by, place=upload.kind, content_type=kind, filename=name, as_attachment=True)


def serve_stored(name: str, row: Any, *, by: Any, place: str, kind: Look.Kind = Look.Kind.DOCUMENT, **values: Any) -> FileResponse:
    """A stored file of `row`, and the look. Raises FileMissing."""
    file = open_stored(name, row)
    audit.look(kind, row, by=by, place=place)
    return FileResponse(file, **values)


def open_stored(name: str, row: Any) -> File:
    """The stored file of `row`, for what everybody may read and nobody's look is logged.

    Raises FileMissing: with a line in the log (no name, no path) when the storage has lost it, without one when it was discarded.
    """
    if not name:
        raise FileMissing
    try:
        return default_storage.open(name)
    except FileNotFoundError as error:
        logger.error("The stored file of %s %s is missing.", audit.type_of(row), row.pk)
        raise FileMissing from error


def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database and a worker answer; 503 says which does not."""
    found = {"database": False, "worker": False}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        found["database"] = True
        beat = Heartbeat.objects.filter(name="worker").first()
        found["worker"] = bool(beat and timezone.now() - beat.at <= health.SILENCE)
    except Exception:  # whatever it is, the answer is 503
        found["database"] = False
    return JsonResponse(found, status=200 if all(found.values()) else 503)


healthz.login_required = False  # type: ignore[attr-defined]


class JobPage(Page):
    """How far a job of mine is; the bar renews itself, the page works without script too."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        work = get_object_or_404(Job, public_id=self.kwargs["public_id"], actor_id=self.access.actor_id)
        urls = {
            "poll_url": reverse("core:job", args=[work.public_id]),
            "cancel_url": reverse("core:cancel_job", args=[work.public_id]),
            "result_label": _("Apri il risultato"),
        }
        return super().get_context_data(work=work, **urls, **kwargs)

    def get_template_names(self) -> list[str]:
        return ["components/job_fragment.html" if self.request.htmx else "core/job.html"]  # type: ignore[attr-defined]


class CancelJob(Action):
    def act(self) -> str:
        job = get_object_or_404(Job, public_id=self.kwargs["public_id"], actor_id=self.access.actor_id)
        jobs.ask_cancel(job)
        return self.back()

    def back(self) -> str:
        return reverse("core:job", args=[self.kwargs["public_id"]])


def choose_language(request: HttpRequest) -> HttpResponse:
    """The page one was on, in the language one asks for. By GET: it changes nothing of ours, and a page that only asks this needs no
    token, so that who just reads is given no cookie."""
    code, back = request.GET.get("language", ""), request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = get_script_prefix()
    response = SeeOther(back)
    if code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=LANGUAGE_KEPT,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


choose_language.login_required = False  # type: ignore[attr-defined]


def components(request: HttpRequest) -> HttpResponse:
    """All components with sample data, in the demo alone."""
    from .components_page import sample

    if not settings.DEMO:
        raise Http404
    return render(request, "components_page.html", sample())


components.login_required = False  # type: ignore[attr-defined]


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return problem_page(400)
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return problem_page(403)
    return render(request, "errors/403.html", {"why": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return problem_page(404)
    return render(request, "errors/file_missing.html" if isinstance(exception, FileMissing) else "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Called while the error is being handled."""
    passes = outage.is_outage(sys.exception())
    if is_api(request):
        return problem_page(503, retry_after=outage.RETRY_AFTER) if passes else problem_page(500)
    if passes:
        return outage.page(request)
    return render(request, "errors/500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/csrf.html", status=403)
