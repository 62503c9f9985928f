-- What must hold after every test that seeds, loads, breaks or races (docs: reliability, rules of evidence).
-- One statement; run it as the tables' owner. Every row it returns is a violation: (invariant, detail).

WITH
-- The value of a day is its last event; a withdrawn one says nothing.
said AS (
  SELECT DISTINCT ON (placement_id, day) placement_id, day, outcome, minutes
  FROM attendance_attendanceevent ORDER BY placement_id, day, id DESC
),
recount AS (
  SELECT t.id,
         coalesce((SELECT sum(s.minutes) FROM attendance_plannedsession s
                   WHERE s.placement_id = t.placement_id AND s.day >= t.month AND s.day < t.month + interval '1 month'), 0) AS planned,
         coalesce(sum(e.minutes) FILTER (WHERE e.outcome = 'present'), 0) AS done,
         count(*) FILTER (WHERE e.outcome = 'present' AND e.minutes >= 1) AS present,
         count(*) FILTER (WHERE e.outcome IN ('sick', 'appointment', 'justified', 'unjustified')) AS absent
  FROM attendance_timesheet t
  LEFT JOIN said e ON e.placement_id = t.placement_id AND e.day >= t.month AND e.day < t.month + interval '1 month'
  GROUP BY t.id
),
numbers AS (
  SELECT coalesce('ambito:' || ambito_id, 'network:' || network_id) AS owner, kind, split_part(number, '/', 1)::int AS year,
         count(*) AS issued, count(DISTINCT number) AS different, max(split_part(number, '/', 2)::int) AS highest
  FROM core_document GROUP BY 1, 2, 3
),
changes AS (
  SELECT DISTINCT ON (subject_type, subject_id) subject_type, subject_id, to_state
  FROM core_fact WHERE to_state <> '' ORDER BY subject_type, subject_id, at DESC, id DESC
),
states AS (
  SELECT 'agreements.placement' AS subject_type, id, state, CASE WHEN entered_on IS NULL THEN 'draft' ELSE 'active' END AS first FROM agreements_placement
  UNION ALL SELECT 'agreements.frameworkagreement', id, state, 'draft' FROM agreements_frameworkagreement
  UNION ALL SELECT 'attendance.timesheet', id, state, 'open' FROM attendance_timesheet
  UNION ALL SELECT 'solidarity_fund.benefitrequest', id, state, 'submitted' FROM solidarity_fund_benefitrequest
  UNION ALL SELECT 'solidarity_fund.pledge', id, state, 'open' FROM solidarity_fund_pledge
  UNION ALL SELECT 'solidarity_fund.statementfile', id, state, 'waiting' FROM solidarity_fund_statementfile
  UNION ALL SELECT 'solidarity_fund.bankline', id, state, 'waiting' FROM solidarity_fund_bankline
  UNION ALL SELECT 'certification.certificate', id, state, 'granted' FROM certification_certificate
  UNION ALL SELECT 'certification.application', id, state, 'draft' FROM certification_application
),
posted AS (
  SELECT e.source_type, e.source_id, a.kind, sum(l.amount) AS amount
  FROM treasury_entry e JOIN treasury_leg l ON l.entry_id = e.id JOIN treasury_account a ON a.id = l.account_id GROUP BY 1, 2, 3
)

-- Money
SELECT 'the legs of an entry sum to zero' AS invariant, 'entry ' || e.id AS detail
FROM treasury_entry e LEFT JOIN treasury_leg l ON l.entry_id = e.id GROUP BY e.id HAVING coalesce(sum(l.amount), 1) <> 0 OR count(l.id) < 2

UNION ALL SELECT 'a balance is the sum of its legs', 'account ' || a.id
FROM treasury_account a LEFT JOIN treasury_leg l ON l.account_id = a.id GROUP BY a.id HAVING a.balance <> coalesce(sum(l.amount), 0)

UNION ALL SELECT 'no pot and no bank account is below zero', 'account ' || id
FROM treasury_account WHERE (kind = 'bank' AND balance < 0) OR (kind <> 'bank' AND balance > 0)

UNION ALL SELECT 'the bank holds what the pots hold', 'network ' || network_id
FROM treasury_account GROUP BY network_id HAVING sum(balance) <> 0

UNION ALL SELECT 'a contribution is in the ledger once', 'contribution ' || c.id
FROM solidarity_fund_contribution c
LEFT JOIN posted p ON p.source_type = 'solidarity_fund.contribution' AND p.source_id = c.id AND p.kind = 'bank'
WHERE p.amount IS DISTINCT FROM CASE WHEN EXISTS (
  SELECT 1 FROM treasury_entry e WHERE e.source_type = 'solidarity_fund.contribution' AND e.source_id = c.id AND e.reverses_id IS NOT NULL
) THEN 0 ELSE c.amount END

UNION ALL SELECT 'a matched bank line is one movement of its amount', 'line ' || b.id
FROM solidarity_fund_bankline b WHERE b.state = 'matched' AND b.amount IS DISTINCT FROM (
  SELECT sum(l.amount) FROM treasury_leg l JOIN treasury_account a ON a.id = l.account_id WHERE l.entry_id = b.entry_id AND a.kind = 'bank')

UNION ALL SELECT 'a promise is kept as far as its contributions go', 'pledge ' || p.id
FROM solidarity_fund_pledge p CROSS JOIN LATERAL (
  SELECT coalesce(sum(c.amount), 0) AS given FROM solidarity_fund_contribution c WHERE c.pledge_id = p.id AND NOT EXISTS (
    SELECT 1 FROM treasury_entry e WHERE e.source_type = 'solidarity_fund.contribution' AND e.source_id = c.id AND e.reverses_id IS NOT NULL)
) g WHERE p.state <> 'withdrawn' AND p.state <> CASE WHEN g.given = 0 THEN 'open' WHEN g.given < p.amount THEN 'partly' ELSE 'kept' END

UNION ALL SELECT 'a request moves money as its state says', 'request ' || r.id
FROM solidarity_fund_benefitrequest r
LEFT JOIN posted f ON f.source_type = 'solidarity_fund.benefitrequest' AND f.source_id = r.id AND f.kind = 'free'
LEFT JOIN posted c ON c.source_type = 'solidarity_fund.benefitrequest' AND c.source_id = r.id AND c.kind = 'committed'
LEFT JOIN posted b ON b.source_type = 'solidarity_fund.benefitrequest' AND b.source_id = r.id AND b.kind = 'bank'
LEFT JOIN LATERAL (SELECT coalesce(sum(m.amount), 0) AS back FROM solidarity_fund_moneyback m WHERE m.request_id = r.id) m ON true
WHERE coalesce(f.amount, 0) <> CASE r.state WHEN 'granted' THEN r.amount WHEN 'paid' THEN r.amount - m.back ELSE 0 END
   OR coalesce(c.amount, 0) <> CASE WHEN r.state = 'granted' THEN -r.amount ELSE 0 END
   OR coalesce(b.amount, 0) <> CASE WHEN r.state = 'paid' THEN m.back - r.amount ELSE 0 END

-- Attendance
UNION ALL SELECT 'a month is the recount of its events', 'timesheet ' || t.id
FROM attendance_timesheet t JOIN recount r USING (id)
WHERE (t.planned_minutes, t.done_minutes, t.credited_minutes, t.days_present, t.days_absent)
      IS DISTINCT FROM (r.planned, r.done, least(r.planned, r.done), r.present, r.absent)

UNION ALL SELECT 'every event stands in a month', 'event ' || e.id
FROM attendance_attendanceevent e
LEFT JOIN attendance_timesheet t ON t.placement_id = e.placement_id AND t.month = date_trunc('month', e.day)::date WHERE t.id IS NULL

UNION ALL SELECT 'every event is inside its placement', 'event ' || e.id
FROM attendance_attendanceevent e JOIN agreements_placement p ON p.id = e.placement_id
WHERE e.day NOT BETWEEN p.starts_on AND coalesce(p.ended_on, p.ends_on)

UNION ALL SELECT 'nothing is said after a month was closed', 'event ' || e.id
FROM attendance_attendanceevent e JOIN attendance_timesheet t ON t.placement_id = e.placement_id AND t.month = date_trunc('month', e.day)::date
WHERE t.state <> 'open' AND e.recorded_at > t.closed_at

-- Placements
UNION ALL SELECT 'no placement is active on a red light', 'placement ' || p.id
FROM agreements_placement p
WHERE p.state = 'active' AND (
  NOT EXISTS (SELECT 1 FROM agreements_readinessitem i WHERE i.placement_id = p.id)
  OR EXISTS (SELECT 1 FROM agreements_readinessitem i
             WHERE i.placement_id = p.id AND i.severity = 'block' AND i.satisfied_at IS NULL AND i.waived_by_id IS NULL))

UNION ALL SELECT 'every validated or running placement has both covers on its first day', 'placement ' || p.id
FROM agreements_placement p WHERE p.state IN ('active', 'suspended') AND 2 > (
  SELECT count(DISTINCT c.kind) FROM agreements_cover c WHERE c.ambito_id = p.ambito_id AND p.starts_on BETWEEN c.valid_from AND c.valid_to)

UNION ALL SELECT 'a signature is bound to the paper as it is, one that was kept to the paper it was given on', 'signature ' || s.id
FROM agreements_signature s LEFT JOIN agreements_signature given ON given.id = s.kept_from_id
JOIN core_document d ON d.id = coalesce(given.document_id, s.document_id) WHERE s.context_hash <> d.context_hash

UNION ALL SELECT 'a signed agreement has two signatures', 'agreement ' || a.id
FROM agreements_frameworkagreement a
WHERE a.state = 'signed' AND 2 > (SELECT count(*) FROM agreements_signature s WHERE s.document_id = a.document_id)

UNION ALL SELECT 'nobody decides alone', 'placement ' || id FROM agreements_placement WHERE validated_by_id = prepared_by_id
UNION ALL SELECT 'nobody decides alone', 'timesheet ' || id FROM attendance_timesheet WHERE confirmed_by_id = closed_by_id
UNION ALL SELECT 'nobody decides alone', 'request ' || r.id FROM solidarity_fund_benefitrequest r
WHERE r.decided_by_id = r.created_by_id AND NOT EXISTS (
  SELECT 1 FROM core_fact f WHERE f.subject_type = 'solidarity_fund.benefitrequest' AND f.subject_id = r.id AND f.code LIKE '%.outside_act')

-- Papers
UNION ALL SELECT 'numbers have no gaps and no repeats', n.owner || ' ' || n.kind || ' ' || n.year
FROM numbers n LEFT JOIN core_numberseries s ON s.owner = n.owner AND s.kind = n.kind AND s.year = n.year
WHERE n.issued <> n.different OR n.issued <> n.highest OR n.highest IS DISTINCT FROM s.last

UNION ALL SELECT 'a frozen month has its snapshot, and no other has one', 'timesheet ' || t.id
FROM attendance_timesheet t LEFT JOIN attendance_sheetsnapshot s ON s.timesheet_id = t.id
WHERE (t.state = 'frozen') <> (s.id IS NOT NULL AND t.snapshot_hash <> '')

UNION ALL SELECT 'nobody is expected where the company is closed', 'placement ' || x.placement_id || ' ' || x.day
FROM attendance_plannedsession x
JOIN agreements_placement p ON p.id = x.placement_id
JOIN hosts_closure c ON c.company_id = p.company_id AND (c.site_id IS NULL OR c.site_id = p.site_id) AND x.day BETWEEN c.starts_on AND c.ends_on
JOIN attendance_timesheet t ON t.placement_id = x.placement_id AND t.month = date_trunc('month', x.day)::date AND t.state = 'open'

UNION ALL SELECT 'every paper can be verified', 'document ' || d.id
FROM core_document d LEFT JOIN core_verification v ON v.document_id = d.id AND v.ambito_id IS NOT DISTINCT FROM d.ambito_id WHERE v.code IS NULL

UNION ALL SELECT 'a paper has its file, or somebody is making it', 'document ' || d.id
FROM core_document d
WHERE (d.state = 'ready' AND (d.file_hash = '' OR d.size = 0 OR d.file_name = ''))
   OR (d.state = 'pending' AND NOT EXISTS (SELECT 1 FROM core_job j WHERE j.name = 'core.render_document'
       AND j.arguments ->> 'document_id' = d.id::text AND j.state IN ('queued', 'running')))

UNION ALL SELECT 'a paper is made once', 'document ' || (j.arguments ->> 'document_id')
FROM core_job j WHERE j.name = 'core.render_document' AND j.state = 'done' GROUP BY j.arguments ->> 'document_id' HAVING count(*) > 1

UNION ALL SELECT 'a valid certificate has its paper', 'certificate ' || c.id
FROM certification_certificate c WHERE c.application_id IS NOT NULL AND c.document_id IS NULL

-- Work and trail
UNION ALL SELECT 'no job is both over and waiting', 'job ' || id
FROM core_job WHERE (state IN ('done', 'failed', 'cancelled')) <> (finished_at IS NOT NULL)

UNION ALL SELECT 'the last audited change is the state', s.subject_type || ' ' || s.id
FROM states s LEFT JOIN changes c ON c.subject_type = s.subject_type AND c.subject_id = s.id WHERE coalesce(c.to_state, s.first) <> s.state

UNION ALL SELECT 'a person has one referent at a time', 'beneficiary ' || beneficiary_id
FROM beneficiaries_caremember WHERE role = 'referent' AND valid_to IS NULL GROUP BY beneficiary_id HAVING count(*) > 1

-- Walls: every table with an owner has row-level security, but for those that are read before a scope exists.
UNION ALL SELECT 'every owned table has row-level security', c.relname
FROM pg_class c
WHERE c.relkind = 'r' AND NOT c.relrowsecurity AND c.relnamespace = 'public'::regnamespace
  AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attname IN ('ambito_id', 'network_id'))
  AND c.relname NOT LIKE 'territory\_%'
  AND c.relname NOT IN ('accounts_membership', 'accounts_apitoken', 'accounts_supportvisit', 'core_job', 'core_verification')
ORDER BY 1, 2;
