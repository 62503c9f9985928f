from django.apps import AppConfig


class WebsiteConfig(AppConfig):
    name = "impresasolidale.website"
    label = "website"
    verbose_name = "sito pubblico"
