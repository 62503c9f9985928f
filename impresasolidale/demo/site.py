"""What the offices tell on the site: practices, a story and news with drawn pictures, and one page that waits for a second pair of eyes.
At the door of the services; everything is invented."""

import io
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from companies.hosts.models import Company
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.scope import scope
from impresasolidale.website import services
from impresasolidale.website.models import Article
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement

from .projects import PDF
from .users import People
from .world import World, acting_for

K = Article.Kind
# Days ago, kind, title, in brief, text, picture (its scene and what one sees; people in it), whether a company is named.
PAGES: tuple[tuple[int, str, str, str, str, tuple[str, str, int] | None, bool], ...] = (
    (
        41, K.PRACTICE, "Il cartello con i disegni",
        "In magazzino ogni scaffale ha un disegno: chi non legge trova lo stesso, e anche gli altri fanno prima.",
        "All'inizio era un foglio attaccato con lo scotch: una mela, una scatola, un guanto. Serviva a una persona sola.\n\n"
        "Dopo un mese lo usavano tutti. Adesso i disegni sono su ogni scaffale, grandi, sempre nello stesso posto.\n\n"
        "## Che cosa serve\n- Un pomeriggio, una stampante, un po' di nastro.\n- Disegni semplici, uno per cosa.\n"
        "- Provarli insieme a chi li userà.\n\n"
        "## Che cosa abbiamo imparato\nLe istruzioni chiare aiutano chi è appena arrivato, e anche chi lavora "
        "lì da vent'anni.",
        ("shelves", "Scaffali di legno con scatole, ognuna con un disegno colorato", 0), True,
    ),
    (
        29, K.PRACTICE, "Due mattine invece di cinque",
        "Cominciare piano: poche ore, sempre gli stessi giorni, e si aggiunge quando va bene.",
        "Cinque mattine erano troppe. Ci si stancava, e il lunedì si ricominciava da capo.\n\n"
        "Abbiamo provato con due: il martedì e il venerdì, dalle nove alle undici. Stessa persona accanto, stesso compito.\n\n"
        "Dopo sei settimane le mattine sono diventate tre. L'ha chiesto chi ci veniva.\n\n"
        "## Come si fa\n- Si scrive il calendario insieme, con i giorni in grande.\n- Si decide prima quando se ne riparla.\n"
        "- Se una settimana va storta, si torna indietro senza farne un caso.",
        ("valley", "Una valle al mattino, con le vigne a terrazze e le montagne dietro", 0), False,
    ),
    (
        17, K.STORY, "Il caffè delle dieci",
        "Nessuno lo aveva messo nel progetto. È diventato il momento più importante della mattina.",
        "Nel progetto c'erano le etichette, le scatole, il carrello. Il caffè no.\n\n"
        "Alle dieci si ferma la macchina, e in quattro si va alla finestra. Si parla del tempo, della partita, di niente.\n\n"
        "Dopo qualche mese il tutor ci ha detto: «Il lavoro lo sta imparando. Ma è lì, alla finestra, che è diventato uno di noi».",
        ("window", "Quattro tazze su un davanzale, fuori il cielo chiaro", 0), False,
    ),
    (
        8, K.NEWS, "Una mattina per le imprese che ci stanno pensando",
        "Un incontro breve, con chi lo ha già fatto. Si fanno domande, si beve qualcosa, nessuno firma niente.",
        "Ci vediamo nella sala dell'Ufficio di Piano di Sondrio, dalle nove alle undici.\n\n"
        "Ci saranno due imprese che accolgono da anni, un tutor e un'assistente sociale.\n\n"
        "- Che cosa si può fare in un'officina, in un albergo, in un vivaio.\n- Quanto tempo chiede davvero.\n- A chi si telefona quando "
        "qualcosa non va.\n\nChi vuole venire lo dice all'ufficio del suo Comune.",
        ("orchard", "Due persone di spalle camminano in un meleto", 2), False,
    ),
)  # fmt: skip
WAITING = (
    K.PRACTICE, "Il tutor che si fa sostituire",
    "Quando il tutor è via, la mattina non salta: c'è un secondo nome, scelto insieme.",
    "Una volta, se il tutor era malato, la persona restava a casa.\n\nAdesso i nomi sono due, e il secondo è conosciuto prima: un "
    "caffè, una mattina insieme, il numero scritto sul calendario.\n\n## Che cosa serve\n- Un collega che ne abbia voglia.\n- Mezz'ora, "
    "prima che serva davvero.",
)  # fmt: skip


def create_site(world: World, staff: People) -> None:
    for n, (days, kind, title, summary, text, picture, names_company) in enumerate(PAGES):
        _page(world, staff, n, days, {"kind": kind, "title": title, "summary": summary, "text": text}, picture, names_company)
    _waiting(world, staff)


def _page(
    world: World, staff: People, n: int, days: int, words: dict[str, Any], picture: tuple[str, str, int] | None, names_company: bool
) -> None:
    """Written by an office, published by the coordinator of another: the two need not sit in the same room."""
    here, there = world.districts[n % 3], world.districts[(n + 1) % 3]
    worker = acting_for(staff.offices[here.ambito.pk].by_role[Role.SOCIAL_WORKER], here)
    chief = acting_for(staff.offices[there.ambito.pk].coordinator, there)
    on = world.ago(days)
    with world.acting("site page", n, on=on), scope(worker.scope):
        company = _host(here) if names_company else None
        agreed = (
            {"company_agreed_by": "La titolare", "company_agreed_on": on}
            if company
            else {"company_agreed_by": "", "company_agreed_on": None}
        )
        row = services.write_article(values={**words, "company": company, **agreed}, by=worker, today=on)
        if picture:
            scene, alt, people = picture
            photo = services.set_photo(article=row, file=_drawn(scene), alt=alt, people=people, by=worker)
            for person in range(people):
                name = ("Renata Prova", "Ettore Prova")[person]
                paper = SimpleUploadedFile("consenso.pdf", PDF, "application/pdf")
                services.add_consent(photo=photo, person=name, given_by="", given_on=on, file=paper, by=worker, today=on)
        row = services.propose_article(article=row, by=worker)
    with world.acting("site page published", n, on=on + timedelta(days=1)), scope(chief.scope):
        services.publish_article(article=row, seen=row.row_version, by=chief)


def _host(district: Any) -> Company:
    """A company of the office that has somebody now, and is on the register."""
    rows = Placement.objects.filter(ambito=district.ambito, state=PlacementState.ACTIVE, company__on_register=True)
    company: Company = rows.select_related("company").order_by("company_id", "pk")[0].company
    return company


def _waiting(world: World, staff: People) -> None:
    """One more page, sent on yesterday: it stands in the coordinators' inboxes."""
    here = world.districts[1]
    worker = acting_for(staff.offices[here.ambito.pk].by_role[Role.SOCIAL_WORKER], here)
    kind, title, summary, text = WAITING
    values = {"kind": kind, "title": title, "summary": summary, "text": text, "company": None}
    with world.acting("site page waiting", on=world.ago(1)), scope(worker.scope):
        row = services.write_article(values={**values, "company_agreed_by": "", "company_agreed_on": None}, by=worker, today=world.ago(1))
        services.propose_article(article=row, by=worker)
    with world.acting("statement of accessibility", on=world.today):
        services.plan_statements(by=worker, today=world.today)


# --- Drawings


def _drawn(scene: str) -> SimpleUploadedFile:
    """A flat drawing, made twice as large and shrunk so that its edges are soft."""
    picture, out = Image.new("RGB", (2400, 1600), (0, 0, 0)), io.BytesIO()
    pen = ImageDraw.Draw(picture)
    SCENES[scene](pen)
    picture.resize((1200, 800), Image.Resampling.LANCZOS).save(out, "JPEG", quality=88)
    return SimpleUploadedFile("foto.jpg", out.getvalue(), "image/jpeg")


def _sky(pen: ImageDraw.ImageDraw, top: tuple[int, int, int], bottom: tuple[int, int, int], height: int = 1600) -> None:
    for y in range(height):
        share = y / height
        pen.line((0, y, 2400, y), fill=tuple(round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True)))


def _hills(pen: ImageDraw.ImageDraw) -> None:
    pen.polygon(
        [(0, 900), (420, 480), (760, 800), (1150, 380), (1620, 820), (2000, 520), (2400, 860), (2400, 1600), (0, 1600)], (126, 152, 178)
    )
    pen.polygon([(1150, 380), (1010, 532), (1110, 560), (1180, 520), (1262, 552), (1330, 550)], (244, 247, 250))
    pen.polygon([(420, 480), (330, 570), (420, 600), (520, 575)], (244, 247, 250))
    pen.polygon([(0, 1080), (600, 760), (1300, 1060), (1900, 780), (2400, 1020), (2400, 1600), (0, 1600)], (88, 126, 116))


def _valley(pen: ImageDraw.ImageDraw) -> None:
    _sky(pen, (248, 222, 190), (214, 232, 244), 1100)
    pen.ellipse((1640, 250, 1900, 510), (255, 244, 214))
    _hills(pen)
    for row in range(7):
        y = 1060 + row * 84
        pen.polygon([(0, y + 60), (2400, y - 40 + row * 6), (2400, y + 100), (0, y + 200)], (118 - row * 4, 150 - row * 5, 78))
        pen.line([(0, y + 60), (2400, y - 40 + row * 6)], (92, 84, 74), 14)
        for x in range(40, 2400, 90):
            top = y + 60 - x * (100 - row * 6) / 2400
            pen.line((x, top - 34, x, top), (74, 62, 50), 8)
            pen.ellipse((x - 30, top - 62, x + 30, top - 16), (70, 112 + row * 4, 62))


def _shelves(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((0, 0, 2400, 1600), (238, 231, 219))
    colours = ((204, 96, 72), (64, 118, 168), (226, 172, 68), (96, 142, 92), (140, 100, 150))
    for shelf in range(3):
        y = 470 + shelf * 480
        pen.rectangle((120, y, 2280, y + 36), (150, 112, 74))
        for n in range(6):
            x, colour = 190 + n * 350, colours[(n + shelf * 2) % 5]
            pen.rounded_rectangle((x, y - 300, x + 280, y), 18, (214, 178, 130))
            pen.rounded_rectangle((x + 50, y - 250, x + 230, y - 70), 14, (252, 250, 245))
            _sign(pen, x + 140, y - 160, (n + shelf) % 4, colour)
    for x in (120, 2244):
        pen.rectangle((x, 120, x + 36, 1560), (132, 96, 62))


def _sign(pen: ImageDraw.ImageDraw, x: int, y: int, which: int, colour: tuple[int, int, int]) -> None:
    if which == 0:
        pen.ellipse((x - 52, y - 46, x + 52, y + 58), colour)
        pen.line((x, y - 44, x + 16, y - 74), (90, 70, 50), 10)
    elif which == 1:
        pen.rectangle((x - 54, y - 40, x + 54, y + 50), colour)
        pen.line((x - 54, y, x + 54, y), (252, 250, 245), 8)
    elif which == 2:
        pen.polygon([(x, y - 62), (x + 62, y + 54), (x - 62, y + 54)], colour)
    else:
        pen.rounded_rectangle((x - 30, y - 66, x + 30, y + 60), 30, colour)


def _window(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((0, 0, 2400, 1600), (226, 214, 196))
    pen.rectangle((300, 100, 2100, 1160), (250, 250, 250))
    for left in (340, 1240):
        pen.rectangle((left, 140, left + 820, 1120), (188, 214, 236))
        pen.polygon(
            [(left, 900), (left + 260, 560), (left + 520, 860), (left + 820, 640), (left + 820, 1120), (left, 1120)], (128, 158, 184)
        )
        pen.polygon([(left, 1010), (left + 820, 930), (left + 820, 1120), (left, 1120)], (104, 142, 110))
    pen.rectangle((200, 1160, 2200, 1240), (164, 124, 84))
    for x, colour in ((520, (196, 90, 70)), (900, (252, 250, 245)), (1330, (64, 118, 168)), (1720, (226, 172, 68))):
        pen.arc((x + 130, 985, x + 250, 1100), 250, 110, colour, 24)
        pen.rounded_rectangle((x, 960, x + 180, 1160), 30, colour)
        pen.ellipse((x + 8, 946, x + 172, 984), (84, 58, 42))


def _orchard(pen: ImageDraw.ImageDraw) -> None:
    _sky(pen, (206, 226, 242), (240, 236, 214), 1000)
    _hills(pen)
    pen.rectangle((0, 1080, 2400, 1600), (140, 164, 92))
    pen.polygon([(1080, 1080), (1320, 1080), (1760, 1600), (640, 1600)], (206, 186, 146))
    for step in range(5):
        y, size = 1110 + step * 100, 130 + step * 50
        for side in (-1, 1):
            x = 1200 + side * (300 + step * 190)
            pen.rectangle((x - 14 - step * 3, y, x + 14 + step * 3, y + size * 0.7), (96, 72, 52))
            pen.ellipse((x - size, y - size * 1.3, x + size, y + size * 0.25), (82 + step * 5, 124 + step * 4, 70))
            for apple in range(5):
                ax, ay = x - size * 0.6 + apple * size * 0.3, y - size * (0.9 if apple % 2 else 0.4)
                pen.ellipse((ax, ay, ax + 22 + step * 3, ay + 22 + step * 3), (196, 66, 54))
    for x, coat in ((1090, (52, 92, 140)), (1270, (176, 84, 60))):
        pen.rounded_rectangle((x, 1200, x + 110, 1390), 44, coat)
        pen.ellipse((x + 18, 1110, x + 92, 1196), (84, 62, 48))
        for leg in (x + 18, x + 62):
            pen.rounded_rectangle((leg, 1370, leg + 34, 1520), 14, (60, 62, 74))


SCENES = {"valley": _valley, "shelves": _shelves, "window": _window, "orchard": _orchard}
