"""What the offices tell everybody on the site: practices, stories and news, with a picture whose people agreed to be shown."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record, Versioned

_USER = settings.AUTH_USER_MODEL


class Article(Record, Versioned, NetworkOwned):
    """A page of «Buone pratiche e storie»: written by one person of an office, published by another.

    A story of somebody the fund helped is the fund's own (solidarity_fund.Story): it hangs on that person's consent. Here nobody who is
    or was in a placement is told of by name. The company is named only where it agreed.
    """

    class Kind(models.TextChoices):
        PRACTICE = "practice", _("buona pratica")
        STORY = "story", _("storia")
        NEWS = "news", _("notizia")

    class State(models.TextChoices):
        DRAFT = "draft", _("in preparazione")
        PROPOSED = "proposed", _("da approvare")
        PUBLISHED = "published", _("sul sito")
        WITHDRAWN = "withdrawn", _("ritirato")

    kind = models.CharField(_("che cos'è"), max_length=10, choices=Kind)
    title = models.CharField(_("titolo"), max_length=100)
    summary = models.CharField(_("in breve"), max_length=200)
    text = models.TextField(_("testo"), max_length=6000)
    company = models.ForeignKey("hosts.Company", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("impresa"))
    company_agreed_by = models.CharField(_("chi dell'impresa l'ha detto"), max_length=120, blank=True)
    company_agreed_on = models.DateField(_("l'impresa è d'accordo dal"), null=True, blank=True)
    written_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+", verbose_name=_("parole di"))  # who changed it last
    proposed_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+", verbose_name=_("mandato da"))
    state = models.CharField(_("stato"), max_length=10, choices=State, default=State.DRAFT)
    published_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+", verbose_name=_("pubblicato da"))
    published_at = models.DateTimeField(_("pubblicato il"), null=True)

    class Meta:
        verbose_name = _("pagina del sito")
        verbose_name_plural = _("pagine del sito")
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(summary="") & ~Q(text=""), name="website_article_words"),
            models.CheckConstraint(
                condition=Q(company=None) | (Q(company_agreed_on__isnull=False) & ~Q(company_agreed_by="")),
                name="website_article_company",
                violation_error_message=_("Per dire il nome dell'impresa serve il suo sì: chi l'ha detto e quando."),
            ),
            models.CheckConstraint(
                condition=Q(state="published", published_by__isnull=False, published_at__isnull=False)
                | (~Q(state="published") & Q(published_by=None, published_at=None)),
                name="website_article_published",
            ),
            models.CheckConstraint(
                condition=Q(published_by=None)
                | ~(Q(published_by=F("created_by")) | Q(published_by=F("written_by")) | Q(published_by=F("proposed_by"))),
                name="website_article_two_keys",
                violation_error_message=_("Chi ha scritto la pagina non può anche pubblicarla."),
            ),
        ]
        indexes = [
            models.Index(fields=["network", "-id"], name="website_article_newest"),
            models.Index(fields=["network", "-published_at", "-id"], condition=Q(state="published"), name="website_article_public"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def authors(self) -> set[int]:
        """Whose hands the page went through: who began, who changed words or picture last, who sent it on."""
        return {pk for pk in (self.created_by_id, self.written_by_id, self.proposed_by_id) if pk}


class Photo(Record, NetworkOwned):
    """The picture of a page, drawn again without what the camera wrote. Removed, its file is deleted and the row tells that it was there.

    `people`: how many can be recognised; each of them, or who represents them, signed a consent.
    """

    stored_files: ClassVar = ("file_name",)

    article = models.ForeignKey(Article, models.PROTECT, related_name="photos", verbose_name=_("pagina"))
    alt = models.CharField(_("che cosa si vede"), max_length=200)
    people = models.PositiveSmallIntegerField(_("persone che si riconoscono"))
    file_name = models.CharField(max_length=200, blank=True)
    file_hash = models.CharField(max_length=64)
    width = models.PositiveSmallIntegerField(_("larghezza in punti"))
    height = models.PositiveSmallIntegerField(_("altezza in punti"))
    removed_at = models.DateTimeField(_("tolta il"), null=True)

    class Meta:
        verbose_name = _("fotografia del sito")
        verbose_name_plural = _("fotografie del sito")
        constraints = [
            models.CheckConstraint(condition=~Q(alt=""), name="website_photo_alt", violation_error_message=_("Scrivi che cosa si vede.")),
            models.CheckConstraint(condition=Q(removed_at=None) ^ Q(file_name=""), name="website_photo_file"),
            models.UniqueConstraint(fields=["article"], condition=Q(removed_at=None), name="website_photo_one"),
        ]

    def __str__(self) -> str:
        return self.alt

    @property
    def is_agreed(self) -> bool:
        """Every person who can be recognised has a consent that holds. Reads `consents`."""
        return all(c.revoked_on is None for c in self.consents.all()) and len(self.consents.all()) >= self.people


class ImageConsent(Record, NetworkOwned):
    """One person's yes to being seen in a picture on the site, with the signed paper (Reg. UE 2016/679, art. 7; L. 633/1941, art. 96).

    Revoked, the picture is gone in the same moment; the paper stays, for it says why it could be there before.
    """

    stored_files: ClassVar = ("file_name",)

    photo = models.ForeignKey(Photo, models.PROTECT, related_name="consents", verbose_name=_("fotografia"))
    person = models.CharField(_("chi si vede"), max_length=120)
    given_by = models.CharField(_("firmato da"), max_length=120, blank=True)  # who represents the person, where it is not the person
    given_on = models.DateField(_("dato il"))
    file_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=60)
    file_hash = models.CharField(max_length=64)
    revoked_on = models.DateField(_("revocato il"), null=True)

    class Meta:
        verbose_name = _("consenso alle immagini")
        verbose_name_plural = _("consensi alle immagini")
        constraints = [
            models.CheckConstraint(condition=~Q(person=""), name="website_consent_person"),
            models.CheckConstraint(
                condition=Q(revoked_on=None) | Q(revoked_on__gte=F("given_on")),
                name="website_consent_dates",
                violation_error_message=_("La revoca non può venire prima del consenso."),
            ),
        ]

    def __str__(self) -> str:
        return self.person
