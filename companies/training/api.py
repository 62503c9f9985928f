"""Training over the API: courses, their editions, who is in one."""

from typing import Any

from django.http import QueryDict
from django.urls import path
from django.utils import timezone
from rest_framework import serializers

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.api import All, Detail, Listing, Row
from impresasolidale.core.keyset import Slice

from . import selectors
from .models import Course, Edition, Enrolment


class CourseSerializer(Row):
    class Meta:
        model = Course
        fields = ("id", "title", "topics", "minutes", "kind", "module")
        read_only_fields = fields


class Courses(All):
    """What is taught, by title."""

    area = "training"
    permission = Permission.SEE_TRAINING
    serializer_class = CourseSerializer
    summary = "Courses"

    def rows(self, wanted: dict[str, Any], **kwargs: Any) -> Any:
        return selectors.courses_for_choice(self.access)


class EditionSerializer(Row):
    course = serializers.UUIDField(source="course.public_id", read_only=True)
    course_title = serializers.CharField(source="course.title", read_only=True)
    starts_on = serializers.DateField(read_only=True, allow_null=True)
    ends_on = serializers.DateField(read_only=True, allow_null=True)
    minutes = serializers.IntegerField(read_only=True, allow_null=True, help_text="of all its meetings")
    taken = serializers.IntegerField(read_only=True, help_text="seats taken")
    waiting = serializers.IntegerField(read_only=True, help_text="tutors on the waiting list")

    class Meta:
        model = Edition
        fields = ("id", "course", "course_title", "place", "trainer", "seats", "taken", "waiting", "starts_on", "ends_on", "minutes")
        read_only_fields = fields


class Editions(Listing):
    """The editions still to end, the soonest first; with `past` those that are over, the last first."""

    area = "training"
    permission = Permission.SEE_TRAINING
    serializer_class = EditionSerializer
    summary = "Editions of courses"
    extra = {"past": {"type": "boolean", "description": "those that are over"}}

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        return selectors.editions_page(self.access, query, on=timezone.localdate(), past=wanted.get("past") == "true")


class OneEdition(Detail):
    """One edition."""

    area = "training"
    permission = Permission.SEE_TRAINING
    serializer_class = EditionSerializer
    summary = "An edition"

    def row(self, **kwargs: Any) -> Edition:
        return selectors.edition_for(self.access, kwargs["public_id"])


class EnrolmentSerializer(Row):
    tutor = serializers.UUIDField(source="tutor.public_id", read_only=True)
    tutor_name = serializers.CharField(source="tutor", read_only=True)
    followed_minutes = serializers.IntegerField(source="followed", read_only=True)

    class Meta:
        model = Enrolment
        fields = ("id", "tutor", "tutor_name", "state", "followed_minutes", "completed_on", "certified_on")
        read_only_fields = fields


class Enrolments(All):
    """The tutors of an edition: those with a seat, the waiting list in its order, who is invited, who withdrew."""

    area = "training"
    permission = Permission.SEE_TRAINING
    serializer_class = EnrolmentSerializer
    summary = "Tutors of an edition"

    def rows(self, wanted: dict[str, Any], **kwargs: Any) -> list[Enrolment]:
        return selectors.enrolments_of(self.access, selectors.edition_for(self.access, kwargs["public_id"]))


urlpatterns = [
    path("courses/", Courses.as_view(), name="course-list"),
    path("editions/", Editions.as_view(), name="edition-list"),
    path("editions/<uuid:public_id>/", OneEdition.as_view(), name="edition-detail"),
    path("editions/<uuid:public_id>/enrolments/", Enrolments.as_view(), name="edition-enrolments"),
]
