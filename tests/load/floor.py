"""The floor page as a site of its own, for gunicorn: what a page costs with no features at all, on the same data and the same server.

One Ambito is told to each connection once, when it is opened: a request pays for no scope.
"""

import os
from collections.abc import Callable
from typing import Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse

django.setup()

from impresasolidale.core import scope  # noqa: E402
from impresasolidale.demo.floor import STACK  # noqa: E402

REACH = scope.Scope(networks=frozenset({int(os.environ["FLOOR_NETWORK"])}), ambiti=frozenset({int(os.environ["FLOOR_AMBITO"])}))


def in_reach(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: the managers see the one Ambito."""

    def here(request: HttpRequest) -> HttpResponse:
        token = scope._current.set(REACH)
        try:
            return get_response(request)
        finally:
            scope._current.reset(token)

    return here


def tell(connection: Any, **_more: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.networks', %s, false), set_config('app.ambiti', %s, false)",
            [scope._array(REACH.networks), scope._array(REACH.ambiti)],
        )


connection_created.connect(tell)
settings.MIDDLEWARE = [f"{__name__}.in_reach", *STACK]
application = WSGIHandler()
