"""A course from the invitation to the certificate, verified by anybody at the address of its QR code."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from companies.training.models import Session
from companies.training.services import session_code

from .visitor import PHONE, Site, Visitor

UNTRAINED = (
    "SELECT t.id, t.email, t.last_name || ' ' || t.first_name, t.last_name FROM hosts_companytutor t"
    # one of the seed's, who share a password: other journeys invite tutors who choose their own
    " JOIN accounts_user u ON u.id = t.user_id AND u.password IN (SELECT password FROM accounts_user GROUP BY password HAVING count(*) > 5)"
    " WHERE NOT EXISTS (SELECT 1 FROM training_enrolment e WHERE e.tutor_id = t.id AND e.state IN ('attended', 'enrolled'))"
    " AND EXISTS (SELECT 1 FROM hosts_engagement g WHERE g.tutor_id = t.id AND g.valid_to IS NULL) ORDER BY t.id DESC LIMIT 1"
)


def path_of(address: str) -> str:
    return "/" + address.partition("://")[2].partition("/")[2]


def test_a_course_from_the_invitation_to_the_verified_certificate(site: Site, visit: Any) -> None:
    [(tutor_id, email, listed, surname)] = site.rows(UNTRAINED)
    trainer: Visitor = visit("formatore")
    trainer.go("/formazione/nuova/")
    begins = timezone.localtime() + timedelta(minutes=20)
    trainer.write({"Titolo": "Il primo giorno", "Durata in ore": "1", "Tipo di corso": "corso iniziale"})
    trainer.write({"Dove": "Sala civica", "Posti": "4"})
    trainer.write({"Giorno": begins.date().isoformat(), "Ora di inizio": f"{begins:%H:%M}"})
    trainer.page.locator("#id_minutes_1").fill("1")
    trainer.press("Metti in programma")
    edition = trainer.page.url
    trainer.follow("Invita un tutor")
    trainer.field("Tutor").select_option(
        label=next(o for o in trainer.field("Tutor").locator("option").all_inner_texts() if o.startswith(listed))
    )
    trainer.press("Manda l'invito")

    [(body,)] = site.rows("SELECT body FROM core_message WHERE kind = 'training.invitation' AND address = %s", email)
    address = body.split()[-1]
    tutor: Visitor = visit(email.removesuffix("@example.org"), viewport=PHONE, has_touch=True, is_mobile=True)
    tutor.go(path_of(address))
    tutor.press("Prendi il posto")
    assert "Hai un posto" in tutor.page.locator("main").inner_text()
    tutor.go("/presenze/formazione/")

    trainer.go(edition)
    trainer.follow("Codice da inquadrare")
    assert trainer.page.locator(".screen-code img").get_attribute("src").startswith("data:image/png")  # type: ignore[union-attr]
    [(session_id,)] = site.rows(
        "SELECT s.id FROM training_session s JOIN training_enrolment e ON e.edition_id = s.edition_id WHERE e.tutor_id = %s"
        " AND e.state = 'enrolled'", tutor_id,
    )  # fmt: skip
    tutor.go(f"/presenze/formazione/qui/{session_code(Session(pk=session_id))}/")
    tutor.press("Sono presente")
    assert "risulti presente" in tutor.page.locator("main").inner_text()

    trainer.go(edition)
    trainer.press("Chiudi le presenze")
    paper = trainer.until(r"\d{6}$")
    assert trainer.fetch(paper).startswith(b"%PDF")

    tutor.go("/presenze/formazione/libretto/")
    public = tutor.page.locator("main").get_by_role("link", name="pagina pubblica").first.get_attribute("href")
    [(code,)] = site.rows(
        "SELECT v.code FROM core_verification v JOIN core_document d ON d.id = v.document_id"
        " JOIN training_enrolment e ON e.id = d.subject_id WHERE d.kind = 'training.attendance_certificate' AND e.tutor_id = %s", tutor_id,
    )  # fmt: skip
    assert public and public.strip("/").endswith(code), "the address that the QR code on the paper holds"

    anybody: Visitor = visit()
    anybody.go(public)
    page = anybody.page.locator("main").inner_text()
    assert "È un nostro documento" in page and surname not in page
    anybody.page.get_by_label("Cognome").fill(surname)
    anybody.press("Controlla il cognome")
    assert "Sì, il cognome corrisponde" in anybody.page.locator("main").inner_text()

    tutor.go(path_of(address))
    tutor.press("Pubblica il distintivo")
    badge = anybody.context.request.get(f"/verifica/{code}/distintivo.json")
    assert badge.ok and badge.json()["recipient"]["identity"].startswith("sha256$")
