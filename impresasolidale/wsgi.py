"""The door for gunicorn."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from impresasolidale.core.checks import refuse_unsafe_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "impresasolidale.settings.production")
application = get_wsgi_application()
refuse_unsafe_database()
get_resolver().url_patterns  # noqa: B018 - every view is loaded here, once, and not by the first request of each worker
gc.collect()
gc.freeze()  # what is loaded stays shared between the workers, and no request waits for a sweep of it
