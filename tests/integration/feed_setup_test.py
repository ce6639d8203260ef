# SPDX-License-Identifier: MIT
"""The scripts with which a database writes down its changes: what they install, what that does, what they leave behind."""

import json
import sqlite3
import subprocess
import tempfile
import unittest
from pathlib import Path

from own_postgresql import OwnPostgreSql
from served import ROOT, binary, make_database, run

CHANGES = """SELECT json_agg(json_build_array(entity, action, fields, ids, first_ids, second_ids, uuids, origin) ORDER BY position)
             FROM restapi_feed.change"""
TOLD = "SELECT epoch || ' ' || (SELECT count(*) FROM restapi_feed.change) FROM restapi_feed.feed"
TABLES = ("db_dbnode", "db_dbcomputer", "db_dbgroup", "db_dbuser", "db_dblink", "db_dbgroup_dbnodes", "db_dbcomment",
          "db_dblog")


def script(option: str, database: str) -> str:
    printed = run(option, database)
    assert printed.returncode == 0 and printed.stderr == "", printed
    return printed.stdout


class PostgreSql(OwnPostgreSql):
    def execute(self, sql: str) -> str:
        """All of it in one session; an error ends it."""
        done = subprocess.run([*self.psql, "-v", "ON_ERROR_STOP=1"], input=sql, text=True, capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    def set_up(self):
        self.execute(script("--print-feed-setup", "postgresql"))

    def told(self, sql: str) -> list:
        """What the statements write down."""
        self.execute("DELETE FROM restapi_feed.change")
        self.execute(sql)
        return json.loads(self.ask(CHANGES) or "[]") or []

    def schema(self) -> list:
        """Of the database, as pg_dump says it; newer ones write a random word into the file."""
        dump = subprocess.run([self.psql[0].removesuffix("psql") + "pg_dump", "-s", "-d", self.uri], capture_output=True,
                              text=True, check=True).stdout
        return [line for line in dump.splitlines() if "restrict" not in line]


class OnPostgreSql(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgresql = PostgreSql()
        cls.addClassCleanup(cls.postgresql.__exit__)

    def setUp(self):
        self.postgresql.fill("generation2")
        self.before = self.postgresql.schema()
        self.postgresql.set_up()

    def test_a_second_setup_changes_nothing(self):
        self.postgresql.execute("UPDATE db_dbuser SET institution = 'x'")
        before, schema = self.postgresql.ask(TOLD), self.postgresql.schema()
        self.postgresql.set_up()
        self.assertEqual((before, schema), (self.postgresql.ask(TOLD), self.postgresql.schema()))

    def test_what_another_role_has_made_is_not_called(self):
        self.postgresql.execute(script("--print-feed-removal", "postgresql"))
        self.postgresql.execute("""
            CREATE ROLE mallory;
            GRANT USAGE, CREATE ON SCHEMA public TO mallory;
            SET ROLE mallory;
            CREATE FUNCTION evil(oid, regclass) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$;
            CREATE FUNCTION evil(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$;
            CREATE OPERATOR = (LEFTARG = oid, RIGHTARG = regclass, FUNCTION = evil);
            CREATE OPERATOR = (LEFTARG = text, RIGHTARG = text, FUNCTION = evil)""")
        self.addCleanup(self.postgresql.execute, "DROP OWNED BY mallory; DROP ROLE mallory")
        self.postgresql.set_up()
        self.assertEqual(1, len(self.postgresql.told("UPDATE db_dbuser SET institution = 'x'")))

    def test_a_schema_of_another_role_is_refused(self):
        self.postgresql.execute(script("--print-feed-removal", "postgresql"))
        self.postgresql.execute("CREATE ROLE mallory; CREATE SCHEMA restapi_feed AUTHORIZATION mallory")
        self.addCleanup(self.postgresql.execute, "DROP OWNED BY mallory; DROP ROLE mallory")
        with self.assertRaisesRegex(RuntimeError, "belongs to the role mallory"):
            self.postgresql.set_up()
        self.postgresql.execute("ALTER SCHEMA restapi_feed OWNER TO CURRENT_USER; SET ROLE mallory; RESET ROLE")
        self.postgresql.execute("""
            GRANT CREATE, USAGE ON SCHEMA restapi_feed TO mallory;
            SET ROLE mallory;
            CREATE FUNCTION restapi_feed.trim() RETURNS void LANGUAGE sql AS ''""")
        with self.assertRaisesRegex(RuntimeError, "belongs to the role mallory"):
            self.postgresql.set_up()

    def test_removal_leaves_the_schema_as_it_was(self):
        for _ in range(2):
            self.postgresql.execute(script("--print-feed-removal", "postgresql"))
            self.assertEqual(self.before, self.postgresql.schema())

    def test_a_trigger_that_was_missing_or_disabled_begins_anew(self):
        for change in ("ALTER TABLE db_dbnode DISABLE TRIGGER restapi_feed_update",
                       "DROP TRIGGER restapi_feed_delete ON db_dblink",
                       "UPDATE restapi_feed.feed SET system_identifier = 1"):
            with self.subTest(change):
                self.postgresql.execute("UPDATE db_dbuser SET institution = 'x'")
                before = self.postgresql.ask(TOLD)
                self.postgresql.execute(change)
                self.postgresql.set_up()
                after = self.postgresql.ask(TOLD)
                self.assertNotEqual(before.split()[0], after.split()[0])
                self.assertEqual("0", after.split()[1])

    def test_every_table_tells_every_change(self):
        told = self.postgresql.told("""
            INSERT INTO db_dbuser (id, email, first_name, last_name, institution) VALUES (900, 'a', '', '', '');
            INSERT INTO db_dbcomputer (id, uuid, label, hostname, description, scheduler_type, transport_type, metadata)
              VALUES (900, '90000000-0000-4000-8000-000000000000', 'new', '', '', '', '', '{}');
            INSERT INTO db_dbgroup (id, uuid, label, type_string, time, description, extras, user_id)
              VALUES (900, '91000000-0000-4000-8000-000000000000', 'new', 'core', now(), '', '{}', 900);
            INSERT INTO db_dbnode (id, uuid, node_type, label, description, ctime, mtime, attributes, extras, repository_metadata, user_id)
              SELECT i, ('92000000-0000-4000-8000-000000000' || i)::uuid, 'data.core.int.Int.', '', '', now(), now(), '{}', '{}', '{}', 900
              FROM generate_series(900, 901) AS i;
            INSERT INTO db_dblink (id, input_id, output_id, label, type) VALUES (900, 900, 901, 'x', 'create');
            INSERT INTO db_dbgroup_dbnodes (id, dbnode_id, dbgroup_id) VALUES (900, 901, 900);
            INSERT INTO db_dbcomment (id, uuid, dbnode_id, ctime, mtime, content, user_id)
              VALUES (900, '93000000-0000-4000-8000-000000000000', 900, now(), now(), '', 900);
            INSERT INTO db_dblog (id, uuid, time, loggername, levelname, dbnode_id, message, metadata)
              VALUES (900, '94000000-0000-4000-8000-000000000000', now(), '', '', 901, '', '{}');
            UPDATE db_dbuser SET institution = 'here' WHERE id = 900;
            UPDATE db_dbcomputer SET hostname = 'here' WHERE id = 900;
            UPDATE db_dbgroup SET description = 'here' WHERE id = 900;
            UPDATE db_dblink SET label = 'y' WHERE id = 900;
            UPDATE db_dbgroup_dbnodes SET dbnode_id = 900 WHERE id = 900;
            UPDATE db_dbcomment SET content = 'here' WHERE id = 900;
            UPDATE db_dblog SET message = 'here' WHERE id = 900;
            UPDATE db_dbnode SET label = 'here' WHERE id = 900;
            DELETE FROM db_dblog WHERE id = 900;
            DELETE FROM db_dbcomment WHERE id = 900;
            DELETE FROM db_dbgroup_dbnodes WHERE id = 900;
            DELETE FROM db_dblink WHERE id = 900;
            DELETE FROM db_dbnode WHERE id >= 900;
            DELETE FROM db_dbgroup WHERE id = 900;
            DELETE FROM db_dbcomputer WHERE id = 900;
            DELETE FROM db_dbuser WHERE id = 900;""")
        new = [[letter, "i", 0, [900], None, None, None, None] for letter in "ucg"]
        new += [["n", "i", 0, [900, 901], None, None, None, None]]
        new += [[letter, "i", 0, [900], None, None, None, None] for letter in "lmko"]
        changed = [[letter, "u", 0, [900], None, None, None, None] for letter in "ucglmkon"]
        uuid = "9{}000000-0000-4000-8000-000000000{}".format
        gone = [["o", "d", 0, [900], [901], None, [uuid(4, "000")], None],
                ["k", "d", 0, [900], [900], None, [uuid(3, "000")], None],
                ["m", "d", 0, [900], [900], [900], [uuid(2, "900")], None],
                ["l", "d", 0, [900], [900], [901], None, None],
                ["n", "d", 0, [900, 901], None, None, [uuid(2, "900"), uuid(2, "901")], None],
                ["g", "d", 0, [900], None, None, [uuid(1, "000")], None],
                ["c", "d", 0, [900], None, None, [uuid(0, "000")], None],
                ["u", "d", 0, [900], None, None, None, None]]
        self.assertEqual(new + changed + gone, told)

    def test_updates_of_nodes_say_which_documents_have_changed(self):
        nodes = self.postgresql.ask("SELECT string_agg(id::text, ',') FROM (SELECT id FROM db_dbnode ORDER BY id LIMIT 4) AS few")
        one, two, three, four = (int(node) for node in nodes.split(","))
        told = self.postgresql.told(f"""
            UPDATE db_dbnode SET label = 'x', attributes = attributes WHERE id = {one};
            UPDATE db_dbnode SET attributes = attributes || '{{"new": 1}}', extras = CASE id WHEN {two} THEN '{{"new": 1}}' ELSE extras END
              WHERE id IN ({one}, {two});
            UPDATE db_dbnode SET extras = jsonb_build_object('n', id) WHERE id IN ({three}, {four});""")
        self.assertEqual([[0, [one]], [1, [one]], [3, [two]], [2, [three, four]]], [change[2:4] for change in told])

    def test_documents_of_more_than_64_kib_may_have_changed(self):
        self.postgresql.execute("""UPDATE db_dbnode SET extras = (SELECT jsonb_agg(md5(i::text)) FROM generate_series(1, 10000) AS i)
                                   WHERE id = (SELECT min(id) FROM db_dbnode)""")
        told = self.postgresql.told("UPDATE db_dbnode SET label = 'x' WHERE id = (SELECT min(id) FROM db_dbnode)")
        self.assertEqual([2], [change[2] for change in told])

    def test_many_rows_are_written_down_in_thousands(self):
        told = self.postgresql.told("""
            INSERT INTO db_dbnode (id, uuid, node_type, label, description, ctime, mtime, attributes, extras, repository_metadata, user_id)
              SELECT i, gen_random_uuid(), 'x', '', '', now(), now(), '{}', '{}', '{}', (SELECT min(id) FROM db_dbuser)
              FROM generate_series(10001, 12001) AS i;
            UPDATE db_dbnode SET label = 'x' WHERE id > 10000;
            DELETE FROM db_dbnode WHERE id > 10000;""")
        ids = [change[3] for change in told]
        self.assertEqual([1000, 1000, 1] * 3, [len(each) for each in ids])
        self.assertEqual(3 * list(range(10001, 12002)), sum(ids, []))
        self.assertEqual([1000, 1000, 1], [len(change[6]) for change in told[6:]])

    def test_statements_of_every_kind_are_told(self):
        row = "SELECT 901, 'a', '', '', ''"
        told = self.postgresql.told(f"""
            INSERT INTO db_dbuser (id, email, first_name, last_name, institution) {row} ON CONFLICT (id) DO NOTHING;
            INSERT INTO db_dbuser (id, email, first_name, last_name, institution) {row}
              ON CONFLICT (id) DO UPDATE SET institution = 'x';
            INSERT INTO db_dbuser (id, email, first_name, last_name, institution) {row} ON CONFLICT (id) DO NOTHING;
            MERGE INTO db_dbuser AS u USING (SELECT 901 AS id) AS s ON u.id = s.id WHEN MATCHED THEN DELETE;
            COPY db_dbuser (id, email, first_name, last_name, institution) FROM stdin;
902\tb\t\t\t
\\.
            BEGIN; SAVEPOINT a; DELETE FROM db_dbuser WHERE id = 902; ROLLBACK TO a; UPDATE db_dbuser SET institution = 'y' WHERE id = 902; COMMIT;
            BEGIN; DELETE FROM db_dbuser WHERE id = 902; ROLLBACK;
            DELETE FROM db_dbuser WHERE id = 902;""")
        self.assertEqual(["i[901]", "u[901]", "d[901]", "i[902]", "u[902]", "d[902]"], [f"{c[1]}{c[3]}" for c in told])

    def test_what_is_deleted_with_another_row_is_told(self):
        told = self.postgresql.told("""
            BEGIN;
            DELETE FROM db_dbgroup_dbnodes;
            DELETE FROM db_dblink;
            DELETE FROM db_dbnode;
            COMMIT;""")
        self.assertEqual(set("mlnko"), {change[0] for change in told})

    def test_a_statement_without_rows_costs_no_transaction(self):
        self.assertEqual("", self.postgresql.execute("""BEGIN; UPDATE db_dbnode SET label = 'x' WHERE false; DELETE FROM db_dblink WHERE false;
            INSERT INTO db_dbuser SELECT * FROM db_dbuser WHERE false; SELECT pg_current_xact_id_if_assigned(); COMMIT"""))

    def test_truncate_clears(self):
        self.assertEqual([["k", "t", 0, None, None, None, None, None]], self.postgresql.told("TRUNCATE db_dbcomment"))

    def test_whoever_made_a_change_may_say_so(self):
        told = self.postgresql.told("""
            SET restapi.web_socket_id = 'me'; UPDATE db_dbuser SET institution = 'a';
            RESET restapi.web_socket_id; UPDATE db_dbuser SET institution = 'b';
            BEGIN; SET LOCAL restapi.web_socket_id = 'you'; UPDATE db_dbuser SET institution = 'c'; COMMIT;
            UPDATE db_dbuser SET institution = 'd';""")
        self.assertEqual(["me", None, "you", None], [change[7] for change in told])

    def test_writers_need_no_right_and_readers_may_only_read(self):
        self.postgresql.execute("""
            DROP ROLE IF EXISTS writer, reader, stranger;
            CREATE ROLE writer; CREATE ROLE reader; CREATE ROLE stranger;
            GRANT INSERT, UPDATE ON db_dbuser TO writer;
            GRANT SELECT ON db_dbnode TO reader;""")
        self.addCleanup(self.postgresql.execute, "DROP OWNED BY writer, reader, stranger; DROP ROLE writer, reader, stranger")
        self.postgresql.set_up()
        self.postgresql.execute("SET ROLE writer; UPDATE db_dbuser SET institution = 'x'")
        self.assertTrue(self.postgresql.execute("SET ROLE reader; SELECT count(*) > 0 FROM restapi_feed.change, restapi_feed.feed"))
        for sql in ("SET ROLE reader; SELECT restapi_feed.trim()", "SET ROLE reader; DELETE FROM restapi_feed.change",
                    "SET ROLE stranger; SELECT FROM restapi_feed.change", "SET ROLE writer; SELECT FROM restapi_feed.change",
                    "SET ROLE reader; CREATE TABLE restapi_feed.mine ()"):
            with self.subTest(sql), self.assertRaisesRegex(RuntimeError, "permission denied"):
                self.postgresql.execute(sql)

    def test_a_change_stays_for_the_retention_after_its_commit(self):
        self.postgresql.execute("UPDATE restapi_feed.feed SET retention = '24 hours'")
        self.postgresql.told("UPDATE db_dbuser SET institution = 'old'")
        update = "UPDATE db_dbuser SET institution = 'x'; "
        self.postgresql.execute(256 * update)  # a mark is set
        self.assertEqual("257 t 0", self.postgresql.ask(
            "SELECT (SELECT count(*) FROM restapi_feed.change) || ' ' || (SELECT left((count(*) > 0)::text, 1) FROM restapi_feed.mark) || ' ' || floor FROM restapi_feed.feed"))
        self.postgresql.execute("UPDATE restapi_feed.mark SET at = at - interval '25 hours', settled = pg_current_xact_id()")
        self.postgresql.execute(256 * update)
        self.assertEqual("0", self.postgresql.ask("SELECT count(*) FROM restapi_feed.change, restapi_feed.feed WHERE xid < floor"))
        left = int(self.postgresql.ask("SELECT count(*) FROM restapi_feed.change"))
        self.assertTrue(0 < left <= 256, left)
        # Where another transaction may have begun before, it is not this one's business.
        self.postgresql.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; " + 256 * update + "COMMIT")

    def test_migrations_of_other_columns_disturb_nobody(self):
        self.postgresql.execute("""
            BEGIN; ALTER TABLE db_dbnode ADD COLUMN new int DEFAULT 1; ALTER TABLE db_dbnode RENAME COLUMN label TO name;
            ALTER TABLE db_dbnode ALTER COLUMN name TYPE text; UPDATE db_dbnode SET name = 'x';
            ALTER TABLE db_dbnode DROP COLUMN new; ALTER TABLE db_dbnode RENAME COLUMN name TO label;
            ALTER TABLE db_dbnode ALTER COLUMN label TYPE varchar(255); UPDATE db_dbnode SET label = 'y'; COMMIT""")

    def test_another_database_gets_one_sentence(self):
        self.postgresql.execute("CREATE SCHEMA empty; CREATE SCHEMA copy; CREATE TABLE copy.db_dbnode (id int)")
        self.addCleanup(self.postgresql.execute, "DROP SCHEMA empty, copy CASCADE")
        with self.assertRaisesRegex(RuntimeError, "AiiDA's tables are in several schemas: {copy,public}"):
            self.postgresql.execute("SET search_path = empty; " + script("--print-feed-setup", "postgresql"))


class OnOlderPostgreSql(unittest.TestCase):
    def test_aiida_0(self):
        with PostgreSql("document") as postgresql:
            postgresql.set_up()
            told = postgresql.told("""
                UPDATE db_dbnode SET attributes = '{}' WHERE id = (SELECT min(id) FROM db_dbnode);
                DELETE FROM db_dbcalcstate WHERE dbnode_id = (SELECT min(dbnode_id) FROM db_dbcalcstate);
                INSERT INTO db_dblog (id, objname, message) VALUES (900, 'x', 'y');
                DELETE FROM db_dblog WHERE id = 900;""")
            first, of_state = (int(postgresql.ask(f"SELECT min({column}) FROM {table}"))
                               for column, table in (("id", "db_dbnode"), ("id", "db_dbnode")))
            self.assertEqual(["n", "u", 1, [first]], told[0][:4])
            self.assertEqual(["n", "u", 0], told[1][:3])
            self.assertEqual([["o", "i", 0, [900], None, None, None, None], ["o", "d", 0, [900], None, None, None, None]], told[2:])


class OnSqlite(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = make_database(Path(folder.name) / "database.sqlite", "generation2")
        self.before = self.dump()

    def execute(self, sql: str):
        subprocess.run(["sqlite3", "-bail", self.path], input=sql, text=True, check=True, capture_output=True)

    def dump(self) -> list:
        with sqlite3.connect(self.path) as database:
            return list(database.iterdump())

    def rows(self, sql: str) -> list:
        with sqlite3.connect(self.path) as database:
            return [list(row) for row in database.execute(sql)]

    def test_setup_twice_and_removal_twice(self):
        self.execute(script("--print-feed-setup", "sqlite"))
        self.execute("UPDATE db_dbuser SET institution = 'x'")
        once = self.dump()
        self.execute(script("--print-feed-setup", "sqlite"))
        self.assertEqual(once, self.dump())
        self.execute("UPDATE db_dbuser SET institution = (SELECT institution FROM db_dbuser LIMIT 1)")
        for _ in range(2):
            self.execute(script("--print-feed-removal", "sqlite"))
        self.assertEqual([line for line in self.before if "db_dbuser" not in line],
                         [line for line in self.dump() if "db_dbuser" not in line])

    def test_a_trigger_that_was_missing_begins_anew(self):
        self.execute(script("--print-feed-setup", "sqlite"))
        self.execute("UPDATE db_dbuser SET institution = 'x'; DROP TRIGGER restapi_feed_db_dbnode_delete")
        before = self.rows("SELECT epoch FROM restapi_feed")
        self.execute(script("--print-feed-setup", "sqlite"))
        self.assertNotEqual(before, self.rows("SELECT epoch FROM restapi_feed"))
        self.assertEqual([[0]], self.rows("SELECT count(*) FROM restapi_feed_change"))

    def test_every_table_tells_every_change(self):
        self.execute(script("--print-feed-setup", "sqlite"))
        for table in TABLES:
            columns = ", ".join(f'"{row[1]}"' for row in self.rows(f"PRAGMA table_info({table})"))
            self.execute(f"CREATE TEMP TABLE kept AS SELECT * FROM {table} ORDER BY id LIMIT 1; UPDATE {table} SET id = id WHERE id IN (SELECT id FROM kept);"
                         f"DELETE FROM {table} WHERE id IN (SELECT id FROM kept); INSERT INTO {table} ({columns}) SELECT * FROM kept")
        told = self.rows("SELECT entity, action FROM restapi_feed_change")
        self.assertEqual([[letter, action] for letter in "ncgulm" for action in "udi"], told[:18])

    def test_deleted_rows_keep_their_ends(self):
        self.execute(script("--print-feed-setup", "sqlite"))
        link = self.rows("SELECT id, input_id, output_id FROM db_dblink LIMIT 1")[0]
        member = self.rows("SELECT id, dbgroup_id, dbnode_id, (SELECT uuid FROM db_dbnode WHERE id = dbnode_id) FROM db_dbgroup_dbnodes LIMIT 1")[0]
        node = self.rows("SELECT id, uuid FROM db_dbnode ORDER BY id DESC LIMIT 1")[0]
        self.execute(f"DELETE FROM db_dblink WHERE id = {link[0]}; DELETE FROM db_dbgroup_dbnodes WHERE id = {member[0]};"
                     f"UPDATE db_dbnode SET extras = '[2]', attributes = '{{\"a\":1}}' WHERE id = {node[0]}; DELETE FROM db_dbnode WHERE id = {node[0]}")
        self.assertEqual([["l", "d", 0, *link, None], ["m", "d", 0, *member], ["n", "u", 3, node[0], None, None, node[1]],
                          ["n", "d", 0, node[0], None, None, node[1]]],
                         self.rows("SELECT entity, action, fields, id, first_id, second_id, uuid FROM restapi_feed_change ORDER BY position"))

    def test_what_is_old_and_beyond_the_newest_is_removed(self):
        self.execute(script("--print-feed-setup", "sqlite"))
        self.execute("UPDATE restapi_feed SET keep = 100")
        many = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
        self.execute(f"INSERT INTO db_dbuser (id, email) {many} SELECT i + 10000, i FROM n")
        self.execute("UPDATE restapi_feed_change SET at = at - 90000000 WHERE position <= 990")
        self.execute(f"INSERT INTO db_dbuser (id, email) {many} SELECT i + 20000, i + 2000 FROM n")
        self.assertEqual([[924, 925, 2000]], self.rows("SELECT floor, (SELECT min(position) FROM restapi_feed_change), (SELECT max(position) FROM restapi_feed_change) FROM restapi_feed"))


class CommandLine(unittest.TestCase):
    def test_unknown_databases(self):
        for option in ("--print-feed-setup", "--print-feed-removal"):
            refused = run(option, "mysql")
            self.assertEqual(2, refused.returncode)
            self.assertIn("must be postgresql or sqlite", refused.stderr)


if __name__ == "__main__":
    unittest.main()
