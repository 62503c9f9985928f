"""What was done together, for the company's contact."""

from django.urls import path

from .views import impact as views

app_name = "our_impact"
urlpatterns = [
    path("", views.OurImpact.as_view(), name="page"),
    path("pagina/", views.OurCard.as_view(), name="open"),
    path("pagina/chiudi/", views.OurCardClosed.as_view(), name="close"),
    path("carte/<uuid:paper_id>/", views.OurPaper.as_view(), name="paper"),
]
