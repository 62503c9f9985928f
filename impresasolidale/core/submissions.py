"""Every form post carries a uuid: pressed twice, sent twice, retried after a lost connection, it counts once."""

import hashlib
import hmac
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from .errors import Conflict
from .models import Submission

FIELD = "_submission"


def _body_hash(request: HttpRequest) -> str:
    """Keyed: what was typed, a password among it, cannot be guessed from the row."""
    digest = hmac.new(settings.LOOKUP_KEY.encode(), request.path.encode(), hashlib.sha256)
    for name in sorted(request.POST):
        if name not in {"csrfmiddlewaretoken", FIELD}:
            digest.update(repr((name, request.POST.getlist(name))).encode())
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            digest.update(repr((name, file.name, file.size)).encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.hexdigest()


def _take(key: uuid.UUID, *, user_id: int | None, path: str, body_hash: str) -> tuple[Submission | None, bool]:
    """Take a key in this transaction; a twin that is under way is waited for. Returns the row of who had it before, if somebody had, and
    whether that was the very same request."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_submission (uuid, user_id, path, body_hash, result_url, answer, at) VALUES (%s, %s, %s, %s, '', '', now())"
            " ON CONFLICT (uuid) DO NOTHING",
            [key, user_id, path[:300], body_hash],
        )
        if cursor.rowcount:
            return None, True
    before = Submission.objects.get(pk=key)
    return before, (before.user_id, before.path, before.body_hash) == (user_id, path[:300], body_hash)


def begin(request: HttpRequest) -> HttpResponse | None:
    """Take the post's uuid. Returns the answer to a repeat, else None."""
    try:
        key = uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None
    user_id = request.user.pk if request.user.is_authenticated else None
    before, is_same = _take(key, user_id=user_id, path=request.path, body_hash=_body_hash(request))
    if before is None:
        request.submission = key  # type: ignore[attr-defined]
        return None
    if not is_same or not before.result_url:
        return render(request, "errors/409.html", status=409)
    answer = HttpResponse(status=303)
    answer["Location"] = before.result_url
    return answer


def finish(request: HttpRequest, response: HttpResponse) -> None:
    """Keep where the post led. A post that did not succeed gives its uuid back: the corrected form may be sent again."""
    key = getattr(request, "submission", None)
    if key is None:
        return
    if 300 <= response.status_code < 400:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE core_submission SET result_url = %s WHERE uuid = %s", [response["Location"][:500], key])
    else:
        Submission.objects.filter(pk=key).delete()


def begin_call(key: uuid.UUID, *, user_id: int, path: str, body_hash: str) -> Submission | None:
    """The same for a write of the API. Returns the row whose answer is repeated, else None; Conflict for another body under the key."""
    before, is_same = _take(key, user_id=user_id, path=path, body_hash=body_hash)
    if before and (not is_same or before.answer_status is None):
        raise Conflict(_("Questa Idempotency-Key è già servita per un'altra richiesta: usane una nuova."))
    return before


def finish_call(key: uuid.UUID, *, status: int, answer: str) -> None:
    """Keep what was answered, 2xx or 4xx alike. `answer` is JSON; it is kept encrypted, for it may tell of a person."""
    Submission.objects.filter(pk=key).update(answer_status=status, answer=answer)


REMEMBERED = timedelta(days=30)  # a call of the API; then its answer, which may tell of a person, is forgotten with its key


def forget_calls(*, now: datetime) -> int:
    """Forget the calls whose keys nobody sends again any more. Safe to repeat; returns how many."""
    return Submission.objects.filter(answer_status__isnull=False, at__lt=now - REMEMBERED).delete()[0]
