"""Views for tools of business intelligence: schema `bi`, one Ambito for each role, no names, no codes, no free text (docs/operations/bi.md).

The views belong to the tables' owner, so they see every row; each shows those of the Ambito that `bi.reader` gives to the role that signed in
(`session_user`: nobody changes it with SET ROLE). What points to a person, a company, a tutor is a keyed hash, another one in each Ambito.
Nobody but who has been granted it reaches the schema; and who is nobody's member does not reach `public`, where functions live.
"""

from django.db import migrations

MINE = "IN (SELECT r.ambito_id FROM bi.reader r WHERE r.role_name = session_user)"


def pseudonym(kind: str, ambito: str, column: str) -> str:
    """HMAC-like: the key inside and outside, cut to 16 signs."""
    text = f"convert_to('{kind}:' || {ambito} || ':' || {column}, 'UTF8')"
    return f"CASE WHEN {column} IS NOT NULL THEN left(encode(sha256(s.key || sha256(s.key || {text})), 'hex'), 16) END"


TABLES = """
CREATE SCHEMA bi;
REVOKE ALL ON SCHEMA bi FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE TABLE bi.reader (role_name name PRIMARY KEY, ambito_id bigint NOT NULL REFERENCES territory_ambito (id), granted_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE bi.secret (only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one), key bytea NOT NULL);
INSERT INTO bi.secret (key) SELECT sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'));
"""

VIEWS = {
    "placement": f"""
SELECT a.code AS ambito, {pseudonym("placement", "p.ambito_id", "p.id")} AS placement,
       {pseudonym("person", "p.ambito_id", "p.beneficiary_id")} AS person,
       {pseudonym("company", "p.ambito_id", "p.company_id")} AS company,
       {pseudonym("tutor", "p.ambito_id", "p.company_tutor_id")} AS tutor,
       {pseudonym("placement", "p.ambito_id", "p.parent_id")} AS renews,
       p.kind::text, p.state::text, p.starts_on, p.ends_on, p.ended_on, p.is_additional, p.day_centre_alternative,
       e.cause::text AS early_end_cause, c.name::text AS comune_of_site, p.created_at::date AS created_on
  FROM agreements_placement p CROSS JOIN bi.secret s
  JOIN territory_ambito a ON a.id = p.ambito_id
  JOIN hosts_site t ON t.id = p.site_id JOIN territory_comune c ON c.id = t.comune_id
  LEFT JOIN agreements_earlyend e ON e.placement_id = p.id AND e.done_on IS NOT NULL
 WHERE p.ambito_id {MINE}""",  # noqa: S608
    "month": f"""
SELECT a.code AS ambito, {pseudonym("placement", "t.ambito_id", "t.placement_id")} AS placement, t.month, t.state::text,
       t.planned_minutes, t.done_minutes, t.credited_minutes, t.days_present, t.days_absent,
       (t.closed_at AT TIME ZONE 'Europe/Rome')::date AS closed_on, (t.confirmed_at AT TIME ZONE 'Europe/Rome')::date AS confirmed_on,
       CASE WHEN t.state = 'frozen' THEN m.amount END AS amount
  FROM attendance_timesheet t CROSS JOIN bi.secret s
  JOIN territory_ambito a ON a.id = t.ambito_id
  LEFT JOIN attendance_monthallowance m ON m.timesheet_id = t.id
 WHERE t.ambito_id {MINE}""",  # noqa: S608
    "company": f"""
SELECT a.code AS ambito, {pseudonym("company", "x.ambito_id", "o.id")} AS company, o.kind::text, left(o.ateco, 2) AS ateco_division,
       o.size_class::text, c.name::text AS comune, x.first_start_on,
       (SELECT max(f.valid_to) FROM certification_certificate f WHERE f.company_id = o.id AND f.state = 'granted') AS recognised_until
  FROM (SELECT p.ambito_id, p.company_id, min(p.starts_on) AS first_start_on FROM agreements_placement p
         WHERE p.ambito_id {MINE} GROUP BY 1, 2) x
 CROSS JOIN bi.secret s
  JOIN territory_ambito a ON a.id = x.ambito_id
  JOIN hosts_company o ON o.id = x.company_id JOIN territory_comune c ON c.id = o.comune_id""",  # noqa: S608
    "training": f"""
SELECT a.code AS ambito, {pseudonym("tutor", "x.ambito_id", "n.tutor_id")} AS tutor, k.kind::text AS course_kind, n.minutes,
       n.completed_on, n.certified_on
  FROM (SELECT DISTINCT p.ambito_id, p.company_tutor_id FROM agreements_placement p WHERE p.ambito_id {MINE}) x
 CROSS JOIN bi.secret s
  JOIN territory_ambito a ON a.id = x.ambito_id
  JOIN training_enrolment n ON n.tutor_id = x.company_tutor_id AND n.state = 'attended'
  JOIN training_edition e ON e.id = n.edition_id JOIN training_course k ON k.id = e.course_id""",  # noqa: S608
    "communication": f"""
SELECT a.code AS ambito, {pseudonym("placement", "m.ambito_id", "m.placement_id")} AS placement, m.kind::text, m.sender::text, m.about_on,
       m.due_on, m.sent_on, m.annulled_at IS NOT NULL AS is_annulled
  FROM agreements_communication m CROSS JOIN bi.secret s
  JOIN territory_ambito a ON a.id = m.ambito_id
 WHERE m.ambito_id {MINE}""",  # noqa: S608
}


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0002_guards"),
        ("agreements", "0002_guards"),
        ("attendance", "0002_guards"),
        ("training", "0002_guards"),
        ("certification", "0002_guards"),
        ("hosts", "0002_guards"),
        ("territory", "0002_guards"),
    ]

    operations = [
        migrations.RunSQL(TABLES, "DROP SCHEMA bi CASCADE; GRANT USAGE ON SCHEMA public TO PUBLIC;"),
        *(
            migrations.RunSQL(f"CREATE VIEW bi.{name} WITH (security_barrier) AS {query}", f"DROP VIEW bi.{name}")
            for name, query in VIEWS.items()
        ),
    ]
