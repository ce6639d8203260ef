# SPDX-License-Identifier: MIT
"""At the most talkative log level, a password is in nothing that the program writes."""

import json
import os
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from served import ROOT, Watched, postgresql, run

API = "/api/v2/"
SECRET = "geheim1234"


class Passwords(unittest.TestCase):
    def sources(self, host: str, port: int) -> list:
        return [f"postgresql://reader:{SECRET}@{host}:{port}/aiida", f"postgres://reader:{SECRET}@{host}:{port}/aiida?a=b",
                f"postgresql://{host}:{port}/aiida?user=reader&password={SECRET}",
                f"host={host} port={port} user=reader password={SECRET} dbname=aiida",
                f"host={host} port={port} user=reader password='{SECRET} x' dbname=aiida",
                f"postgresql:/reader:{SECRET}@{host}:{port}/aiida", f"postgresql//reader:{SECRET}@{host}:{port}/aiida",
                f"mysql://reader:{SECRET}@{host}:{port}/aiida", f"password={SECRET} host={host} port={port} bogus=x",
                f"host={host} port={port} password={SECRET} dbname = "]

    def assert_silent(self, *arguments: str, **more: str):
        done = run(*arguments, "--log-level", "trace", **more)
        self.assertNotEqual(0, done.returncode)
        self.assertNotIn(SECRET, done.stdout + done.stderr, arguments)
        self.assertNotEqual("", done.stdout + done.stderr)

    def test_server_that_refuses_connections(self):
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            for source in self.sources("127.0.0.1", bound.getsockname()[1]):
                with self.subTest(source):
                    self.assert_silent("-P", "0", source)
                    self.assert_silent("-P", "0", RESTAPI_SOURCE=source)

    def test_server_that_refuses_the_password(self):
        with RefusingPostgresql() as server:
            for source in self.sources("127.0.0.1", server.port)[:5]:
                with self.subTest(source):
                    self.assert_silent("-P", "0", source)
            self.assertGreater(server.refused, 0)

    def test_uris_that_are_mistyped(self):
        # Where @HOST is missing, the password stands in the place of the port; a ; separates databases in the environment.
        uris = [f"postgresql://reader:{SECRET}", f"postgresql://reader:{SECRET}/x", f"postgres://reader:{SECRET}?sslmode=require",
                f"postgresql://reader:1:{SECRET}/x", f"postgresql:///reader:{SECRET}", f"postgresql://h/reader:{SECRET}",
                f"postgresql:/reader:{SECRET}/x", f"postgresql//reader:{SECRET}", f"postgresql:reader:{SECRET}",
                f"PostgreSQL://reader:{SECRET}/x", f"postgresql://reader:a/{SECRET}@h/x", f"postgresql://reader:a?{SECRET}@h/x",
                f"postgresql://h/x?port={SECRET}", f"host=h port={SECRET}", f"host=h password=a {SECRET} dbname=x",
                f"postgresq:/reader:{SECRET}/x", f"//reader:{SECRET}/x", f"reader:{SECRET}", f"reader:{SECRET}@h/x",
                f"pstgresql://reader:{SECRET}/x", f"postgresql;//reader:{SECRET}/x", f"h password={SECRET}",
                f"x.aiida?password={SECRET}", f"PGPASSWORD={SECRET} postgresql://h/x", f"host=h;password={SECRET}"]
        for uri in uris:
            for place in ([uri], ["-p", uri], ["-p", "x=" + uri], ["--source", uri], ["--check", uri],
                          ["--check", "--demo", uri], ["--check", "--demo", "-p", uri], ["--threads", uri],
                          ["--log-level", uri], ["--config", uri], ["--token-keys", uri, "--demo"],
                          ["--check", "--access-log", uri, "--token-keys", uri, "--demo"], ["--cors-origin", uri], ["--" + uri]):
                with self.subTest(place):
                    self.assert_silent("-P", "0", *place)
        for uri in uris + [f"postgresql://reader:a;{SECRET}@h/x", f"postgresql://reader:1;{SECRET}@h", f"host=h password=a;{SECRET}",
                           f"postgresql://h/x?password=a;{SECRET}"]:
            for variable in ("RESTAPI_SOURCE", "RESTAPI_PROFILE"):
                with self.subTest(f"{variable}={uri}"):
                    self.assert_silent("-P", "0", **{variable: uri})
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "restapi.toml"
            for uri in uris:
                for text in (f'source = "{uri}"', f'profile = "{uri}"', f'[x]\nsource = "{uri}"', f'["{uri}"]', f'"{uri}" = 1',
                             f'[x]\n"{uri}" = "y"', f'["{uri}".x]', f'port = "{uri}"', f'["{uri}"]\n["{uri}"]'):
                    path.write_text(text + "\n")
                    with self.subTest(text):
                        self.assert_silent("-P", "0", "--config", str(path))

    def test_number_where_the_host_is_missing(self):
        # It could be a port, and the user a host that is there.
        for uri in ("postgresql://localhost:16399", "postgres://127.0.0.1:16399/aiida", "postgresql://nobody.invalid:16399/x"):
            for place in ([uri], ["-p", "x=" + uri], ["--check", uri]):
                with self.subTest(place):
                    done = run("-P", "0", "--log-level", "trace", *place)
                    self.assertNotEqual(0, done.returncode)
                    self.assertNotIn("16399", done.stdout + done.stderr)
                    self.assertIn("cannot be opened", done.stdout + done.stderr)
        # Whoever has written the @, or keywords, is told the port.
        for source in ("postgresql://u@localhost:16399/x", "host=localhost port=16399"):
            self.assertIn("on localhost:16399 cannot be opened", run("-P", "0", source).stderr)

    def test_options_that_are_wrong(self):
        source = f"postgresql://reader:{SECRET}@127.0.0.1/aiida"
        keywords = f"host=127.0.0.1 password={SECRET}"
        for arguments in (["-P", source], ["-P", "0", source, "--colour"], ["--log-level", keywords], ["--colour=" + source],
                          ["-p", source], ["--config", source]):
            with self.subTest(arguments):
                self.assert_silent(*arguments)
        # There is no such profile, nor such a database.
        for arguments in (["--demo", "main", source], ["main", keywords]):
            with self.subTest(arguments):
                self.assert_silent("--check", *arguments)
        self.assert_silent("--demo", RESTAPI_PORT=source)

    def test_profile(self):
        with tempfile.TemporaryDirectory() as folder, socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            config = {"database_hostname": "127.0.0.1", "database_port": bound.getsockname()[1], "database_name": "aiida",
                      "database_username": "reader", "database_password": SECRET}
            for extra in ({}, {"database_hostname": None}, {"database_port": "x"}):
                profile = {"storage": {"backend": "core.psql_dos", "config": config | extra}}
                (Path(folder) / ".aiida").mkdir(exist_ok=True)
                (Path(folder) / ".aiida" / "config.json").write_text(json.dumps({"profiles": {"main": profile}}))
                with self.subTest(extra):
                    done = run("-P", "0", "-p", "main", "--log-level", "trace", AIIDA_PATH=folder)
                    self.assertNotIn(SECRET, done.stdout + done.stderr)
                    self.assertEqual(2, done.returncode)

    def test_database_that_is_lost(self):
        uri = postgresql() + f"&password={SECRET}"
        name = f"secrets_{os.getpid()}"
        subprocess.run(["psql", "-qX", postgresql(), "-c", f"CREATE DATABASE {name}"], check=True)
        try:
            uri = uri.replace("/postgres?", f"/{name}?")
            schema = (ROOT / "sql" / "schema" / "postgresql_gen1.sql").read_text()
            subprocess.run(["psql", "-qX", uri, "-v", "ON_ERROR_STOP=1"], input=schema, text=True, check=True)
            with Watched(uri, "--log-level", "trace", "--access-log", "-", "--slow-request", "1") as server:
                self.assertEqual(200, server.get(API + "users", f"Authorization: Bearer {SECRET}").status)
                subprocess.run(["psql", "-qX", postgresql(), "-c", f"DROP DATABASE {name} WITH (FORCE)"], check=True)
                self.assertEqual(503, server.get(API + "users", f"Authorization: Bearer {SECRET}").status)
                told = server.admin("/metrics").body.decode() + server.admin("/ready").body.decode()
                server.stop()
            told += "".join(server.welcome + server.log)
            self.assertIn("connection lost", told)
            self.assertNotIn(SECRET, told)
        finally:
            subprocess.run(["psql", "-qX", postgresql(), "-c", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"], check=True)


class RefusingPostgresql:
    """Asks for a password in clear text, and refuses it (PostgreSQL's protocol 3.0)."""

    def __enter__(self):
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.refused = 0
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listening.close()

    def serve(self):
        while True:
            try:
                client, _ = self.listening.accept()
            except OSError:
                return
            with client:
                try:
                    self.refuse(client)
                except OSError:
                    pass

    def refuse(self, client):
        while True:
            startup = client.recv(4096)
            if startup[4:8] not in (b"\x04\xd2\x16\x2f", b"\x04\xd2\x16\x30"):  # neither SSL nor GSS
                break
            client.sendall(b"N")
        client.sendall(b"R" + (8).to_bytes(4, "big") + (3).to_bytes(4, "big"))
        if SECRET.encode() not in client.recv(4096):
            return
        self.refused += 1
        fields = b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user \"reader\"\0\0"
        client.sendall(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)


if __name__ == "__main__":
    unittest.main()
