# SPDX-License-Identifier: MIT
"""Hot standbys of a running PostgreSQL: streaming replication, each with a folder of its own for data and socket.

The primary is one that tools/with_postgresql has started. Everything runs as its owner, since PostgreSQL refuses to run
as root, and is removed with the primary's folder.
"""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "integration"))

from served import PATIENCE, wait_for  # noqa: E402

# Feedback off and no delay: a statement that is in the way of what is replayed is interrupted at once.
SETTINGS = {"max_standby_streaming_delay": "0", "hot_standby_feedback": "off", "wal_retrieve_retry_interval": "200ms"}


class Standby:
    """`uri`: of the primary; `pg_ctl`: what controls it, as tools/with_postgresql gives it; `settings` win over
    SETTINGS. Streams when it is made."""

    def __init__(self, uri: str, pg_ctl: str, name: str, **settings: str):
        found = re.match(r"(.*?)(\S+/)pg_ctl -D (\S+)/data ", pg_ctl)
        self.owner, self.programs, self.folder = found[1].split(), found[2], f"{found[3]}/{name}"
        self.primary = uri
        self.uri = re.sub(r"host=[^&]*", "host=" + quote(self.folder, safe=""), uri)
        self.data = Path(self.folder) / "data"
        self.run("mkdir", self.folder)
        self.run(self.programs + "pg_basebackup", "-d", uri, "-D", str(self.data), "-R", "-c", "fast", "--no-sync")
        lines = {**SETTINGS, **settings, "unix_socket_directories": self.folder}
        self.run("sh", "-c", f"cat >>{self.data}/postgresql.conf",
                 text="".join(f"{key} = '{value}'\n" for key, value in lines.items()))
        try:
            self.start()
        except BaseException:
            self.stop()
            raise

    def run(self, *command: str, text: str = "") -> str:
        return subprocess.run([*self.owner, *command], input=text, text=True, check=True, cwd="/",
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout

    def control(self, *action: str):
        # Without our descriptors, which a started server would keep.
        subprocess.run([*self.owner, self.programs + "pg_ctl", "-D", str(self.data), "-l", f"{self.folder}/log", "-w",
                        "-s", *action], check=True, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def start(self):
        """Returns when it has replayed what the primary had."""
        self.control("start")
        self.catch_up()

    def catch_up(self):
        # A commit that waits for the disk, since those of tools/with_postgresql do not: nothing of them is sent before.
        query(self.programs, self.primary, "SET synchronous_commit = on; SELECT pg_logical_emit_message(true, '', '')")
        wanted = query(self.programs, self.primary, "SELECT pg_current_wal_flush_lsn()")
        try:
            wait_for(lambda: self.ask(f"SELECT pg_last_wal_replay_lsn() >= '{wanted}' "
                                      "AND EXISTS (SELECT FROM pg_stat_wal_receiver)") == "t", "the standby to catch up")
        except AssertionError as failure:
            state = self.ask("SELECT pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()")
            log = self.run("tail", "-n", "20", f"{self.folder}/log")
            raise AssertionError(f"{failure} with {wanted}; it has received and replayed {state}:\n{log}") from failure

    def stop(self, mode: str = "immediate"):
        if (self.data / "postmaster.pid").exists():
            self.control("stop", "-m", mode)

    def kill(self):
        """As a machine does it that fails: no process has time for a word."""
        postmaster = self.postmaster()
        children = [int(child) for child in
                    Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()]
        for process in (postmaster, *children):
            os.kill(process, signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE
        while any(is_running(process) for process in (postmaster, *children)):
            if time.monotonic() > deadline:
                raise RuntimeError("killed processes go on")
            time.sleep(0.01)
        # A process that nobody waits for keeps its number, and locks name it; a machine that starts anew has none.
        (self.data / "postmaster.pid").unlink()
        Path(self.folder, ".s.PGSQL.5432.lock").unlink()

    def postmaster(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def ask(self, sql: str) -> str:
        return query(self.programs, self.uri, sql)


def query(programs: str, uri: str, sql: str) -> str:
    command = [programs + "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", uri, "-c", sql]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def several(*uris: str, **parameters: str) -> str:
    """One source for servers that differ in their host alone."""
    hosts = "%2C".join(re.search(r"host=([^&]*)", uri)[1] for uri in uris)
    more = "".join(f"&{key}={value}" for key, value in parameters.items())
    return re.sub(r"host=[^&]*", "host=" + hosts, uris[0]) + more
