# SPDX-License-Identifier: MIT
"""Tokens, origins and the headers of every answer, against the built program. Tokens are made with the standard library
and the `openssl` command, as any other program would make them."""

import base64
import hashlib
import hmac
import json
import os
import re
import secrets
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from served import PATIENCE, Client, Server, Watched, run

USERS = "/api/v2/users"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*arguments: str | Path, data: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True, check=True).stdout


class Keys:
    """A secret and an RSA key in a folder, and what they sign."""

    def __init__(self, folder: Path):
        self.secret = secrets.token_bytes(32)
        self.private = folder / "private.pem"
        openssl("genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.private)

    def public_pem(self) -> str:
        return openssl("pkey", "-in", self.private, "-pubout").decode()

    def jwk_set(self, *, oct_key: bool = True, rsa: bool = True) -> str:
        keys = []
        if oct_key:
            keys.append({"kty": "oct", "kid": "shared", "alg": "HS256", "k": base64url(self.secret)})
        if rsa:
            modulus = re.search(rb"Modulus=([0-9A-F]+)", openssl("rsa", "-in", self.private, "-noout", "-modulus"))
            keys.append({"kty": "RSA", "kid": "issuer", "use": "sig", "n": base64url(bytes.fromhex(modulus[1].decode())),
                         "e": "AQAB"})
        return json.dumps({"keys": keys})

    def token(self, algorithm: str, **claims) -> str:
        header = {"alg": algorithm, "typ": "JWT", "kid": "shared" if algorithm == "HS256" else "issuer"}
        text = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        if algorithm == "HS256":
            signature = hmac.digest(self.secret, text.encode(), hashlib.sha256)
        else:
            signature = openssl("dgst", "-sha256", "-sign", self.private, data=text.encode())
        return f"{text}.{base64url(signature)}"


def put(path: Path, text: str):
    """In one step, as administrators should."""
    new = path.with_suffix(".new")
    new.write_text(text)
    os.replace(new, path)


class Tokens(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.keys = Keys(cls.folder)

    def serve(self, keys: str, *arguments: str, **more: str) -> tuple[Server, Path]:
        file = self.folder / f"{self.id()}.keys"
        put(file, keys)
        server = Server("--demo", "--token-keys", file, *arguments, **more)
        self.addCleanup(server.stop)
        return server, file

    def test_a_token_opens_what_is_closed_without(self):
        server, _ = self.serve(self.keys.jwk_set(), "--log-level", "trace")
        now = int(time.time())
        sent = []
        with server.connect() as client:
            def status(token: str | None, target: str = USERS, method: str = "GET") -> int:
                sent.extend([token] if token else [])
                headers = [f"Authorization: Bearer {token}"] if token else []
                return client.get(target, *headers, method=method).status

            for algorithm in ("HS256", "RS256"):
                good = self.keys.token(algorithm, exp=now + 3600, sub="reader")
                with self.subTest(algorithm):
                    self.assertEqual(200, status(good))
                    self.assertEqual(200, status(good))  # remembered
                    self.assertEqual(200, status(good, method="HEAD"))
                    self.assertEqual(404, status(good, "/nowhere"))
                    self.assertEqual(405, status(good, method="POST"))
                    self.assertEqual(401, status(good[:-8] + ("A" if good[-8] != "A" else "B") + good[-7:]))
                    self.assertEqual(401, status(self.keys.token(algorithm, exp=now - 3600)))
                    self.assertEqual(401, status(self.keys.token(algorithm, nbf=now + 3600)))
            self.assertEqual(401, status(None))
            self.assertEqual(401, status("nonsense"))
            self.assertEqual(401, status("x" * 20_000))
            self.assertEqual(204, status(None, method="OPTIONS"))

            refused = client.get(USERS, "Authorization: Bearer nonsense")
            self.assertEqual('Bearer realm="restapi", error="invalid_token", '
                             'error_description="the token is malformed"', refused.headers["www-authenticate"])
            self.assertEqual({"message": "the token is malformed"}, refused.json())
            self.assertEqual("no-store", refused.headers["cache-control"])
            self.assertEqual('Bearer realm="restapi"', client.get(USERS).headers["www-authenticate"])
        server.stop()
        log = "".join(server.log)
        self.assertIn("keys for tokens: 2", log)
        self.assertNotIn(base64url(self.keys.secret), log)
        for token in sent:
            self.assertNotIn(token[-20:], log)

    def test_without_a_token_nobody_learns_what_there_is(self):
        server, _ = self.serve(self.keys.jwk_set())
        good = f"Authorization: Bearer {self.keys.token('HS256')}"
        for target in ("/nowhere", "/nowhere/api/v2/users", "/demo", "/demo/", "/demo/nowhere", "/api", "/api/v2/nowhere",
                       "/live", "/demo/api/v2/nodes/1/x", "//", "/demo%2Fapi/v2/users"):
            with self.subTest(target):
                self.assertEqual(401, server.get(target).status)
                self.assertEqual(404, server.get(target, good).status)
        self.assertEqual(200, server.get("/").status)  # the names of profiles are public

    def test_what_a_token_adds_is_kept_by_no_proxy(self):
        server, _ = self.serve(self.keys.jwk_set())
        good = f"Authorization: Bearer {self.keys.token('HS256')}"
        for target, status in (("/", 200), ("/nowhere", 404), (USERS, 200)):
            with self.subTest(target):
                answer = server.get(target, good)
                self.assertEqual((status, "private, no-cache"), (answer.status, answer.headers["cache-control"]))
        self.assertEqual("private, no-cache", server.get("/").headers["cache-control"])

    def test_a_token_in_the_wrong_place_is_in_no_log(self):
        access_log = self.folder / "access.log"
        server, _ = self.serve(self.keys.jwk_set(), "--log-level", "trace", "--access-log", access_log)
        token = self.keys.token("HS256", sub="reader")
        good = f"Authorization: Bearer {token}"
        with server.connect() as client:
            for target in (f"{USERS}?access_token={token}", f"{USERS}?token={token[:40]}", f"/{token}", f"{USERS}/{token}",
                           f"/demo/api/v2/?Authorization=Bearer%20{token}", f"{USERS}?jwt=geheim1234",
                           f"{USERS}?access_token%3Dgeheim1234", f"{USERS}?token[]=geheim1234",
                           f"{USERS}?q={token.replace('.', '%2e')}", f"http://reader:geheim1234@localhost{USERS}"):
                for headers in ([], [good], [f"User-Agent: curl {token}"], [f"X-Request-Id: {token}"[:140], good]):
                    answer = client.get(target, *headers)
                    self.assertIn(answer.status, (200, 400, 401, 404, 421))
                    self.assertNotIn(token[:40], answer.headers["x-request-id"])
        server.stop()
        logged = access_log.read_text() + "".join(server.log)
        self.assertEqual(40, access_log.read_text().count("\n"))
        self.assertIn("access_token=…", logged)
        for secret in (token[:30], token[-20:], "geheim1234"):
            self.assertNotIn(secret, logged)

    def test_issuer_and_audience(self):
        server, _ = self.serve(self.keys.jwk_set(), "--token-issuer", "https://id.example.org",
                               RESTAPI_TOKEN_AUDIENCE="provenance")
        for claims, status in (({"iss": "https://id.example.org", "aud": ["provenance", "mail"]}, 200),
                               ({"iss": "https://id.example.org", "aud": "mail"}, 401),
                               ({"iss": "https://elsewhere.example", "aud": "provenance"}, 401), ({}, 401)):
            with self.subTest(claims):
                token = self.keys.token("RS256", **claims)
                self.assertEqual(status, server.get(USERS, f"Authorization: Bearer {token}").status)

    def test_public_key_in_pem(self):
        server, _ = self.serve(self.keys.public_pem())
        self.assertEqual(200, server.get(USERS, f"Authorization: Bearer {self.keys.token('RS256')}").status)
        self.assertEqual(401, server.get(USERS, f"Authorization: Bearer {self.keys.token('HS256')}").status)

    def test_keys_change_while_the_program_runs(self):
        server, file = self.serve(self.keys.jwk_set(rsa=False))
        shared = f"Authorization: Bearer {self.keys.token('HS256')}"
        issuer = f"Authorization: Bearer {self.keys.token('RS256')}"
        with server.connect() as client:
            def becomes(header: str, status: int):
                until = time.monotonic() + PATIENCE
                while client.get(USERS, header).status != status:
                    self.assertLess(time.monotonic(), until, "the new keys are not noticed")

            self.assertEqual((200, 401), (client.get(USERS, shared).status, client.get(USERS, issuer).status))
            put(file, self.keys.jwk_set(oct_key=False))
            becomes(issuer, 200)
            self.assertEqual(401, client.get(USERS, shared).status)
            put(file, "broken")
            until = time.monotonic() + PATIENCE
            while not any("stay as they were" in line for line in server.log):
                self.assertEqual(200, client.get(USERS, issuer).status)
                self.assertLess(time.monotonic(), until, "nothing in the log")
            put(file, self.keys.jwk_set())
            becomes(shared, 200)

    def test_keys_that_are_of_no_use(self):
        for name, text, saying in (("none.json", None, "cannot be read"), ("text.json", "keys", "JSON Web Key Set"),
                                   ("empty.json", '{"keys": []}', "no key"),
                                   ("short.json", '{"kty": "oct", "k": "c2hvcnQ"}', "32 to 1024 bytes")):
            with self.subTest(name):
                if text is not None:
                    put(self.folder / name, text)
                done = run("--demo", "-P", "0", "--token-keys", self.folder / name)
                self.assertEqual(2, done.returncode)
                self.assertEqual("", done.stdout)
                self.assertRegex(done.stderr.splitlines()[-1], rf"restapi: (?=.*{name}).*{saying}")


class Names(unittest.TestCase):
    """Whoever owns a domain may have it lead to this machine; then only Host tells."""

    def ask(self, port: int, host: str | None, target: str = USERS, method: str = "GET", version: str = "1.1"):
        with Client(port) as client:
            lines = [f"{method} {target} HTTP/{version}", *([] if host is None else [f"Host: {host}"]), "", ""]
            client.send("\r\n".join(lines))
            return client.receive(method == "HEAD")

    def test_a_name_that_is_not_ours_is_told_so(self):
        with Watched("--demo") as server:
            for target in (USERS, "/", "/demo" + USERS, "/nowhere"):
                with self.subTest(target):
                    answer = self.ask(server.port, "evil.example:5000", target)
                    self.assertEqual(421, answer.status)
                    self.assertEqual({"message": 'this server is not called "evil.example"; the option --server-name '
                                                 "evil.example lets in requests that call it so"}, answer.json())
                    self.assertEqual("nosniff", answer.headers["x-content-type-options"])
            self.assertEqual(421, self.ask(server.port, "localhost", "http://evil.example" + USERS).status)
            for method in ("OPTIONS", "POST", "HEAD"):
                self.assertEqual(421, self.ask(server.port, "evil.example", method=method).status)
            for target in ("/live", "/ready", "/metrics"):
                self.assertEqual(421, self.ask(server.admin_port, "evil.example", target).status)
                self.assertEqual(200, self.ask(server.admin_port, f"localhost:{server.admin_port}", target).status)
            for host in ("localhost", f"127.0.0.1:{server.port}", "[::1]:5000", "aiida.localhost:80"):
                with self.subTest(host):
                    self.assertEqual(200, self.ask(server.port, host).status)
            self.assertEqual(400, self.ask(server.port, None).status)
            self.assertEqual(200, self.ask(server.port, None, version="1.0").status)
            self.assertEqual(421, self.ask(server.port, "evil.example", version="1.0").status)

    def test_a_proxy_that_a_page_claims_to_be_changes_nothing(self):
        with Server("--demo") as server:
            with server.connect() as client:
                client.send(f"GET {USERS} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: localhost\r\n\r\n")
                self.assertEqual(421, client.receive().status)

    def test_names_that_are_given(self):
        with Server("--demo", "--server-name", "a.example,b.example", RESTAPI_SERVER_NAME="c.example") as server:
            for host, status in (("A.example:80", 200), ("b.example", 200), ("localhost", 200), ("c.example", 421)):
                self.assertEqual(status, self.ask(server.port, host).status, host)
        with Server("--demo", RESTAPI_SERVER_NAME="*") as server:
            self.assertEqual(200, self.ask(server.port, "evil.example").status)

    def test_who_listens_to_others_has_their_names(self):
        with Server("--demo", "-H", "0.0.0.0") as server:
            self.assertEqual(200, self.ask(server.port, "aiida.example.org").status)
        with Server("--demo", "-H", "0.0.0.0", "--server-name", "aiida.example.org") as server:
            for host, status in (("aiida.example.org", 200), ("192.0.2.1:5000", 200), ("evil.example", 421)):
                self.assertEqual(status, self.ask(server.port, host).status, host)


class Origins(unittest.TestCase):
    def test_pages_of_the_named_origins_may_read(self):
        with Server("--demo", "--cors-origin", "https://a.example,https://b.example:8443",
                    "--cors-origin", "http://localhost:3000") as server, server.connect() as client:
            for method, status in (("GET", 200), ("GET", 200), ("HEAD", 200), ("OPTIONS", 204)):
                for origin in ("https://a.example", "https://b.example:8443", "http://localhost:3000"):
                    with self.subTest(method=method, origin=origin):
                        answer = client.get(USERS, f"Origin: {origin}", method=method)
                        self.assertEqual(status, answer.status)
                        self.assertEqual(origin, answer.headers["access-control-allow-origin"])
                        self.assertIn("Origin", answer.headers["vary"])
                for others in (["Origin: https://c.example"], ["Origin: https://a.example", "Origin: https://c.example"]):
                    answer = client.get(USERS, *others, method=method)
                    self.assertEqual(status, answer.status)
                    self.assertNotIn("access-control-allow-origin", answer.headers)

    def test_no_page_of_another_origin_may_read_unless_it_is_named(self):
        with Server("--demo") as server, server.connect() as client:
            for method, target in (("GET", USERS), ("GET", "/"), ("GET", "/nowhere"), ("OPTIONS", USERS)):
                with self.subTest(method=method, target=target):
                    answer = client.get(target, "Origin: https://www.materialscloud.org",
                                        "Access-Control-Request-Private-Network: true", method=method)
                    self.assertFalse([name for name in answer.headers if name.startswith("access-control-allow-") and
                                      name not in ("access-control-allow-methods", "access-control-allow-headers")])
                    self.assertEqual("same-origin", answer.headers["cross-origin-resource-policy"])

    def test_a_preflight_allows_what_the_named_page_asks_for(self):
        page = "Origin: https://www.materialscloud.org"
        asked = ("Access-Control-Request-Method: GET", "Access-Control-Request-Headers: cache-control,pragma,x-requested-with",
                 "Access-Control-Request-Private-Network: true")
        with Server("--demo", "--cors-origin", page.split(" ")[1]) as server, server.connect() as client:
            answer = client.get(USERS, page, *asked, method="OPTIONS")
            self.assertEqual("true", answer.headers["access-control-allow-private-network"])
            for name in ("cache-control", "pragma", "x-requested-with", "authorization"):
                self.assertIn(name, answer.headers["access-control-allow-headers"].lower())
            other = client.get(USERS, "Origin: https://evil.example", *asked, method="OPTIONS")
            self.assertNotIn("access-control-allow-private-network", other.headers)
            self.assertNotIn("pragma", other.headers["access-control-allow-headers"])

    def test_none_is_no_page_and_no_proxy(self):
        with tempfile.TemporaryDirectory() as folder:
            lists = Path(folder) / "options.toml"
            lists.write_text("cors-origin = []\ntrusted-proxy = []\n")
            for arguments in (("--config", lists), ("--cors-origin", "none", "--trusted-proxy", "none")):
                with self.subTest(arguments), Server("--demo", *arguments) as server:
                    answer = server.get(USERS, "Origin: https://a.example", "X-Forwarded-Host: proxy.example")
                    self.assertEqual(200, answer.status)
                    self.assertNotIn("access-control-allow-origin", answer.headers)
                    self.assertEqual("same-origin", answer.headers["cross-origin-resource-policy"])
                    self.assertNotIn("proxy.example", answer.body.decode())

    def test_all_answers_say_what_they_are(self):
        with Server("--demo") as server:
            for target, status in ((USERS, 200), ("/api/v2/users?a=1", 400), ("/nowhere", 404)):
                with self.subTest(target):
                    answer = server.get(target)
                    self.assertEqual(status, answer.status)
                    self.assertEqual("nosniff", answer.headers["x-content-type-options"])
                    self.assertEqual("default-src 'none'; frame-ancestors 'none'",
                                     answer.headers["content-security-policy"])
            with server.connect() as client:  # where no request could be read
                client.send("nonsense\r\n\r\n")
                answer = client.receive()
                self.assertEqual((400, "nosniff"), (answer.status, answer.headers["x-content-type-options"]))


if __name__ == "__main__":
    unittest.main()
