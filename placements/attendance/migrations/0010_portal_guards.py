"""Owners and trails of links, cards, posters and words; the two doors that are read before any scope exists."""

from django.db import migrations

from impresasolidale.core import sql

NETWORK = ("network_id",)
OFFICE_ONLY = {"document": "id"}
PLACEMENT = {"placement": "placement_id"}
PLACED = {"placement_id": "agreements_placement"}

# By the hash of a secret: ids alone, of one link and of the people its Ambito entrusted to its tutor, where the tutor still works.
# A link that lives gives one row a person, and one without a person when nobody is entrusted; any other says why it is gone.
PORTAL_DOOR = """
CREATE FUNCTION attendance_portal_door(secret text, now_at timestamptz, today date)
RETURNS TABLE (link_id bigint, gone text, tutor_id bigint, user_id bigint, ambito_id bigint, network_id bigint,
               placement_id bigint, beneficiary_id bigint, company_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH held AS (
    SELECT l.*, CASE WHEN l.is_replaced THEN 'replaced' WHEN l.ended_at IS NOT NULL THEN 'ended'
                     WHEN l.expires_at <= now_at THEN 'expired' ELSE '' END AS gone
    FROM attendance_portallink l WHERE l.token_hash = secret)
  SELECT h.id, h.gone, h.tutor_id, t.user_id, h.ambito_id, a.network_id, e.placement_id, e.beneficiary_id, e.company_id
  FROM held h JOIN territory_ambito a ON a.id = h.ambito_id JOIN hosts_companytutor t ON t.id = h.tutor_id
  LEFT JOIN LATERAL (
    SELECT e.placement_id, e.beneficiary_id, e.company_id
    FROM entrusted e JOIN agreements_placement p ON p.id = e.placement_id
    WHERE h.gone = '' AND p.company_tutor_id = h.tutor_id AND e.ambito_id = h.ambito_id
      AND EXISTS (SELECT 1 FROM hosts_engagement g WHERE g.tutor_id = h.tutor_id AND g.company_id = e.company_id
                  AND g.valid_from <= today AND (g.valid_to IS NULL OR g.valid_to >= today))) e ON true
$$;
"""

# By the code of a poster, and the keyed hash of a drawing and four digits: one row when the poster hangs, with the ids of the one
# placement when the card is of somebody who is there now.
POSTER_DOOR = """
CREATE FUNCTION attendance_poster_door(poster text, secret text, today date)
RETURNS TABLE (network_id bigint, ambito_id bigint, placement_id bigint, beneficiary_id bigint, company_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.network_id, c.ambito_id, c.placement_id, c.beneficiary_id, c.company_id
  FROM attendance_siteposter s
  LEFT JOIN LATERAL (
    SELECT p.ambito_id, p.id AS placement_id, p.beneficiary_id, p.company_id
    FROM attendance_checkincard k JOIN agreements_placement p ON p.id = k.placement_id
    WHERE k.secret_hash = secret AND k.ended_at IS NULL AND p.site_id = s.site_id AND p.state IN ('active', 'suspended')
      AND today BETWEEN p.starts_on AND coalesce(p.ended_on, p.ends_on)) c ON true
  WHERE s.code = poster AND s.ended_at IS NULL
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("attendance", "0009_portal"), ("agreements", "0003_guards"), ("hosts", "0002_guards")]

    operations = [
        *sql.protect("attendance_portallink", only=OFFICE_ONLY),
        *sql.protect("attendance_checkincard", only=OFFICE_ONLY, pins=PLACED),
        *sql.protect("attendance_siteposter", owner=NETWORK, only=OFFICE_ONLY, pins={"site_id": "hosts_site"}),
        *sql.protect(
            "attendance_checkin", only=PLACEMENT, pins={**PLACED, "link_id": "attendance_portallink"}
        ),
        # The policies they had, and the pin of the new column.
        *sql.protect("attendance_attendanceevent", only=PLACEMENT, pins={"link_id": "attendance_portallink"}),
        *sql.protect("attendance_timesheet", only=PLACEMENT, pins={"closed_link_id": "attendance_portallink"}),
        *sql.append_only("attendance_checkin"),
        *sql.history("attendance_portallink", hidden=["token_hash", "address"]),
        *sql.history("attendance_checkincard", hidden=["number", "secret_hash"]),
        *sql.history("attendance_siteposter"),
        migrations.RunSQL(PORTAL_DOOR, "DROP FUNCTION attendance_portal_door(text, timestamptz, date)"),
        migrations.RunSQL(POSTER_DOOR, "DROP FUNCTION attendance_poster_door(text, text, date)"),
    ]
