"""The four statements behind the library of indicators (indicators.py says what each figure means)."""

# Each statement gives rows (Ambito or NULL for all together, code, value). A company, a tutor or a comune is counted once in each line.

PLACEMENTS = """
WITH p AS MATERIALIZED (
  SELECT p.id, p.ambito_id, p.beneficiary_id, p.company_id, p.company_tutor_id, p.site_id, p.starts_on, p.is_additional,
         p.starts_on >= %(first)s AS is_started, coalesce(p.ended_on <= %(last)s, false) AS is_ended,
         p.state = %(early)s OR EXISTS (SELECT FROM agreements_earlyend e WHERE e.placement_id = p.id AND e.done_on IS NOT NULL) AS is_early
    FROM agreements_placement p
   WHERE p.ambito_id = ANY (%(ambiti)s) AND p.state = ANY (%(hosted)s)
     AND p.starts_on <= %(day)s AND (p.ended_on IS NULL OR p.ended_on >= %(first)s)
), placed AS (
  SELECT ambito_id, count(*) AS ran, count(*) FILTER (WHERE is_started) AS started, count(*) FILTER (WHERE NOT is_started) AS carried,
         count(*) FILTER (WHERE NOT is_ended) AS running,
         count(*) FILTER (WHERE is_started AND is_additional) AS additional,
         count(*) FILTER (WHERE is_started AND NOT is_additional) AS expected,
         count(*) FILTER (WHERE is_ended) AS ended, count(*) FILTER (WHERE is_ended AND is_early) AS ended_early,
         count(*) FILTER (WHERE is_ended AND NOT is_early) AS completed
    FROM p GROUP BY GROUPING SETS ((ambito_id), ())
), person AS (
  SELECT ambito_id, beneficiary_id,
         EXISTS (SELECT FROM agreements_placement e WHERE e.beneficiary_id = p.beneficiary_id AND e.state = ANY (%(hosted)s)
                    AND e.starts_on < %(first)s) AS is_known
    FROM p GROUP BY 1, 2
), people AS (
  SELECT ambito_id, count(*) AS people, count(*) FILTER (WHERE is_known) AS known_people, count(*) FILTER (WHERE NOT is_known) AS new_people
    FROM person GROUP BY GROUPING SETS ((ambito_id), ())
), host AS (
  SELECT ambito_id, company_id, bool_or(is_started) AS is_started FROM p GROUP BY GROUPING SETS ((ambito_id, company_id), (company_id))
), host_before AS (
  SELECT h.*, EXISTS (SELECT FROM agreements_placement e WHERE e.company_id = h.company_id AND e.state = ANY (%(hosted)s)
                         AND e.ambito_id = ANY (%(ambiti)s) AND (h.ambito_id IS NULL OR e.ambito_id = h.ambito_id)
                         AND e.starts_on < %(first)s) AS is_known
    FROM host h
), hosts AS (
  SELECT ambito_id, count(*) AS hosts, count(*) FILTER (WHERE is_started AND NOT is_known) AS new_hosts,
         count(*) FILTER (WHERE is_started AND is_known) AS returning_hosts, count(*) FILTER (WHERE NOT is_started) AS same_hosts
    FROM host_before GROUP BY ambito_id
), comuni AS (
  SELECT p.ambito_id, count(DISTINCT s.comune_id) AS comuni
    FROM p JOIN hosts_site s ON s.id = p.site_id JOIN territory_comune c ON c.id = s.comune_id AND c.ambito_id IS NOT NULL
   GROUP BY GROUPING SETS ((p.ambito_id), ())
), tutor AS (
  SELECT ambito_id, company_tutor_id FROM p WHERE company_tutor_id IS NOT NULL
   GROUP BY GROUPING SETS ((ambito_id, company_tutor_id), (company_tutor_id))
), trained AS (
  SELECT t.*,
         EXISTS (SELECT FROM training_enrolment n JOIN training_edition e ON e.id = n.edition_id
                   JOIN training_course c ON c.id = e.course_id AND c.kind = 'initial'
                  WHERE n.tutor_id = t.company_tutor_id AND n.state = 'attended' AND n.certified_on IS NOT NULL
                    AND n.completed_on <= %(day)s)
         OR EXISTS (SELECT FROM training_recognition r WHERE r.tutor_id = t.company_tutor_id AND r.kind = 'initial'
                       AND r.withdrawn_at IS NULL AND r.completed_on <= %(day)s) AS is_trained
    FROM tutor t
), tutors AS (
  SELECT ambito_id, count(*) AS tutors, count(*) FILTER (WHERE is_trained) AS trained_tutors,
         count(*) FILTER (WHERE NOT is_trained) AS untrained_tutors
    FROM trained GROUP BY ambito_id
)
SELECT ambito_id, v.* FROM placed, LATERAL (VALUES ('ran', ran), ('started', started), ('carried', carried),
  ('running', running), ('additional', additional),
  ('expected', expected), ('ended', ended), ('ended_early', ended_early), ('completed', completed)) v
UNION ALL SELECT ambito_id, v.* FROM people,
  LATERAL (VALUES ('people', people), ('known_people', known_people), ('new_people', new_people)) v
UNION ALL SELECT ambito_id, v.* FROM hosts, LATERAL (VALUES ('hosts', hosts), ('new_hosts', new_hosts),
  ('returning_hosts', returning_hosts), ('same_hosts', same_hosts)) v
UNION ALL SELECT ambito_id, 'comuni', comuni FROM comuni
UNION ALL SELECT ambito_id, v.* FROM tutors, LATERAL (VALUES ('tutors', tutors), ('trained_tutors', trained_tutors),
  ('untrained_tutors', untrained_tutors)) v
"""

SHEETS = """
WITH s AS (
  SELECT t.ambito_id, p.beneficiary_id, t.planned_minutes, t.done_minutes, t.days_present, t.closed_at IS NOT NULL AS is_closed,
         (t.closed_at AT TIME ZONE 'Europe/Rome')::date AS closed_on,
         (t.month + interval '1 month')::date + coalesce((b.values ->> 'sheet_day_of_next_month')::int, 5) - 1 AS due_on,
         CASE WHEN t.state = %(frozen)s THEN a.amount END AS paid
    FROM attendance_timesheet t
    JOIN agreements_placement p ON p.id = t.placement_id
    JOIN territory_rulebookversion b ON b.id = p.rulebook_id
    LEFT JOIN attendance_monthallowance a ON a.timesheet_id = t.id
   WHERE t.ambito_id = ANY (%(ambiti)s) AND t.month BETWEEN %(first)s AND %(last)s
), sheets AS (
  SELECT ambito_id, sum(planned_minutes) AS planned, sum(done_minutes) AS done, sum(days_present) AS days,
         count(DISTINCT beneficiary_id) AS sheet_people,
         count(*) FILTER (WHERE planned_minutes > 0 AND (is_closed OR due_on < %(today)s)) AS months_due,
         count(*) FILTER (WHERE planned_minutes > 0 AND closed_on <= due_on) AS in_time,
         count(*) FILTER (WHERE planned_minutes > 0 AND (closed_on > due_on OR NOT is_closed AND due_on < %(today)s)) AS late,
         coalesce(sum(paid), 0) AS paid, count(DISTINCT beneficiary_id) FILTER (WHERE paid > 0) AS paid_people
    FROM s GROUP BY GROUPING SETS ((ambito_id), ())
), told AS (
  SELECT ambito_id, count(*) AS due, count(*) FILTER (WHERE sent_on <= due_on) AS in_time,
         count(*) FILTER (WHERE sent_on IS NULL OR sent_on > due_on) AS late
    FROM agreements_communication
   WHERE ambito_id = ANY (%(ambiti)s) AND due_on BETWEEN %(first)s AND least(%(last)s, %(today)s - 1)
     AND annulled_at IS NULL AND exempt_motive = ''
   GROUP BY GROUPING SETS ((ambito_id), ())
)
SELECT ambito_id, v.* FROM sheets, LATERAL (VALUES ('planned', planned::numeric), ('done', done), ('days', days),
  ('sheet_people', sheet_people), ('months_due', months_due), ('in_time', in_time), ('late', late), ('paid', paid),
  ('paid_people', paid_people)) v
UNION ALL SELECT ambito_id, v.* FROM told, LATERAL (VALUES ('communications_due', due), ('communications_in_time', in_time),
  ('communications_late', late)) v
"""

# Visits whose day is over, visits held, evaluations whose day is over. What was put off counts from its new day; what is no longer to be
# done does not count.
COURSE = """
WITH due AS (
  SELECT ambito_id, count(*) AS due, count(*) FILTER (WHERE state = 'done' AND held_on <= due_on) AS in_time,
         count(*) FILTER (WHERE state <> 'done' OR held_on > due_on) AS late
    FROM monitoring_visit
   WHERE ambito_id = ANY (%(ambiti)s) AND state IN ('planned', 'done') AND kind = ANY (%(visits)s)
     AND due_on BETWEEN %(first)s AND least(%(last)s, %(today)s - 1)
   GROUP BY GROUPING SETS ((ambito_id), ())
), held AS (
  SELECT v.ambito_id, count(*) AS visits, count(DISTINCT p.beneficiary_id) AS visited_people
    FROM monitoring_visit v JOIN agreements_placement p ON p.id = v.placement_id
   WHERE v.ambito_id = ANY (%(ambiti)s) AND v.state = 'done' AND v.kind = ANY (%(visits)s) AND v.held_on BETWEEN %(first)s AND %(last)s
   GROUP BY GROUPING SETS ((v.ambito_id), ())
), asked AS (
  SELECT ambito_id, count(*) AS due, count(*) FILTER (WHERE state = 'given') AS given, count(*) FILTER (WHERE state = 'asked') AS missing
    FROM monitoring_evaluation
   WHERE ambito_id = ANY (%(ambiti)s) AND state IN ('asked', 'given') AND due_on BETWEEN %(first)s AND least(%(last)s, %(today)s - 1)
   GROUP BY GROUPING SETS ((ambito_id), ())
)
SELECT ambito_id, v.* FROM due, LATERAL (VALUES ('visits_due', due), ('visits_in_time', in_time), ('visits_late', late)) v
UNION ALL SELECT ambito_id, v.* FROM held, LATERAL (VALUES ('visits', visits), ('visited_people', visited_people)) v
UNION ALL SELECT ambito_id, v.* FROM asked,
  LATERAL (VALUES ('evaluations_due', due), ('evaluations_given', given), ('evaluations_missing', missing)) v
"""

# Owned by the network: of an Ambito by the comune of the company. A company outside the project counts in the whole alone.
NETWORK = """
WITH done AS (
  SELECT DISTINCT c.ambito_id, n.tutor_id, n.id, k.kind
    FROM training_enrolment n
    JOIN training_edition e ON e.id = n.edition_id
    JOIN training_course k ON k.id = e.course_id
    LEFT JOIN hosts_engagement g ON g.tutor_id = n.tutor_id AND g.valid_from <= n.certified_on
          AND (g.valid_to IS NULL OR g.valid_to >= n.certified_on)
    LEFT JOIN hosts_company o ON o.id = g.company_id
    LEFT JOIN territory_comune c ON c.id = o.comune_id
   WHERE n.network_id = %(network)s AND n.state = 'attended' AND n.certified_on BETWEEN %(first)s AND %(last)s
), certified AS (
  SELECT CASE WHEN grouping(ambito_id) = 0 THEN coalesce(ambito_id, 0) END AS ambito_id,
         count(DISTINCT tutor_id) FILTER (WHERE kind = 'initial') AS certified, count(DISTINCT id) AS certificates
    FROM done GROUP BY GROUPING SETS ((ambito_id), ())
), held AS (
  SELECT count(*) AS courses FROM (
    SELECT edition_id FROM training_session WHERE network_id = %(network)s GROUP BY 1
    HAVING max("on") BETWEEN %(first)s AND %(day)s) x
), recognised AS (
  SELECT CASE WHEN grouping(c.ambito_id) = 0 THEN coalesce(c.ambito_id, 0) END AS ambito_id,
         count(DISTINCT r.company_id) FILTER (WHERE r.state = 'granted' AND %(day)s BETWEEN r.valid_from AND r.valid_to) AS recognised,
         count(*) FILTER (WHERE (r.decided_at AT TIME ZONE 'Europe/Rome')::date BETWEEN %(first)s AND %(last)s) AS recognitions
    FROM certification_certificate r JOIN hosts_company o ON o.id = r.company_id JOIN territory_comune c ON c.id = o.comune_id
   WHERE r.network_id = %(network)s AND r.application_id IS NOT NULL
   GROUP BY GROUPING SETS ((c.ambito_id), ())
)
SELECT ambito_id, v.* FROM certified, LATERAL (VALUES ('certified', certified), ('certificates', certificates)) v
UNION ALL SELECT NULL, 'courses', courses FROM held
UNION ALL SELECT ambito_id, v.* FROM recognised, LATERAL (VALUES ('recognised', recognised), ('recognitions', recognitions)) v
"""
