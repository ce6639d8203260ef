# SPDX-License-Identifier: MIT
"""The Apache sites of tools/deploy/apache, served by a private Apache in front of the built program."""

import http.client
import json
import re
import shutil
import ssl
import subprocess
import unittest

from balancer_cases import BalancerCases, Member
from one_site_cases import API, OneSiteCases
from proxies import APACHE, APACHE_MODULES, Apache, free_port
from served import PATIENCE, ROOT, Server

SITES = sorted((ROOT / "tools" / "deploy" / "apache").glob("*.conf"))
needs_apache = unittest.skipUnless(APACHE and APACHE_MODULES.is_dir(),
                                   "no Apache here: tools/install_packages test installs it (apache2-bin)")


@needs_apache
class OneSite(OneSiteCases, unittest.TestCase):
    proxy_type = Apache
    site = "apache/one_site.conf"


class OneSiteByName(OneSite):
    part = 'ProxyPass "/django"'
    is_whole = False


class OneSiteBelowPath(OneSite):
    part = 'ProxyPass "/aiida"'
    prefix = "/aiida"


@needs_apache
class TwoSites(unittest.TestCase):
    def test_each_port_is_a_profile(self):
        with Server("--demo", "--cors-origin", "*") as first, Server("--demo", "--cors-origin", "https://second.example.org") as second:
            ports = {8081: free_port(), 8082: free_port(), 5001: first.port, 5002: second.port}
            apache = Apache("apache/two_sites.conf", ports)
            self.addCleanup(apache.stop)
            for port, origin in ((ports[8081], "*"), (ports[8082], "https://second.example.org")):
                apache.port = port
                answer = apache.get(API + 'nodes/?id>45&type=like="%data%"', "X-Forwarded-Prefix: /evil", "X-Forwarded-Port: 6666",
                                    "Origin: https://second.example.org")
                self.assertEqual((200, origin), (answer.status, answer.headers["access-control-allow-origin"]))
                self.assertEqual("http://localhost:5000/", answer.json()["url_root"])
                with apache.connect() as client:
                    client.send(f"GET {API}users HTTP/1.0\r\n\r\n")
                    self.assertEqual(f"http://aiida.example.org:{port}/", client.receive().json()["url_root"])


def with_modules(configuration: str, *names: str) -> str:
    modules = "".join(f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so\n" for name in names)
    return configuration.replace("LoadModule", modules + "LoadModule", 1)


class ChallengedApache(Apache):
    """The site while `certbot --apache` proves that it is ours."""

    def configuration(self) -> str:
        (self.folder / "challenge").write_text("proof", encoding="ascii")
        lines = ("RewriteEngine on\n  RewriteRule ^/\\.well-known/acme-challenge/([A-Za-z0-9-_=]+)$ "
                 f"{self.folder}/$1 [END]\n  <Directory {self.folder}>\n    Require all granted\n  </Directory>\n  ")
        return with_modules(super().configuration().replace("AllowEnc", lines + "AllowEnc"), "rewrite")


class TlsApache(Apache):
    """The site as `certbot --apache` would copy it: the same with a certificate."""

    def configuration(self) -> str:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                        "-keyout", self.folder / "key", "-out", self.folder / "certificate"], check=True,
                       capture_output=True)
        tls = (f"SSLEngine on\n  SSLCertificateFile {self.folder}/certificate\n"
               f"  SSLCertificateKeyFile {self.folder}/key\n  ")
        return with_modules(super().configuration().replace("AllowEnc", tls + "AllowEnc"), "socache_shmcb", "ssl")


@needs_apache
class Certbot(unittest.TestCase):
    def test_its_proof_is_not_looked_for_in_restapi(self):
        with Server("--demo") as server:
            apache = ChallengedApache("apache/one_site.conf", {80: free_port(), 5000: server.port})
            self.addCleanup(apache.stop)
            self.assertEqual(b"proof", apache.get("/.well-known/acme-challenge/challenge").body)
            self.assertEqual(200, apache.get(API + "users").status)


@needs_apache
@unittest.skipUnless(shutil.which("openssl"), "no openssl here, which makes the certificate")
class Tls(unittest.TestCase):
    def test_addresses_in_answers_are_those_of_https(self):
        with Server("--demo") as server:
            apache = TlsApache("apache/one_site.conf", {80: free_port(), 5000: server.port})
            self.addCleanup(apache.stop)
            anyone = ssl.create_default_context()
            anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
            client = http.client.HTTPSConnection("127.0.0.1", apache.port, timeout=PATIENCE, context=anyone)
            self.addCleanup(client.close)
            client.request("GET", f"/demo{API}computers/page/1?perpage=1", headers={"Host": "aiida.example.org",
                                                                                    "X-Forwarded-Proto": "http"})
            answer = client.getresponse()
            self.assertIn("<https://aiida.example.org/demo/api/v2/computers/page/2?perpage=1>", answer.headers["Link"])
            self.assertEqual("https://aiida.example.org/demo/", json.load(answer)["url_root"])
            client.request("GET", f"/demo{API}computers", headers={"Host": "aiida.example.org",
                                                                   "Connection": "X-Forwarded-Proto"})
            again = client.getresponse()
            self.assertEqual("https://aiida.example.org/demo/", json.load(again)["url_root"])


class PatientApache(Apache):
    """Its site, but a member that failed a request is left out until the end of the test."""

    def configuration(self) -> str:
        return super().configuration().replace(" retry=1 ", " retry=600 ")


@needs_apache
class Balancer(BalancerCases, unittest.TestCase):
    proxy_type = Apache
    site = "apache/balancer.conf"
    status_of_options = 502

    @staticmethod
    def without(site: str, port: int) -> str:
        return re.sub(f'"http://127.0.0.1:{port}" .*', lambda found: found[0] + " status=+D", site)

    def test_a_member_that_broke_a_request_is_left_out(self):
        self.proxy_type = PatientApache
        broken = Member()
        proxy = self.beside(broken)
        self.assertEqual(200, self.meet(broken, proxy, "users").status)
        for _ in range(10):
            self.assertEqual(200, proxy.get(API + "users").status)
        self.assertEqual(1, len(broken.met))


class Settings(unittest.TestCase):
    """Numbers that must fit the program's."""

    def test_the_proxy_gives_up_idle_connections_first(self):
        header = (ROOT / "src" / "http" / "server.hpp").read_text(encoding="utf-8")
        idle = int(re.search(r"idle_timeout\{([\d']+)\}", header)[1].replace("'", "")) / 1000
        for site in SITES:
            found = re.findall(r"\bttl=(\d+)", site.read_text(encoding="utf-8"))
            backends = re.findall(r'"http://127\.0\.0\.1:\d+[^"]*"', site.read_text(encoding="utf-8"))
            self.assertEqual(len(backends), len(found), site.name)
            for ttl in found:
                self.assertLessEqual(int(ttl), idle / 2, site.name)

    def test_the_proxy_waits_longer_than_a_statement_may_take(self):
        header = (ROOT / "src" / "config" / "options.hpp").read_text(encoding="utf-8")
        statement = int(re.search(r"statement_timeout = (\d+)", header)[1])
        for site in SITES:
            for timeout in re.findall(r"\stimeout=(\d+)", site.read_text(encoding="utf-8")):
                self.assertGreater(int(timeout), statement, site.name)


if __name__ == "__main__":
    unittest.main()
