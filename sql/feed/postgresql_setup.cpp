// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "model/entity.hpp"
#include "sql/feed/setup.hpp"

namespace restapi::sql::feed {
namespace {

// What writers pay for is in the trigger functions. They are made from the columns that there are: one that names a
// column which is gone would make AiiDA's own statement fail.
constexpr std::string_view setup =
    R"SQL(-- restapi: writes down the changes of an AiiDA database, for its live feed. PostgreSQL 13 or later.
--
--   restapi --print-feed-setup postgresql | psql -v ON_ERROR_STOP=1 DATABASE
--
-- Run it as the owner of AiiDA's tables; a superuser is not needed. It is one transaction, and may be run again: what
-- is there stays, unless a trigger was missing or disabled, or the database was restored from a dump. Run it again after
-- a role has been granted SELECT on AiiDA's tables. This removes everything:
--
--   restapi --print-feed-removal postgresql | psql -v ON_ERROR_STOP=1 DATABASE
--
-- Everything is in the schema restapi_feed, except four triggers on each of AiiDA's tables. Each statement that changes
-- rows there adds a row to restapi_feed.change for every 1000 of them. Rows are removed 24 hours after their commit:
--
--   UPDATE restapi_feed.feed SET retention = '48 hours'

BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL lock_timeout = '10s';

-- No operator before the search path is set: another role may have made one that fits better than PostgreSQL's.
DO $do$ BEGIN
  PERFORM pg_catalog.set_config('restapi_feed.nodes',
    CAST(CAST(pg_catalog.to_regclass('db_dbnode') AS pg_catalog.oid) AS pg_catalog.text), true);
END $do$;
SET LOCAL search_path = pg_catalog, pg_temp;

CREATE SCHEMA IF NOT EXISTS restapi_feed;

DO $do$
DECLARE
  on_path oid := nullif(current_setting('restapi_feed.nodes'), '')::oid;
  home name[];
  owner name;
  other name;
BEGIN
  -- The schema with AiiDA's tables: the first on the search path, else the only one.
  SELECT array_agg(n.nspname ORDER BY n.nspname), min(pg_get_userbyid(c.relowner)) INTO home, owner
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relname = 'db_dbnode' AND c.relkind IN ('r', 'p') AND (c.oid = on_path OR on_path IS NULL);
  IF cardinality(home) > 1 THEN
    RAISE EXCEPTION 'AiiDA''s tables are in several schemas: %', home USING HINT = 'SET search_path first';
  ELSIF home IS NULL THEN
    RAISE EXCEPTION 'there is no table db_dbnode' USING HINT = 'Is this the database of an AiiDA profile?';
  END IF;
  PERFORM set_config('restapi_feed.home', home[1], true);

  -- What is in the schema runs with the rights of AiiDA's owner.
  SELECT r.rolname INTO other FROM pg_roles AS r JOIN (
      SELECT nspowner AS made_by FROM pg_namespace WHERE nspname = 'restapi_feed'
      UNION ALL SELECT relowner FROM pg_class WHERE relnamespace = 'restapi_feed'::regnamespace
      UNION ALL SELECT proowner FROM pg_proc WHERE pronamespace = 'restapi_feed'::regnamespace) AS m ON m.made_by = r.oid
    WHERE r.rolname <> owner AND NOT r.rolsuper LIMIT 1;
  IF other IS NOT NULL THEN
    RAISE EXCEPTION 'the schema restapi_feed, or something in it, belongs to the role %', other
      USING HINT = format('Run this as %I, the owner of AiiDA''s tables; if another role has made the schema, DROP SCHEMA restapi_feed CASCADE first', owner);
  END IF;
END $do$;

CREATE TABLE IF NOT EXISTS restapi_feed.change (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  entity "char" NOT NULL,             -- «LETTERS»
  action "char" NOT NULL,             -- i inserted, u updated, d deleted, t all of the table: TRUNCATE
  fields smallint NOT NULL DEFAULT 0, -- of updated nodes: 1 attributes, 2 extras have changed
  ids int[],                          -- 1 to 1000; null: t
  first_ids int[],                    -- of deleted rows: what they belonged to,
  second_ids int[],                   -- and their other end
  uuids uuid[],                       -- of deleted rows
  origin text DEFAULT nullif(left(current_setting('restapi.web_socket_id', true), 100), '')
);
CREATE INDEX IF NOT EXISTS change_xid ON restapi_feed.change (xid);

CREATE TABLE IF NOT EXISTS restapi_feed.feed (
  epoch uuid NOT NULL,                -- another one: what was told before is not continued
  system_identifier bigint NOT NULL,  -- of the cluster whose transaction ids these are
  retention interval NOT NULL,        -- how long a row stays after its commit, at least
  floor xid8 NOT NULL,                -- rows of older transactions may be gone
  version int NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS feed_is_one ON restapi_feed.feed ((true));

-- All transactions older than `settled` had ended at that time.
CREATE TABLE IF NOT EXISTS restapi_feed.mark (at timestamptz NOT NULL, settled xid8 NOT NULL);

-- Called by every 256th statement of a writer. It waits for nobody. In other isolation levels than read committed it
-- could make that transaction fail, because others may be trimming at the same time.
CREATE OR REPLACE FUNCTION restapi_feed.trim() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $trim$
DECLARE
  one restapi_feed.feed;
  bound xid8;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RETURN;
  END IF;
  SELECT * INTO one FROM restapi_feed.feed FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF NOT EXISTS (SELECT FROM restapi_feed.mark WHERE at > clock_timestamp() - one.retention / 24) THEN
    INSERT INTO restapi_feed.mark VALUES (clock_timestamp(), pg_snapshot_xmin(pg_current_snapshot()));
  END IF;
  SELECT settled INTO bound FROM restapi_feed.mark WHERE at < clock_timestamp() - one.retention
    ORDER BY settled DESC LIMIT 1;
  IF bound IS NULL THEN
    RETURN;
  END IF;
  IF bound > one.floor THEN
    UPDATE restapi_feed.feed SET floor = bound;
    DELETE FROM restapi_feed.mark WHERE settled < bound;
  END IF;
  DELETE FROM restapi_feed.change WHERE position IN
    (SELECT position FROM restapi_feed.change WHERE xid < bound ORDER BY xid LIMIT 2000 FOR UPDATE SKIP LOCKED);
END $trim$;

DO $do$
DECLARE
  home text := current_setting('restapi_feed.home');
  node regclass := format('%I.db_dbnode', home)::regclass;
  known int := 0;    -- tables that there are,
  guarded int := 0;  -- and triggers of ours that fire on them
  t record;
  rel regclass;
  own_uuid text;
  kept text;      -- what a deletion keeps: columns of change,
  gathered text;  -- and how their values are gathered
  source text;
  body text;
BEGIN
  -- Who writes at this moment is waited for, so that of each transaction all is told or nothing.
  FOR rel IN SELECT to_regclass(format('%I.%I', home, v.name)) FROM («TABLES») AS v
      WHERE to_regclass(format('%I.%I', home, v.name)) IS NOT NULL LOOP
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', rel);
    known := known + 1;
    guarded := guarded + (SELECT count(*) FROM pg_trigger AS g JOIN pg_proc AS p ON p.oid = g.tgfoid
      WHERE g.tgrelid = rel AND p.pronamespace = 'restapi_feed'::regnamespace AND g.tgenabled IN ('O', 'A'));
  END LOOP;

  -- What came before the first run, while a trigger was missing, or from another cluster is not told.
  IF guarded = 4 * known THEN
    DELETE FROM restapi_feed.feed WHERE system_identifier <> (SELECT system_identifier FROM pg_control_system());
  ELSE
    DELETE FROM restapi_feed.feed;
  END IF;
  IF NOT EXISTS (SELECT FROM restapi_feed.feed) THEN
    DELETE FROM restapi_feed.change;
    DELETE FROM restapi_feed.mark;
    INSERT INTO restapi_feed.feed (epoch, system_identifier, retention, floor, version)
      SELECT gen_random_uuid(), system_identifier, '24 hours', '0', «VERSION» FROM pg_control_system();
  END IF;
  UPDATE restapi_feed.feed SET version = «VERSION» WHERE version <> «VERSION»;

  FOR t IN «TABLES» LOOP
    rel := to_regclass(format('%I.%I', home, t.name));
    CONTINUE WHEN rel IS NULL;
    t.first := (SELECT attname FROM pg_attribute WHERE attrelid = rel AND attname = t.first AND NOT attisdropped);
    t.second := (SELECT attname FROM pg_attribute WHERE attrelid = rel AND attname = t.second AND NOT attisdropped);
    source := 'gone AS g';
    -- The column may be text, and a text that is no uuid must not stop whoever deletes it.
    SELECT CASE WHEN atttypid = 'uuid'::regtype THEN '%s.uuid'
                ELSE 'CASE WHEN %1$s.uuid::text ~ ''^[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}$'' THEN %1$s.uuid::text::uuid END' END
      INTO own_uuid FROM pg_attribute
      WHERE attrelid = CASE t.uuid WHEN 'own' THEN rel WHEN 'of node' THEN node END AND attname = 'uuid' AND NOT attisdropped;
    IF t.uuid = 'of node' AND own_uuid IS NOT NULL THEN
      source := format('gone AS g LEFT JOIN %s AS n ON n.id = g.%I', node, t.second);
      own_uuid := format(own_uuid, 'n');
    ELSE
      own_uuid := format(own_uuid, 'g');
    END IF;

    FOR body IN SELECT unnest(ARRAY['insert', 'update', 'delete', 'truncate']) LOOP
      EXECUTE format('DROP TRIGGER IF EXISTS restapi_feed_%s ON %s', body, rel);
    END LOOP;

    IF t.uuid = 'state' THEN
      -- Rows about a node: whatever happens to them is an update of that node.
      EXECUTE format($make$
        CREATE OR REPLACE FUNCTION restapi_feed.states_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
          SET search_path = pg_catalog, pg_temp AS $body$
        DECLARE
          v int[];
          p bigint;
          i int := 1;
        BEGIN
          SELECT array_agg(DISTINCT dbnode_id) INTO v FROM changed WHERE dbnode_id IS NOT NULL;
          WHILE i <= coalesce(cardinality(v), 0) LOOP
            INSERT INTO restapi_feed.change (entity, action, ids) VALUES (%1$L, 'u', v[i:i + 999])
              RETURNING position INTO p;
            i := i + 1000;
          END LOOP;
          IF p %% 256 = 0 THEN
            PERFORM restapi_feed.trim();
          END IF;
          RETURN NULL;
        END $body$ $make$, t.letter);
      EXECUTE format('CREATE TRIGGER restapi_feed_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS changed '
                     'FOR EACH STATEMENT EXECUTE FUNCTION restapi_feed.states_changed()', rel);
      EXECUTE format('CREATE TRIGGER restapi_feed_update AFTER UPDATE ON %s REFERENCING NEW TABLE AS changed '
                     'FOR EACH STATEMENT EXECUTE FUNCTION restapi_feed.states_changed()', rel);
      EXECUTE format('CREATE TRIGGER restapi_feed_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS changed '
                     'FOR EACH STATEMENT EXECUTE FUNCTION restapi_feed.states_changed()', rel);
    ELSE
      EXECUTE format($make$
        CREATE OR REPLACE FUNCTION restapi_feed.%2$I() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
          SET search_path = pg_catalog, pg_temp AS $body$
        DECLARE
          v int[];
          p bigint;
          i int := 1;
        BEGIN
          SELECT array_agg(id ORDER BY id) INTO v FROM made;
          WHILE i <= coalesce(cardinality(v), 0) LOOP
            INSERT INTO restapi_feed.change (entity, action, ids) VALUES (%1$L, 'i', v[i:i + 999])
              RETURNING position INTO p;
            i := i + 1000;
          END LOOP;
          IF p %% 256 = 0 THEN
            PERFORM restapi_feed.trim();
          END IF;
          RETURN NULL;
        END $body$ $make$, t.letter, t.name || '_insert');
      EXECUTE format('CREATE TRIGGER restapi_feed_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS made '
                     'FOR EACH STATEMENT EXECUTE FUNCTION restapi_feed.%I()', rel, t.name || '_insert');

      -- Of nodes, also which JSON documents have changed; of those that are stored in more than 64 KiB, that they may
      -- have. Where a node has got another id, which AiiDA never does, whoever has read the table reads it anew. A plan made for one row must not serve a statement of thousands: no nested loop.
      body := '0';
      IF t.letter = 'n' THEN
        SELECT string_agg(format(CASE WHEN atttypid = 'jsonb'::regtype THEN
          '(o.id IS NULL OR coalesce(pg_column_size(o.%1$I) > 65536 OR pg_column_size(c.%1$I) > 65536, false) OR o.%1$I IS DISTINCT FROM c.%1$I)::int * %2$s'
          ELSE '%2$s' END, attname, CASE attname WHEN 'attributes' THEN 1 ELSE 2 END), ' + ' ORDER BY attname)
          INTO body FROM pg_attribute WHERE attrelid = rel AND attname IN ('attributes', 'extras') AND NOT attisdropped;
      END IF;
      EXECUTE format($make$
        CREATE OR REPLACE FUNCTION restapi_feed.%2$I() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
          SET search_path = pg_catalog, pg_temp SET enable_nestloop = off AS $body$
        DECLARE
          v int[];
          which smallint;
          p bigint;
          i int;
          trims boolean := false;
          moves boolean;
        BEGIN
          FOR which, v, moves IN SELECT %3$s, array_agg(c.id ORDER BY c.id), bool_or(%5$s) FROM %4$s GROUP BY 1 LOOP
            IF moves THEN
              INSERT INTO restapi_feed.change (entity, action) VALUES (%1$L, 't');
            END IF;
            i := 1;
            WHILE i <= cardinality(v) LOOP
              INSERT INTO restapi_feed.change (entity, action, fields, ids) VALUES (%1$L, 'u', which, v[i:i + 999])
                RETURNING position INTO p;
              trims := trims OR p %% 256 = 0;
              i := i + 1000;
            END LOOP;
          END LOOP;
          IF trims THEN
            PERFORM restapi_feed.trim();
          END IF;
          RETURN NULL;
        END $body$ $make$, t.letter, t.name || '_update', coalesce(body, '0'),
        CASE WHEN t.letter = 'n' THEN 'made AS c LEFT JOIN gone AS o ON o.id = c.id' ELSE 'made AS c' END,
        CASE WHEN t.letter = 'n' THEN 'o.id IS NULL' ELSE 'false' END);
      EXECUTE format('CREATE TRIGGER restapi_feed_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS gone NEW TABLE AS made '
                     'FOR EACH STATEMENT EXECUTE FUNCTION restapi_feed.%I()', rel, t.name || '_update');

      EXECUTE format($make$
        CREATE OR REPLACE FUNCTION restapi_feed.%2$I() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
          SET search_path = pg_catalog, pg_temp AS $body$
        DECLARE
          v int[];
          a int[];
          b int[];
          u uuid[];
          p bigint;
          i int := 1;
        BEGIN
          SELECT array_agg(g.id ORDER BY g.id), %3$s, %4$s, %5$s INTO v, a, b, u FROM %6$s;
          WHILE i <= coalesce(cardinality(v), 0) LOOP
            INSERT INTO restapi_feed.change (entity, action, ids, first_ids, second_ids, uuids)
              VALUES (%1$L, 'd', v[i:i + 999], a[i:i + 999], b[i:i + 999], u[i:i + 999]) RETURNING position INTO p;
            i := i + 1000;
          END LOOP;
          IF p %% 256 = 0 THEN
            PERFORM restapi_feed.trim();
          END IF;
          RETURN NULL;
        END $body$ $make$, t.letter, t.name || '_delete',
        coalesce('array_agg(g.' || quote_ident(t.first) || ' ORDER BY g.id)', 'NULL'),
        coalesce('array_agg(g.' || quote_ident(t.second) || ' ORDER BY g.id)', 'NULL'),
        coalesce('array_agg(' || own_uuid || ' ORDER BY g.id)', 'NULL'), source);
      EXECUTE format('CREATE TRIGGER restapi_feed_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS gone '
                     'FOR EACH STATEMENT EXECUTE FUNCTION restapi_feed.%I()', rel, t.name || '_delete');
    END IF;

    EXECUTE format($make$
      CREATE OR REPLACE FUNCTION restapi_feed.%2$I() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp AS $body$
      BEGIN
        INSERT INTO restapi_feed.change (entity, action) VALUES (%1$L, 't');
        RETURN NULL;
      END $body$ $make$, t.letter, t.name || '_truncate');
    EXECUTE format('CREATE TRIGGER restapi_feed_truncate AFTER TRUNCATE ON %s '
                   'FOR EACH STATEMENT EXECUTE FUNCTION restapi_feed.%I()', rel, t.name || '_truncate');
  END LOOP;

  -- Otherwise anybody could trim.
  REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA restapi_feed FROM PUBLIC;

  -- Whoever may read nodes may read what has changed.
  FOR t IN SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END AS name
      FROM pg_class AS c CROSS JOIN aclexplode(c.relacl) AS a LEFT JOIN pg_roles AS r ON r.oid = a.grantee
      WHERE c.oid = node AND a.privilege_type = 'SELECT' AND a.grantee <> c.relowner LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA restapi_feed TO %s', t.name);
    EXECUTE format('GRANT SELECT ON restapi_feed.change, restapi_feed.feed TO %s', t.name);
  END LOOP;
END $do$;

COMMIT;
)SQL";

constexpr std::string_view removal = R"SQL(-- restapi: undoes what this did:  restapi --print-feed-setup postgresql
--
--   restapi --print-feed-removal postgresql | psql -v ON_ERROR_STOP=1 DATABASE
--
-- Run it as the owner of AiiDA's tables. It is one transaction, and may be run again.

BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL lock_timeout = '10s';
DROP SCHEMA IF EXISTS restapi_feed CASCADE; -- with its functions go the triggers
COMMIT;
)SQL";

std::string_view word_of(model::KeptUuid uuid) {
  switch (uuid) {
    case model::KeptUuid::own:
      return "own";
    case model::KeptUuid::of_second_node:
      return "of node";
    case model::KeptUuid::none:
      return "none";
  }
  return "";
}

}  // namespace

std::string filled(std::string_view script, std::string_view name, std::string_view text) {
  std::string result(script);
  auto const mark = fmt::format("«{}»", name);
  for (std::size_t at = 0; (at = result.find(mark, at)) != result.npos; at += text.size())
    result.replace(at, mark.size(), text);
  return result;
}

std::string postgresql_setup() {
  std::string tables, letters;
  for (auto const& entity : model::entities()) {
    letters += fmt::format("{}{} {}", letters.empty() ? "" : ", ", entity.letter, entity.name);
    tables += fmt::format("    ('{}', '{}', '{}', '{}', '{}'),\n", entity.letter, entity.table, entity.first,
                          entity.second, word_of(entity.uuid));
  }
  tables =
      fmt::format("SELECT * FROM (VALUES\n{}    ('n', '{}', '', '', 'state')) AS w (letter, name, first, second, uuid)",
                  tables, model::state_table);
  auto script = filled(setup, "TABLES", tables);
  script = filled(script, "LETTERS", letters);
  return filled(script, "VERSION", std::to_string(setup_version));
}

std::string postgresql_removal() { return std::string(removal); }

}  // namespace restapi::sql::feed
