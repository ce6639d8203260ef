"""The Apache sites of tools/deploy/apache, served by a private Apache in front of the built program."""

import http.client
import json
import re
import shutil
import signal
import ssl
import subprocess
import time
import unittest

from crowd import Crowd
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


@needs_apache
class TwoSites(unittest.TestCase):
    def test_each_port_is_a_profile(self):
        with Server("--demo") as first, Server("--demo", "--cors-origin", "https://second.example.org") as second:
            ports = {8081: free_port(), 8082: free_port(), 5001: first.port, 5002: second.port}
            apache = Apache("apache/two_sites.conf", ports)
            self.addCleanup(apache.stop)
            for port, origin in ((ports[8081], "*"), (ports[8082], "https://second.example.org")):
                apache.port = port
                answer = apache.get(API + 'nodes/?id>45&type=like="%data%"', "X-Forwarded-Prefix: /evil",
                                    "Origin: https://second.example.org")
                self.assertEqual((200, origin), (answer.status, answer.headers["access-control-allow-origin"]))
                self.assertEqual("http://localhost:5000/", answer.json()["url_root"])


class TlsApache(Apache):
    """The site as `certbot --apache` would copy it: the same with a certificate."""

    def configuration(self) -> str:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                        "-keyout", self.folder / "key", "-out", self.folder / "certificate"], check=True,
                       capture_output=True)
        tls = (f"SSLEngine on\n  SSLCertificateFile {self.folder}/certificate\n"
               f"  SSLCertificateKeyFile {self.folder}/key\n  ")
        modules = "".join(f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so\n" for name in ("socache_shmcb", "ssl"))
        return super().configuration().replace("LoadModule", modules + "LoadModule", 1).replace("AllowEnc", tls + "AllowEnc")


@needs_apache
@unittest.skipUnless(shutil.which("openssl"), "no openssl here, which makes the certificate")
class Tls(unittest.TestCase):
    def test_addresses_in_answers_are_those_of_https(self):
        with Server("--demo") as server:
            apache = TlsApache("apache/one_site.conf", {80: free_port(), 5001: server.port, 5002: server.port})
            self.addCleanup(apache.stop)
            anyone = ssl.create_default_context()
            anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
            client = http.client.HTTPSConnection("127.0.0.1", apache.port, timeout=PATIENCE, context=anyone)
            self.addCleanup(client.close)
            client.request("GET", f"/django{API}computers/page/1?perpage=1", headers={"Host": "aiida.example.org",
                                                                                      "X-Forwarded-Proto": "http"})
            answer = client.getresponse()
            self.assertEqual("https://aiida.example.org/django/", json.load(answer)["url_root"])
            self.assertIn("<https://aiida.example.org/django/api/v2/computers/page/2?perpage=1>", answer.headers["Link"])


clients = 4
STATISTICS = {API + "nodes/statistics": None}


@needs_apache
class Balancer(unittest.TestCase):
    def setUp(self):
        self.members = [Server("--demo"), Server("--demo")]
        for index in range(2):
            self.addCleanup(lambda index=index: self.members[index].stop())
        self.apache = Apache("apache/balancer.conf", {80: free_port(), 5001: self.members[0].port,
                                                      5002: self.members[1].port})
        self.addCleanup(self.apache.stop)

    def asked(self, requests: int = 8) -> set:
        """The members that answer now: each has ETags of its own."""
        return {self.apache.get(API + "users").headers["etag"] for _ in range(requests)}

    def test_work_is_shared(self):
        self.assertEqual(2, len(self.asked()))

    def test_targets_arrive_byte_for_byte(self):
        for target in ('nodes/?id>45&type=like="%data%"', 'nodes?label=like=%22bands,%20killed%22', "nodes/a%2Fb"):
            with self.subTest(target=target):
                self.assertEqual(self.members[0].get(API + target).body, self.apache.get(API + target).body)

    def lose_one(self, number: int, keeps: bool) -> list:
        """What a crowd lost while one member ended and came back."""
        crowd = Crowd(self.apache.port, clients, keeps, STATISTICS)
        self.addCleanup(crowd.end)
        crowd.wait_for(100)
        port = self.members[0].port
        self.members[0].stop(number)
        crowd.wait_for(300)
        self.members[0] = Server("--demo", "-P", str(port))
        crowd.wait_for(100)
        crowd.end()
        deadline = time.monotonic() + PATIENCE
        while len(self.asked()) < 2:
            self.assertLess(time.monotonic(), deadline, "the restarted member is not asked again")
            time.sleep(0.1)
        return crowd.lost

    def test_a_member_that_ends_takes_along_at_most_what_was_on_its_way(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            for keeps in (True, False):
                with self.subTest(number=number, keeps=keeps):
                    lost = self.lose_one(number, keeps)
                    self.assertLessEqual(len(lost), clients)
                    self.assertLessEqual(set(lost), {502})

    def test_a_member_that_was_taken_out_takes_nothing_along(self):
        crowd = Crowd(self.apache.port, clients, False, STATISTICS)
        self.addCleanup(crowd.end)
        crowd.wait_for(100)
        line = f'"http://127.0.0.1:{self.members[0].port}" .*'
        self.apache.reload(re.sub(line, lambda found: found[0] + " status=+D", self.apache.site))
        deadline = time.monotonic() + PATIENCE
        while len(self.asked(40)) > 1:
            self.assertLess(time.monotonic(), deadline, "the member is still asked")
        crowd.wait_for(100)
        self.members[0].stop()
        crowd.wait_for(300)
        crowd.end()
        self.assertEqual([], crowd.lost)

    def test_a_member_that_never_came_takes_no_request_along(self):
        self.members[1].stop()
        for _ in range(20):
            self.assertEqual(200, self.apache.get(API + "users").status)


class Settings(unittest.TestCase):
    """Numbers that must fit the program's."""

    def test_the_proxy_gives_up_idle_connections_first(self):
        header = (ROOT / "src" / "api" / "http_server.hpp").read_text(encoding="utf-8")
        idle = int(re.search(r"idle_timeout\{([\d']+)\}", header)[1].replace("'", "")) / 1000
        for site in SITES:
            found = re.findall(r"\bttl=(\d+)", site.read_text(encoding="utf-8"))
            backends = re.findall(r'"http://127\.0\.0\.1:\d+/?"', site.read_text(encoding="utf-8"))
            self.assertEqual(len(backends), len(found), site.name)
            for ttl in found:
                self.assertLessEqual(int(ttl), idle / 2, site.name)

    def test_the_proxy_waits_longer_than_a_statement_may_take(self):
        header = (ROOT / "src" / "api" / "options.hpp").read_text(encoding="utf-8")
        statement = int(re.search(r"statement_timeout = (\d+)", header)[1])
        for site in SITES:
            for timeout in re.findall(r"\stimeout=(\d+)", site.read_text(encoding="utf-8")):
                self.assertGreater(int(timeout), statement, site.name)


if __name__ == "__main__":
    unittest.main()
