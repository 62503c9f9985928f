"""Public pages: no sign-in, no script needed, nothing of persons."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.generic import TemplateView

from certification.selectors import impact
from certification.selectors import public as certification
from companies.hosts import services as hosts
from impresasolidale.accounts.access import Access
from impresasolidale.core import guesses
from impresasolidale.core.scope import scope
from impresasolidale.core.views import ServiceForm
from impresasolidale.reports.selectors import latest_release

from . import forms, proofs, selectors
from .article_selectors import photo_of, public_articles
from .privacy import REVISIONS
from .proofs import PLACE
from .rules import code_in

JOINING = "joining"  # whose letters are counted together: as many an hour as wrong guesses


@method_decorator(login_not_required, name="dispatch")
class PublicPage(TemplateView):
    pass


class Home(PublicPage):
    template_name = "website/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        with selectors.visitor() as access:
            release = latest_release(access)
            recognised = certification.count_on_register(access, timezone.localdate())
            newest = [(row, photo_of(row)) for row in public_articles(access)[:3]]
        figures = {"placements": None, "companies": None, **(release.figures if release else {}), "recognised": recognised}
        return super().get_context_data(
            figures=figures, comuni=selectors.comuni_of_the_project(), bodies=selectors.lead_bodies(), newest=newest, **kwargs
        )


class Verify(PublicPage):
    """Type a code, or bring the file; the answer to a code has its own address. A file that is nobody's counts as a wrong guess."""

    template_name = "website/verify.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": forms.Code(), "paper_form": forms.Paper(), "judged": None, "code": "", **kwargs})

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = forms.Code(request.GET if "codice" in request.GET else None)
        if form.is_bound and form.is_valid():
            return redirect("website:verified", code=form.cleaned_data["codice"])
        return self.render_to_response(self.get_context_data(form=form), status=422 if form.is_bound else 200)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = forms.Paper(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(paper_form=form), status=422)
        guess: Any = {"place": PLACE, "address": request.META.get("REMOTE_ADDR", ""), "code": "", "now": timezone.now()}
        if not guesses.may_guess(**guess):
            return render(request, "website/slow_down.html", status=429)
        judged = selectors.judge(form.cleaned_data["file"], today=timezone.localdate())
        if judged.code:
            guesses.forgive(**guess)
        return self.render_to_response(self.get_context_data(judged=judged))


@method_decorator(login_not_required, name="dispatch")
class VerifiedPaper(PublicPage):
    """What a printed code leads to, for ever. Wrong guesses are counted: an unknown code, a wrong surname, another file."""

    template_name = "website/verified.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.now = timezone.now()
        self.code = code_in(kwargs["code"])
        guessed = self.code if request.method == "POST" else ""  # reading a printed code is nobody's guess
        if guesses.is_throttled(place=PLACE, address=self.address, code=guessed, now=self.now):
            return self.slow_down()
        found = selectors.verify(self.code, today=timezone.localdate()) if self.code else None
        if found is None:
            guesses.record_miss(place=PLACE, address=self.address, code=self.code, now=self.now)
            return render(request, "website/unknown_code.html", status=404)
        self.found = found
        if request.method == "GET" and request.get_preferred_type(["text/html", "application/json"]) == "application/json":
            return JsonResponse(proofs.as_json(self.code, found), headers={"X-Robots-Tag": "noindex", "Access-Control-Allow-Origin": "*"})
        response = super().dispatch(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        return response

    @property
    def address(self) -> str:
        return self.request.META.get("REMOTE_ADDR", "")

    def slow_down(self) -> HttpResponse:
        return render(self.request, "website/slow_down.html", status=429)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        said = {"is_surname": None, "judged": None}  # None: not asked
        context = {**said, "found": self.found, "code": self.code, "surname_form": forms.Surname(), "paper_form": forms.Paper()}
        return super().get_context_data(**{**context, **kwargs})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.FILES or request.POST.get("check") == "file":
            return self.check_file(forms.Paper(request.POST, request.FILES))
        return self.check_surname(forms.Surname(request.POST))

    def check_file(self, form: forms.Paper) -> HttpResponse:
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(paper_form=form), status=422)
        return self.answer("judged", lambda: selectors.judge(form.cleaned_data["file"], today=timezone.localdate(), code=self.code))

    def check_surname(self, form: forms.Surname) -> HttpResponse:
        if not self.found.about_person or not form.is_valid():
            return self.render_to_response(self.get_context_data(surname_form=form), status=422)
        return self.answer("is_surname", lambda: selectors.confirms_surname(self.code, form.cleaned_data["surname"]))

    def answer(self, question: str, ask: Callable[[], Any]) -> HttpResponse:
        """What is found out: True, or a file that is the very one, takes the guess back."""
        guess: Any = {"place": PLACE, "address": self.address, "code": self.code, "now": self.now}
        if not guesses.may_guess(**guess):
            return self.slow_down()
        found = ask()
        if getattr(found, "verdict", "same" if found else "") == "same":
            guesses.forgive(**guess)
        return self.render_to_response(self.get_context_data(**{question: found}))


# --- Open Badges


@method_decorator(login_not_required, name="dispatch")
class _BadgeFile(View):
    """A JSON document that programs of others read, also from a page of theirs."""

    def answer(self, found: dict[str, Any] | None) -> HttpResponse:
        response = HttpResponse(status=404) if found is None else JsonResponse(found)
        response["Access-Control-Allow-Origin"] = "*"
        return response


class Badge(_BadgeFile):
    """The assertion of one certificate; wrong codes are counted as on the page of verification."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        now, code = timezone.now(), code_in(code)
        guess: Any = {"place": PLACE, "address": request.META.get("REMOTE_ADDR", ""), "code": "", "now": now}
        if guesses.is_throttled(**guess):
            return HttpResponse(status=429)
        found = code and selectors.badge_of(
            code,
            address=proofs.address_of("badge", code),
            badge=lambda course: proofs.address_of("badge_class", course),
            evidence=proofs.address_of("verified", code),
        )
        if not found:
            guesses.record_miss(**{**guess, "code": code})
        return self.answer(found or None)


class BadgeClass(_BadgeFile):
    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        return self.answer(
            selectors.badge_class_of(
                public_id,
                address=proofs.address_of("badge_class", public_id),
                issuer=lambda code: proofs.address_of("issuer", code),
                image=settings.BASE_URL + static("training/badge.svg"),
                criteria=proofs.address_of("home"),
            )
        )


class Issuer(_BadgeFile):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.answer(selectors.issuer_of(code, address=proofs.address_of("issuer", code), site=proofs.address_of("home")))


class Card(PublicPage):
    """What a company and the offices did together, where the company agreed: at an address nobody guesses, for no search engine."""

    template_name = "website/card.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        with selectors.visitor() as access:
            card = impact.public_card(access, self.kwargs["code"], today=timezone.localdate())
        return super().get_context_data(card=card, **kwargs)

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response = super().render_to_response(context, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        return response


class Privacy(PublicPage):
    template_name = "website/privacy.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(bodies=selectors.lead_bodies(), revisions=REVISIONS, **kwargs)


class Accessibility(PublicPage):
    template_name = "website/accessibility.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(bodies=selectors.lead_bodies(), **kwargs)


@method_decorator(login_not_required, name="dispatch")
class Join(ServiceForm):
    """How a company joins: a few questions, and the office of its comune calls. A machine is thanked and forgotten."""

    template_name = "website/join.html"
    form_class = forms.Join

    def get_initial(self) -> dict[str, Any]:
        return {"stamp": forms.stamp()}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "ambiti": selectors.ambiti()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(bodies=selectors.lead_bodies(), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        letter: Any = {"place": JOINING, "address": self.request.META.get("REMOTE_ADDR", ""), "code": "", "now": timezone.now()}
        if not guesses.may_guess(**letter):
            return render(self.request, "website/join_later.html", {"bodies": selectors.lead_bodies()}, status=429)
        return super().form_valid(form)

    def act(self, form: Any) -> str:
        if not form.is_trapped:
            office = form.office
            system = Access.system(network_id=office.network_id, ambito_id=office.pk, reason="a company joins")
            with scope(system.scope):
                hosts.receive_lead(ambito=office, values=form.lead, by=system, now=timezone.now())
        return reverse("website:joined")


class Joined(PublicPage):
    template_name = "website/joined.html"
