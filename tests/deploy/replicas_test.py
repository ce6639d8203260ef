# SPDX-License-Identifier: MIT
"""Several servers behind Apache, over a PostgreSQL primary and two hot standbys: what dies takes no request along."""

import re
import subprocess
import threading
import unittest

from crowd import Crowd
from proxies import APACHE, APACHE_MODULES, Balancer
from replicas import Standby, several
from served import Watched, wait_for

from own_postgresql import OwnPostgreSql

API = "/api/v2/"
TARGETS = ["nodes?limit=20", "nodes/statistics", "users", 'nodes?label=like="%25a%25"&orderby=-ctime']
SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'restapi' AND backend_type = 'client backend'"

# As docs/deployment.md has it.
ROLE = """
CREATE ROLE reader LOGIN CONNECTION LIMIT 50;
ALTER ROLE reader SET default_transaction_read_only = on;
GRANT USAGE ON SCHEMA public TO reader;
GRANT SELECT ON db_dbnode, db_dblink, db_dbcomputer, db_dbgroup TO reader;
GRANT SELECT (id, email, first_name, last_name, institution) ON db_dbuser TO reader;
"""

# Statements about computers wait while somebody else holds the lock.
SLOW = """
CREATE DATABASE slow TEMPLATE postgres;
\\c slow
ALTER TABLE db_dbcomputer ENABLE ROW LEVEL SECURITY;
CREATE POLICY waits ON db_dbcomputer USING (pg_advisory_xact_lock_shared(1) IS NOT NULL);
"""


def metric(server: Watched, name: str) -> float | None:
    found = [value for labels, value in server.metrics().items() if labels.partition("{")[0] == f"restapi_store_{name}"]
    return found[0] if found else None


def is_used(database) -> bool:
    return int(database.ask(SESSIONS)) > 0


def setUpModule():
    """One primary with its standbys for all tests, since they take seconds to make; each test leaves them running."""
    Replicated.primary = OwnPostgreSql()
    unittest.addModuleCleanup(Replicated.primary.__exit__)
    Replicated.primary.ask(ROLE)
    for name in ("one", "other"):
        Replicated.standbys.append(Standby(Replicated.primary.uri, Replicated.primary.pg_ctl, name))
        unittest.addModuleCleanup(Replicated.standbys[-1].stop)


class Replicated(unittest.TestCase):
    primary: OwnPostgreSql
    standbys: list = []

    def server(self, source: str, *options: str) -> Watched:
        server = Watched(source.replace("user=restapi", "user=reader"), *options)
        self.addCleanup(lambda: self.assertEqual(0, server.stop()))
        return server


class Spreading(Replicated):
    def test_servers_divide_themselves_among_hosts(self):
        source = several(*(standby.uri for standby in self.standbys))
        for _ in range(30):  # chance alone puts so many on one host once in 500 million times
            self.server(source)
            if all(is_used(standby) for standby in self.standbys):
                return
        self.fail("all servers use the same host")

    def test_only_what_the_primary_says_is_remembered(self):
        every = [*(standby.uri for standby in self.standbys), self.primary.uri]
        for wanted, is_remembered in (("primary", True), ("prefer-standby", False), ("any", False)):
            with self.subTest(wanted):
                server = self.server(several(*every, target_session_attrs=wanted))
                self.assertEqual(is_remembered, "etag" in server.get(API + "users").headers)


@unittest.skipUnless(APACHE and APACHE_MODULES.is_dir(),
                     "no Apache here: tools/install_packages test installs it (apache2-bin)")
class Failover(Replicated):
    def crowd(self, **parameters: str) -> Crowd:
        """Four clients of Apache in front of three servers; the standbys are written first."""
        one, other = self.standbys
        source = several(one.uri, other.uri, self.primary.uri, **parameters)
        self.servers = [self.server(source) for _ in range(3)]
        apache = Balancer([server.port for server in self.servers])
        self.addCleanup(apache.stop)
        answers = {API + target: apache.get(API + target) for target in TARGETS}
        self.assertEqual({200}, {answer.status for answer in answers.values()})
        host = re.compile(rb"localhost:5000")  # http.client names the address that it connects to
        here = f"127.0.0.1:{apache.port}".encode()
        crowd = Crowd(apache.port, 4, False, {target: host.sub(here, answer.body) for target, answer in answers.items()})
        self.addCleanup(crowd.end)
        crowd.wait_for(100)
        return crowd

    def finish(self, crowd: Crowd):
        crowd.end()
        # The log first: it has the reason for what was lost.
        self.assertEqual([], [line for server in self.servers for line in server.log if "[error]" in line])
        self.assertEqual([], crowd.lost)

    def test_what_dies_takes_no_request_along(self):
        one, other = self.standbys
        crowd = self.crowd(target_session_attrs="any", load_balance_hosts="disable")
        self.assertTrue(is_used(one))
        self.assertFalse(is_used(other))
        one.stop("immediate")
        crowd.wait_for(200)
        self.assertTrue(is_used(other))
        one.start()
        other.kill()
        crowd.wait_for(200)
        other.start()
        # One after the other has gone: the primary is the last of the three, and the standbys are used again after it.
        wait_for(lambda: is_used(self.primary), "sessions of the primary")
        self.primary.stop()
        try:
            crowd.wait_for(200)
            self.assertTrue(is_used(one) or is_used(other))
        finally:
            self.primary.start()
        crowd.wait_for(100)
        self.finish(crowd)

    def test_standbys_are_preferred_in_any_order(self):
        one, other = self.standbys
        crowd = self.crowd(target_session_attrs="prefer-standby")
        for dies, stays in ((one, other), (other, one)):
            dies.kill()
            crowd.wait_for(200)
            self.assertTrue(is_used(stays))  # the one that was killed before, in the second round
            self.assertFalse(is_used(self.primary))
            dies.start()
        self.primary.stop()
        try:
            crowd.wait_for(200)
        finally:
            self.primary.start()
        self.finish(crowd)


class Conflicts(Replicated):
    def setUp(self):
        self.run_script(SLOW)
        self.addCleanup(self.primary.ask, "DROP DATABASE slow WITH (FORCE)")
        self.standby = self.standbys[0]
        self.standby.catch_up()
        self.slow = self.standby.uri.replace("/postgres?", "/slow?")

    def test_a_statement_that_is_in_the_way_of_replay_is_answered_all_the_same(self):
        target = API + "computers?limit=1"
        server = self.server(self.slow)
        before = server.get(target).body
        for what, reason, make in (
                ("vacuum", "interrupted",
                 lambda: self.run_script("\\c slow\nUPDATE db_dbcomputer SET description = description; VACUUM db_dbcomputer;")),
                ("lock", "interrupted",
                 lambda: self.run_script("\\c slow\nBEGIN; LOCK TABLE db_dbcomputer IN ACCESS EXCLUSIVE MODE; COMMIT;")),
                ("end of the session", "lost",
                 lambda: self.standby.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                          "WHERE wait_event = 'advisory'"))):
            with self.subTest(what):
                failed = self.failed(server, reason)
                holder = self.hold_lock()
                answers = []
                client = threading.Thread(target=lambda: answers.append(server.get(target)))
                client.start()
                wait_for(self.waiting, "the statement")
                make()
                wait_for(lambda: self.failed(server, reason) > failed, "the failure")
                holder.communicate()
                client.join()
                self.assertEqual((200, before), (answers[0].status, answers[0].body))

    def run_script(self, text: str):
        """Each statement is a transaction of its own."""
        subprocess.run(self.primary.psql, input=text, text=True, check=True, capture_output=True)

    def hold_lock(self) -> subprocess.Popen:
        holder = subprocess.Popen([self.standby.programs + "psql", "-X", "-q", "-A", "-t", "-d", self.slow], text=True,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(lambda: holder.poll() is None and holder.communicate())
        holder.stdin.write("SELECT 'held' || pg_advisory_lock(1);\n")
        holder.stdin.flush()
        self.assertEqual("held\n", holder.stdout.readline())
        return holder

    def waiting(self) -> bool:
        return self.standby.ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory'") == "1"

    def failed(self, server: Watched, reason: str) -> float:
        return next(value for name, value in server.metrics().items()
                    if name.startswith("restapi_store_statements_failed_total") and f'reason="{reason}"' in name)


class Lag(Replicated):
    def wait_for_lag(self, server: Watched, is_right):
        wait_for(lambda: (lag := metric(server, "replication_lag_seconds")) is not None and is_right(lag), "the lag")

    def test_a_primary_has_none(self):
        server = self.server(self.primary.uri)
        wait_for(lambda: metric(server, "is_standby") is not None, "the metric")
        self.assertEqual([0, None, None], [metric(server, name) for name in
                                           ("is_standby", "is_streaming", "replication_lag_seconds")])

    def test_what_has_not_been_replayed_is_lag(self):
        standby = self.standbys[1]
        server = self.server(standby.uri)
        self.wait_for_lag(server, lambda lag: lag == 0)
        self.assertEqual([1, 1], [metric(server, "is_standby"), metric(server, "is_streaming")])
        standby.ask("SELECT pg_wal_replay_pause()")
        try:
            self.primary.ask("CREATE TABLE something (); DROP TABLE something")
            self.wait_for_lag(server, lambda lag: lag > 0)
        finally:
            standby.ask("SELECT pg_wal_replay_resume()")
        self.wait_for_lag(server, lambda lag: lag == 0)

    def test_without_its_primary_a_standby_may_be_behind(self):
        server = self.server(self.standbys[1].uri)
        self.wait_for_lag(server, lambda lag: lag == 0)
        self.primary.stop()
        try:
            wait_for(lambda: metric(server, "is_streaming") == 0, "the end of streaming")
            self.wait_for_lag(server, lambda lag: lag > 0)
        finally:
            self.primary.start()
        self.wait_for_lag(server, lambda lag: lag == 0)
        self.assertEqual(1, metric(server, "is_streaming"))


if __name__ == "__main__":
    unittest.main()
