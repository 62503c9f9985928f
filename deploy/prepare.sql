-- Once, as the server's administrator, in the new and empty database: the two roles and the three extensions.
-- Write the passwords before you run it; the same stand in the addresses of the environment.
CREATE ROLE impresa_owner LOGIN PASSWORD 'change-me-owner' NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
CREATE ROLE impresa LOGIN PASSWORD 'change-me' NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
ALTER DATABASE impresasolidale OWNER TO impresa_owner;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS btree_gin;
