"""Whose address is counted: the visitor's behind as many proxies as we know of, never one that somebody wrote into a header."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from impresasolidale.core.middleware import VisitorAddressMiddleware

PROXY = "10.0.0.1"


def seen(header: str | None) -> str:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.META["REMOTE_ADDR"])

    headers = {"HTTP_X_FORWARDED_FOR": header} if header is not None else {}
    request = RequestFactory().get("/", REMOTE_ADDR=PROXY, **headers)
    return VisitorAddressMiddleware(view)(request).content.decode()


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "198.51.100.7", PROXY),  # nobody in front of us: the header is the visitor's own writing
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),  # the visitor wrote the first one
        (2, "203.0.113.9, 198.51.100.7 , 10.0.0.2", "198.51.100.7"),
        (1, "2001:db8::7", "2001:db8::7"),
        (2, "198.51.100.7", PROXY),  # fewer addresses than proxies
        (1, "unknown", PROXY),
        (1, "", PROXY),
        (1, None, PROXY),
    ],
)
def test_the_address_that_counts(settings, proxies, header, address):
    settings.PROXY_COUNT = proxies
    assert seen(header) == address


@pytest.mark.django_db
@pytest.mark.parametrize(("proxies", "last"), [(0, 429), (1, 422)])
def test_wrong_passwords_are_counted_by_visitor(client, worker, settings, proxies, last):
    """Behind a proxy each visitor has its own door; without one, a new header is no new visitor."""
    settings.PROXY_COUNT = proxies
    answers = [
        client.post(
            "/accesso/", {"email": worker.email, "password": "sbagliata"}, REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=f"198.51.100.{n}"
        ).status_code
        for n in range(7)
    ]
    assert answers[-1] == last
