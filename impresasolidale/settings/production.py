"""A real installation behind a TLS proxy. Refuses to start without its secrets (core.checks)."""

from .base import *  # noqa: F403

DEMO = False
DURABLE_DATABASE = True
ACCESS_LOG = env.bool("ACCESS_LOG", default=True)  # noqa: F405
LOGGING["handlers"]["console"]["formatter"] = LOG_FORMAT = env("LOG_FORMAT", default="json")  # noqa: F405
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"  # a browser takes these over TLS, for this very host alone
CSRF_COOKIE_NAME = "__Host-csrftoken"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "impresasolidale.core.storage.HashedStatic"}}  # noqa: F405
