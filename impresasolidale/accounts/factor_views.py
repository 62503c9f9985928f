"""Pages of the second factor: its question at the sign-in, «sei proprio tu?», and the page of one's own access."""

import json
import logging
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from impresasolidale.core import guesses
from impresasolidale.core.views import Action, FormPage, Page, SeeOther, ServiceForm

from . import factors, selectors, services, sessions, signing_in, support
from .access import Access
from .factor_forms import ItIsMe, NewApp, NewPasskey, NewPassword, Reset, SecondFactor, Visit
from .models import User
from .permissions import Permission

logger = logging.getLogger(__name__)
QUESTION = "passkey"  # what the browser was asked, in the session
SECRET, SHEET = "new_app", "new_codes"  # in the session until they were used or shown
GUESSING = "second factor"


def answer_in(text: str) -> dict[str, Any]:
    """What the script sent of a passkey; empty when it is nothing of the kind."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def guess_of(request: HttpRequest, user: User) -> dict[str, Any]:
    """An answer about this user from this address, as core.guesses counts it."""
    return {"place": GUESSING, "address": request.META.get("REMOTE_ADDR", ""), "code": str(user.pk), "now": timezone.now()}


def slow_down(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/slow_down.html", status=429)


class Proves(ServiceForm):
    """A page that asks `self.whose` for a code or a passkey. Each answer is a guess that was counted before anybody looked at it."""

    whose: User

    def question(self) -> str:
        """What the script asks the browser; empty where no passkey can answer."""
        origin = signing_in.origin_of(self.request)
        has = any(each.kind == "passkey" for each in factors.factors_of(self.whose))
        if not has or not factors.may_have_passkeys(origin):
            return ""
        asked, state = factors.ask_passkey(user=self.whose, origin=origin)
        self.request.session[QUESTION] = state
        return json.dumps(asked)

    def proof(self, data: dict[str, Any]) -> str:
        """Which factor was shown; empty when none was."""
        now = timezone.now()
        if data.get("credential"):
            state = self.request.session.pop(QUESTION, None)
            origin, answer = signing_in.origin_of(self.request), answer_in(data["credential"])
            good = state and factors.accept_passkey(user=self.whose, origin=origin, state=state, answer=answer, now=now)
            return "passkey" if good else ""
        return factors.accept_code(user=self.whose, code=data["code"], now=now)

    def form_valid(self, form: Any) -> HttpResponse:
        guess = guess_of(self.request, self.whose)
        if not guesses.may_guess(**guess):
            return slow_down(self.request)
        how = self.proof(form.cleaned_data)
        if not how:
            logger.warning("A wrong second factor of user %s.", self.whose.pk)
            wrong = _("Non corrisponde. Scrivi il codice che l’app mostra adesso: ognuno vale una volta sola.")
            form.add_error("code" if "code" in form.fields else "password", wrong)
            return self.refused(form, 422)
        guesses.forgive(**guess)
        return self.proved(form, how)

    def proved(self, form: Any, how: str) -> HttpResponse:
        raise NotImplementedError


@method_decorator([login_not_required, never_cache], name="dispatch")
class SecondFactorPage(Proves):
    """After a right password: the second factor. Who waits too long begins again."""

    template_name = "accounts/second_factor.html"
    form_class = SecondFactor

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = signing_in.half_way(request)
        if found is None:
            messages.info(request, _("È passato troppo tempo: ricomincia da qui."))
            return SeeOther(reverse("accounts:sign_in"))
        self.whose, self.held = found
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "days": settings.REMEMBER_DEVICE_DAYS}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        has_app = any(each.kind == "app" for each in factors.factors_of(self.whose))
        return super().get_context_data(question=self.question(), has_app=has_app, **kwargs)

    def proved(self, form: Any, how: str) -> HttpResponse:
        user, now = self.whose, timezone.now()
        token = ""
        if form.cleaned_data.get("trust") and how != "recovery":
            token = factors.trust_device(user=user, device=signing_in.device_of(self.request), now=now)
        response = SeeOther(signing_in.begin(self.request, user, wanted=self.held["next"], outside=self.held["outside"]))
        if token:
            response.set_signed_cookie(
                signing_in.TRUSTED,
                token,
                salt=signing_in.TRUSTED,
                max_age=settings.REMEMBER_DEVICE_DAYS * 86_400,
                path=reverse("accounts:sign_in"),
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        if how == "recovery":
            left = factors.recovery_codes_left(user)
            messages.warning(self.request, _("Hai usato un codice di riserva: te ne restano %(left)s.") % {"left": left})
        return response


class Mine:
    """About the one who is signed in."""

    request: HttpRequest

    @property
    def me(self) -> User:
        user: User = self.request.user  # type: ignore[assignment]
        return user


class ItIsMePage(Proves):
    """«Sei proprio tu?»: before money is approved, data taken out, rules or accesses changed, when the sign-in is not of a moment ago."""

    template_name = "accounts/it_is_me.html"
    form_class = ItIsMe

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.whose = request.user  # type: ignore[assignment]
        self.has_factor = bool(factors.factors_of(self.whose))
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "has_factor": self.has_factor}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(question=self.question(), next=self.wanted, **kwargs)

    @property
    def wanted(self) -> str:
        """The page of ours to go back to."""
        said = (self.request.POST if self.request.method == "POST" else self.request.GET).get("next", "")
        good = url_has_allowed_host_and_scheme(said, {self.request.get_host()}, require_https=self.request.is_secure())
        return said if good else reverse(settings.LOGIN_REDIRECT_URL)

    def proof(self, data: dict[str, Any]) -> str:
        if self.has_factor:
            return super().proof(data)
        return "password" if self.whose.check_password(data["password"]) else ""

    def proved(self, form: Any, how: str) -> HttpResponse:
        signing_in.confirm(self.request)
        messages.success(self.request, _("Grazie: adesso puoi andare avanti. Se avevi premuto un bottone, premilo di nuovo."))
        return SeeOther(self.wanted)


@method_decorator(never_cache, name="dispatch")
class MyAccess(Mine, Page):
    """The second factors of who is signed in, and where they are signed in."""

    template_name = "accounts/my_access.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        me, today = self.me, timezone.localdate()
        own = factors.factors_of(me)
        is_needed = factors.is_needed(me, today)
        return super().get_context_data(
            factors=own,
            is_needed=is_needed,
            is_missing=is_needed and not own,
            must_choose=bool(self.request.session.get(sessions.ENROL)),
            last_day=factors.last_day_of_grace(me) if is_needed and not own else None,
            codes_left=factors.recovery_codes_left(me),
            may_have_passkeys=factors.may_have_passkeys(signing_in.origin_of(self.request)),
            sessions=[(row, row.session_key == self.request.session.session_key) for row in sessions.sessions_of(me)],
            **kwargs,
        )


class AddFactor(Mine, ServiceForm):
    """A second factor is added: only by who signed in, or said again who they are, a moment ago."""

    confirmed = True

    def after(self, words: str) -> str:
        """This browser goes on; who has no recovery codes gets a sheet."""
        signing_in.keep_this_session(self.request, self.me)
        messages.success(self.request, words)
        if factors.recovery_codes_left(self.me):
            return reverse("accounts:my_access")
        return new_sheet(self.request, self.me, by=self.access)


def new_sheet(request: HttpRequest, user: User, *, by: Access) -> str:
    """New recovery codes, and the page that shows them once."""
    sessions.keep_secret(request, SHEET, " ".join(factors.new_recovery_codes(user=user, by=by)))
    return reverse("accounts:new_codes")


@method_decorator(never_cache, name="dispatch")
class AddApp(AddFactor):
    template_name = "accounts/add_app.html"
    form_class = NewApp

    @property
    def secret(self) -> str:
        """The one that the page shows until its first code was right."""
        if not (held := sessions.kept_secret(self.request, SECRET)):
            held = factors.new_secret()
            sessions.keep_secret(self.request, SECRET, held)
        return held

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        secret = self.secret
        spaced = " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))
        return super().get_context_data(address=factors.app_address(self.me, secret), secret=spaced, **kwargs)

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        factors.add_app(user=self.me, secret=self.secret, code=data["code"], name=data["name"], by=self.access, now=timezone.now())
        del self.request.session[SECRET]
        return self.after(_("Fatto: da adesso entri con la password e con il codice dell’app."))


@method_decorator(never_cache, name="dispatch")
class AddPasskey(AddFactor):
    """Only with the script: it is the browser that makes the key."""

    template_name = "accounts/add_passkey.html"
    form_class = NewPasskey

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        origin = signing_in.origin_of(self.request)
        if not factors.may_have_passkeys(origin):
            raise Http404
        question, state = factors.begin_passkey(user=self.me, origin=origin)
        self.request.session[QUESTION] = state
        return super().get_context_data(question=json.dumps(question), **kwargs)

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        factors.add_passkey(
            user=self.me,
            origin=signing_in.origin_of(self.request),
            state=self.request.session.pop(QUESTION, {}),
            answer=answer_in(data["credential"]),
            name=data["name"],
            by=self.access,
        )
        return self.after(_("Fatto: da adesso entri con la password e con la passkey."))


@method_decorator(never_cache, name="dispatch")
class NewCodes(Mine, Page):
    """A sheet of recovery codes: shown once, right after it was made."""

    template_name = "accounts/new_codes.html"
    confirmed = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(codes=sessions.take_secret(self.request, SHEET).split(), **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        if not factors.factors_of(self.me):
            raise Http404
        return SeeOther(new_sheet(request, self.me, by=self.access))


class AboutMe(Mine, Action):
    def back(self) -> str:
        return reverse("accounts:my_access")


class RemoveFactor(AboutMe):
    confirmed = True

    def act(self) -> str:
        row = get_object_or_404(self.me.factors, public_id=self.kwargs["public_id"])
        factors.remove_factor(factor=row, by=self.access, today=timezone.localdate())
        self.me.refresh_from_db()
        signing_in.keep_this_session(self.request, self.me)
        messages.success(self.request, _("Tolto. Dagli altri dispositivi ti abbiamo fatto uscire."))
        return self.back()


class EndSession(AboutMe):
    """One of my sessions, named by its beginning; without a name, all the others."""

    confirmed = True

    def act(self) -> str:
        said = self.request.POST.get("began", "")
        if said:
            began = parse_datetime(said)
            if began is None or not sessions.end_session(user=self.me, started_at=began):
                raise Http404
            messages.success(self.request, _("Su quel dispositivo adesso si entra di nuovo dalla password."))
        else:
            sessions.end_others(user=self.me, but=self.request.session.session_key)
            messages.success(self.request, _("Sei rimasto dentro solo qui."))
        return self.back()


class SearchKey(AboutMe):
    """Whether the key "/" goes to the search: a key without Ctrl or Alt is for everybody to switch off (WCAG 2.1.4)."""

    def act(self) -> str:
        wanted = self.request.POST.get("wanted") == "yes"
        services.choose_search_key(user=self.me, wanted=wanted)
        messages.success(
            self.request, _("Il tasto / adesso porta alla ricerca.") if wanted else _("Il tasto / adesso è un tasto come gli altri.")
        )
        return self.back()


@method_decorator(never_cache, name="dispatch")
class ChangePassword(Mine, FormPage):
    form_class = NewPassword
    title = gettext_lazy("Cambia password")
    lead = gettext_lazy("Dagli altri dispositivi ti facciamo uscire.")
    button = gettext_lazy("Cambia password")

    def back(self) -> str:
        return reverse("accounts:my_access")

    def form_valid(self, form: Any) -> HttpResponse:
        guess = guess_of(self.request, self.me)
        if not guesses.may_guess(**guess):
            return slow_down(self.request)
        if not self.me.check_password(form.cleaned_data["current"]):
            form.add_error("current", _("Non è la password con cui entri adesso."))
            return self.refused(form, 422)
        guesses.forgive(**guess)
        return super().form_valid(form)

    def act(self, form: Any) -> str:
        services.change_password(user=self.me, password=form.cleaned_data["password"], by=self.access)
        signing_in.keep_this_session(self.request, self.me)
        messages.success(self.request, _("Fatto: la password è cambiata."))
        return self.back()


class ResetFactors(FormPage):
    """A colleague lost the telephone: somebody else takes the second factor away, and says why."""

    permission = Permission.MANAGE_USERS
    form_class = Reset
    button = gettext_lazy("Azzera il secondo fattore")
    button_kind = "danger"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        colleague = self.colleague
        title = _("Azzera il secondo fattore di %(who)s") % {"who": colleague}
        lead = _("Alla prossima entrata ne sceglie uno nuovo. Prima chiamalo a voce, per essere sicuro che la richiesta sia sua.")
        return super().get_context_data(title=title, lead=lead, **kwargs)

    @property
    def colleague(self) -> User:
        return selectors.colleague_for(self.access, self.kwargs["public_id"], timezone.localdate())

    def back(self) -> str:
        return reverse("accounts:users")

    def act(self, form: Any) -> str:
        user = self.colleague
        factors.reset_factors(user=user, reason=form.cleaned_data["reason"], by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Fatto: %(who)s sceglierà un nuovo secondo fattore alla prossima entrata.") % {"who": user})
        return self.back()


class BeginVisit(FormPage):
    """A technician opens one Ambito for a while."""

    permission = Permission.VISIT_AMBITO
    form_class = Visit
    title = gettext_lazy("Guardare un Ambito")
    lead = gettext_lazy("Per capire un guasto dove succede: vedi quello che vede l’ufficio, non puoi cambiare niente, e finisce da sé.")
    button = gettext_lazy("Comincia")
    confirmed = True

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "ambiti": support.ambiti_of(self.access)}

    def back(self) -> str:
        return reverse("desk:health")

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        ambito = form.by_code[data["ambito"]]
        support.begin_visit(ambito=ambito, reason=data["reason"], minutes=int(data["minutes"]), by=self.access, now=timezone.now())
        messages.success(self.request, _("Fatto: il coordinatore di %(ambito)s è avvisato.") % {"ambito": ambito})
        return reverse("desk:health")


class EndVisit(Action):
    permission = Permission.VISIT_AMBITO

    def act(self) -> str:
        support.end_visits(by=self.access, now=timezone.now())
        messages.success(self.request, _("Hai finito di guardare."))
        return self.back()

    def back(self) -> str:
        return reverse("desk:health")
