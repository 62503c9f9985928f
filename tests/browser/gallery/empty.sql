-- A second network with one Ambito, a company and a user of each of the roles asked for, and nothing that anybody did.
CREATE FUNCTION pg_temp.again(one anyelement, other jsonb) RETURNS anyelement LANGUAGE sql AS
$$ SELECT jsonb_populate_record(one, to_jsonb(one) || CASE WHEN to_jsonb(one) ? 'public_id' THEN jsonb_build_object('public_id', gen_random_uuid())
                                                           ELSE '{}' END || other) $$;
CREATE TEMP TABLE fresh AS
  SELECT (SELECT max(id) + 1000 FROM territory_network) AS network, (SELECT max(id) + 1000 FROM territory_ambito) AS ambito,
         (SELECT max(id) + 1000 FROM hosts_company) AS company, (SELECT max(id) + 1000 FROM accounts_user) AS users;
INSERT INTO territory_network
  SELECT (pg_temp.again(n, jsonb_build_object('id', f.network, 'name', 'Rete Nuova', 'code', 'rete-nuova'))).*
  FROM territory_network n, fresh f ORDER BY n.id LIMIT 1;
INSERT INTO territory_ambito
  SELECT (pg_temp.again(a, jsonb_build_object('id', f.ambito, 'network_id', f.network, 'name', 'Valle Nuova', 'code', 'valle-nuova'))).*
  FROM territory_ambito a, fresh f ORDER BY a.id LIMIT 1;
INSERT INTO territory_rulebookversion
  SELECT (pg_temp.again(v, jsonb_build_object('id', v.id + 1000, 'network_id', f.network))).*
  FROM territory_rulebookversion v, fresh f WHERE v.ambito_id IS NULL;
INSERT INTO hosts_company
  SELECT (pg_temp.again(c, jsonb_build_object('id', f.company, 'network_id', f.network))).* FROM hosts_company c, fresh f ORDER BY c.id LIMIT 1;
INSERT INTO accounts_user
  SELECT (pg_temp.again(u, jsonb_build_object('id', u.id + f.users, 'email', replace(u.email, '@', '.nuova@')))).*
  FROM accounts_user u, fresh f WHERE u.email = ANY (%s);
INSERT INTO accounts_membership
  SELECT (pg_temp.again(m, jsonb_build_object(
    'id', m.id + f.users, 'user_id', m.user_id + f.users, 'network_id', f.network, 'comune_id', NULL,
    'ambito_id', CASE WHEN m.ambito_id IS NOT NULL THEN f.ambito END, 'company_id', CASE WHEN m.company_id IS NOT NULL THEN f.company END))).*
  FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id, fresh f WHERE u.email = ANY (%s);
