"""Beat: one entry a line, with its reason. Each tick only writes a job row, once per period."""

from celery.schedules import crontab
from django.conf import settings

TICK = "impresasolidale.core.tasks.tick"

BEAT = {
    # Who did not sign in for a year is written to a month before, then the access is closed; old sessions are thrown away.
    "unused accesses": {"task": TICK, "schedule": crontab(hour=1, minute=40), "args": ("accounts.close_unused", "day")},
    # A placement starts, and ends, with its day.
    "placements by day": {"task": TICK, "schedule": crontab(hour=0, minute=5), "args": ("agreements.turn_day", "day")},
    # Each running placement has its next visit, also where a job of the day before was lost (rules 47, 48).
    "visits": {"task": TICK, "schedule": crontab(hour=0, minute=45), "args": ("monitoring.plan_visits", "day")},
    # What happened in other rooms, and covers that expired, show in every start light by the morning.
    "start lights": {"task": TICK, "schedule": crontab(hour=4, minute=30), "args": ("agreements.refresh_all", "day")},
    # Covers, decrees and certificates that expire become to-dos before the office opens.
    "deadlines": {"task": TICK, "schedule": crontab(hour=5, minute=30), "args": ("core.remind_deadlines", "day")},
    # Links to sign that ran out are closed and said to the office; half way, each is sent once more.
    "signatures": {"task": TICK, "schedule": crontab(hour=8, minute=0), "args": ("agreements.chase_signatures", "day")},
    # On Mondays one mail says what waits, instead of one for each thing; a new date of the law is said the same morning.
    "digest": {"task": TICK, "schedule": crontab(hour=6, minute=0), "args": ("desk.digest", "day")},
    # Hours of months are recounted from their rows every night; a difference is an alarm.
    "month recount": {"task": TICK, "schedule": crontab(hour=3, minute=15), "args": ("attendance.recount", "day")},
    # What each voice is asked at the start, half-way and at the end is in the inbox by the morning (rule 49).
    "evaluations": {"task": TICK, "schedule": crontab(hour=5, minute=15), "args": ("monitoring.ask_evaluations", "day")},
    # Who missed several days in a row, or comes much less than usual, is somebody to call this morning.
    "people to call": {"task": TICK, "schedule": crontab(hour=5, minute=45), "args": ("attendance.watch_presence", "day")},
    # Who asked to talk and was not answered in time is the coordinator's before the office opens.
    "requests to talk": {"task": TICK, "schedule": crontab(hour=5, minute=50), "args": ("monitoring.chase_talks", "day")},
    # A month that nobody closed is said to the tutor from the day of the rule book, to the office some days later.
    "missing sheets": {"task": TICK, "schedule": crontab(hour=7, minute=30), "args": ("attendance.remind_sheets", "day")},
    # On Fridays at noon, where the office wants it, each tutor of the week gets a fresh link: the week is ticked before it ends.
    "tutors' links": {"task": TICK, "schedule": crontab(hour=12, minute=0, day_of_week=5), "args": ("attendance.send_portal_links", "day")},
    # A company whose rest is over is asked whether it is ready again; who did not answer in a month is somebody to call.
    "ready again": {"task": TICK, "schedule": crontab(hour=8, minute=30), "args": ("agreements.ask_ready_again", "day")},
    # Who asked to join and came to nothing is forgotten after the months of the rule book (rule 61).
    "old leads": {"task": TICK, "schedule": crontab(hour=2, minute=30), "args": ("hosts.forget_leads", "day")},
    # What a program was answered a month ago is forgotten, and its key with it.
    "answers to programs": {"task": TICK, "schedule": crontab(hour=2, minute=10), "args": ("core.forget_calls", "day")},
    # What the clock had done three months ago is forgotten: some thousands of rows a night where there are many Ambiti.
    "jobs that are over": {"task": TICK, "schedule": crontab(hour=2, minute=12), "args": ("core.forget_jobs", "day")},
    # Months that were confirmed and not yet paid stand in the coordinator's inbox by the morning (rule 34).
    "unpaid months": {"task": TICK, "schedule": crontab(hour=5, minute=45), "args": ("attendance.unpaid", "day")},
    # Where a register of companies is asked, each company about once a month: who is no longer there is somebody to call.
    "companies still there": {"task": TICK, "schedule": crontab(hour=2, minute=15), "args": ("hosts.check_companies", "day")},
    # The statement of accessibility is looked at again every year by 23 September; from 60 days before it stands in the inbox.
    "accessibility statement": {"task": TICK, "schedule": crontab(hour=2, minute=20), "args": ("website.plan_statements", "day")},
    # Open data and the site's figures of a month that is settled are published once, the first night they can be.
    "open data": {"task": TICK, "schedule": crontab(hour=2, minute=45), "args": ("reports.publish_open_data", "day")},
    # From the 6th on, the report of the month before is there by the morning; so are those of quarters, years and funders' own calendars.
    "reports": {"task": TICK, "schedule": crontab(hour=4, minute=0), "args": ("reports.order_due", "day")},
    "reports of the network": {"task": TICK, "schedule": crontab(hour=4, minute=0), "args": ("reports.order_network_due", "day")},
    # Who asked for help is told a week before its proof is due, and every week until it is there (rule 69).
    "proofs of spending": {"task": TICK, "schedule": crontab(hour=7, minute=45), "args": ("solidarity_fund.remind_proofs", "day")},
    # Invitations, the year's checks and renewals of recognitions are told in the morning (rules 83, 84).
    "recognitions by day": {"task": TICK, "schedule": crontab(hour=7, minute=50), "args": ("certification.turn_day", "day")},
    # What an imported file said is kept a month, for the undoing, and then deleted.
    "imported rows": {"task": TICK, "schedule": crontab(hour=2, minute=50), "args": ("exchange.forget_old", "day")},
    # A breach that waits for its decision is told again at 24, 48 and 72 hours, by the clock and not by the day (art. 33).
    "breaches": {"task": TICK, "schedule": crontab(minute=10), "args": ("privacy.chase_breaches", "hour")},
    # In January, once a year, what may be discarded is said to the coordinator; nothing is deleted by itself.
    "papers past their term": {"task": TICK, "schedule": crontab(hour=2, minute=55), "args": ("privacy.tell_due", "day")},
    # In February, once a year, the data protection officer looks at register, terms and agreements.
    "registers to review": {"task": TICK, "schedule": crontab(hour=2, minute=57), "args": ("privacy.ask_review", "day")},
    # Balances are recounted from the entries every night; a difference is an alarm.
    "ledger recount": {"task": TICK, "schedule": crontab(hour=3, minute=0), "args": ("treasury.recount", "day")},
    # The fund's requests and gifts are held against the ledger every night; a difference is an alarm.
    "fund and ledger": {"task": TICK, "schedule": crontab(hour=3, minute=5), "args": ("solidarity_fund.reconcile", "day")},
}
# Not a job: that the clock goes is seen on the page of health.
HEART = {"sign of life": {"task": "impresasolidale.core.tasks.beat", "schedule": 60.0, "options": {"expires": 120}}}
if settings.MAIL_IN_URL:
    # Answers of companies come in by mail, where a box is named.
    BEAT["mail in"] = {"task": TICK, "schedule": crontab(minute="*/10"), "args": ("hosts.fetch_mail", "minute")}
