"""Tests: the embedded servers' environment, fast passwords, mail kept in memory."""

import tempfile

from .embedded import *  # noqa: F403

DEMO = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="impresa-test-"))  # noqa: F405
STORAGES = {
    **STORAGES,  # noqa: F405
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(MEDIA_ROOT), "base_url": None}},
}
WHITENOISE_AUTOREFRESH = True
API_RATE = API_RATE_WITHOUT_KEY = 10**9  # who tests the counter sets its own
