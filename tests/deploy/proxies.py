# SPDX-License-Identifier: MIT
"""Apache and nginx as private instances: own folder, configuration and ports, no root, nothing of the system's.

The sites are those of tools/deploy, unchanged but for their ports. Needs what tests/integration/served.py needs.
"""

import errno
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "integration"))

from served import PATIENCE, ROOT, Client  # noqa: E402

APACHE = shutil.which("apache2", path=os.environ.get("PATH", "") + ":/usr/sbin")
APACHE_MODULES = Path("/usr/lib/apache2/modules")
NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")

# What `a2enmod` adds to a module that it is asked for, and what Debian's apache2 enables by itself.
DEPENDENCIES = {
    "proxy_http": ["proxy"],
    "proxy_balancer": ["slotmem_shm"],
}
ENABLED = ["mpm_event", "authz_core", "env", "filter", "deflate", "setenvif", "reqtimeout"]


def free_port() -> int:
    """Where somebody will listen a little later: none of those that the kernel gives to clients meanwhile."""
    limit = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    while True:
        try:
            # 0 leaves the choice to the kernel, where it keeps all ports for itself.
            with socket.create_server(("127.0.0.1", random.randrange(10000, limit) if limit > 11000 else 0)) as listener:
                return listener.getsockname()[1]
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise


def wait_for_port(port: int, process: subprocess.Popen, log: Path):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("the proxy ended: " + log.read_text(encoding="utf-8"))
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("the proxy does not listen: " + log.read_text(encoding="utf-8"))


class Proxy:
    """`ports` gives a real port for each that the site names; `change` makes another text of the site's."""

    reload_signal = None

    def __init__(self, site: str, ports: dict, change=None):
        self.folder = Path(tempfile.mkdtemp(prefix="restapi-proxy-"))
        self.folder.chmod(0o755)  # started by root, it works as somebody else
        self.log = self.folder / "log"
        self.log.touch()
        text = self.text_of(site)
        text = change(text) if change else text
        for named in ports:
            if not re.search(rf"(?<=[: ]){named}\b", text):
                raise RuntimeError(f"{site} names no port {named}")
        self.site = re.sub(r"(?<=[: ])(\d+)\b", lambda found: str(ports.get(int(found[1]), found[1])), text)
        self.port = ports.get(80)
        self.process = None
        try:
            configuration = self.write()
            with self.log.open("a", encoding="utf-8") as log:
                self.process = subprocess.Popen(self.command(configuration), stdin=subprocess.DEVNULL, stdout=log,
                                                stderr=log, env=os.environ | {"APACHE_LOG_DIR": str(self.folder)})
            for named in ports:
                if not 5000 <= named < 5100:  # there restapi listens
                    wait_for_port(ports[named], self.process, self.log)
        except BaseException:
            self.stop()
            raise

    def text_of(self, site: str) -> str:
        return (ROOT / "tools" / "deploy" / site).read_text(encoding="utf-8")

    def write(self) -> Path:
        path = self.folder / "configuration"
        path.write_text(self.configuration(), encoding="utf-8")
        return path

    def stop(self):
        if self.process:
            if self.process.poll() is None:
                self.process.terminate()
            self.process.wait(PATIENCE)
        shutil.rmtree(self.folder, ignore_errors=True)

    def reload(self, site: str):
        """As `systemctl reload` does it: what is under way is finished. Returns before it is done."""
        self.site = site
        self.write()
        self.process.send_signal(self.reload_signal)

    def connect(self) -> Client:
        return Client(self.port)

    def get(self, target: str, *headers: str, method: str = "GET"):
        with self.connect() as client:
            return client.get(target, *headers, method=method)


class Apache(Proxy):
    reload_signal = signal.SIGUSR1

    def configuration(self) -> str:
        asked = re.findall(r"^#   a2enmod ([a-z_ ]+?)(?: &&.*)?$", self.site, re.M)[0].split()
        modules = dict.fromkeys(ENABLED + [more for name in asked for more in DEPENDENCIES.get(name, [])] + asked)
        listens = [] if re.search("^Listen", self.site, re.M) else [f"Listen 127.0.0.1:{self.port}"]
        return "\n".join([
            f'ServerRoot "{self.folder}"',
            f'DefaultRuntimeDir "{self.folder}"',
            f'PidFile "{self.folder}/pid"',
            f'ErrorLog "{self.log}"',
            "ServerName localhost",
            *(["User www-data", "Group www-data"] if os.geteuid() == 0 else []),
            'LogFormat "%h %t \\"%r\\" %>s %b" combined',
            *(f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so" for name in modules),
            # As Debian has it: text is packed by Apache unless it is packed already.
            "AddOutputFilterByType DEFLATE text/html text/plain text/xml",
            *listens,
            self.site,
        ])

    def command(self, configuration: Path) -> list:
        return [APACHE, "-d", str(self.folder), "-f", str(configuration), "-D", "FOREGROUND"]


class Balancer(Apache):
    """balancer.conf with a member for each port."""

    def __init__(self, members: list):
        self.members = members
        super().__init__("apache/balancer.conf", {80: free_port(), 5001: members[0]})

    def text_of(self, site: str) -> str:
        first, *others = re.findall(r"^ *BalancerMember .*\n", super().text_of(site), re.M)
        text = super().text_of(site)
        for line in others:
            text = text.replace(line, "")
        return text.replace(first, first + "".join(first.replace("5001", str(port)) for port in self.members[1:]))


class Nginx(Proxy):
    reload_signal = signal.SIGHUP

    def configuration(self) -> str:
        temporary = "\n".join(f"{name}_temp_path {self.folder}/{name};"
                              for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        return (f"pid {self.folder}/pid;\nerror_log {self.log};\ndaemon off;\nevents {{}}\n"
                f"http {{\naccess_log off;\n{temporary}\n{self.site}\n}}\n")

    def command(self, configuration: Path) -> list:
        return [NGINX, "-p", str(self.folder), "-c", str(configuration), "-e", str(self.log)]
