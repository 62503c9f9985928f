"""The door for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "impresasolidale.settings.production")
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - every view is loaded here, once, and not by the first request of each worker
