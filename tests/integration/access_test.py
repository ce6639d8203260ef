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

from served import PATIENCE, Server, run

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
                answer = client.get(USERS, "Origin: https://c.example", method=method)
                self.assertEqual(status, answer.status)
                self.assertNotIn("access-control-allow-origin", answer.headers)

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
