"""One machine, one command: what ./impresa demo runs on. The script has set the environment."""

from .base import *  # noqa: F403

SECOND_FACTOR = env("SECOND_FACTOR", default="optional")  # noqa: F405  (the demo stays one click away)
CONFIRM_MINUTES = env.int("CONFIRM_MINUTES", default=0)  # noqa: F405
DEMO = True  # the sign-in page lists the demo's logins
SMS_GATEWAY = "impresasolidale.core.sms.Outbox"
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016", "security.W021"]
WHITENOISE_AUTOREFRESH = False
if env("STATIC_ROOT", default=""):  # noqa: F405  (the demo made hashed and compressed copies there)
    STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "impresasolidale.core.storage.HashedStatic"}}  # noqa: F405
else:
    WHITENOISE_USE_FINDERS = True
