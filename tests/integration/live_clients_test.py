# SPDX-License-Identifier: MIT
"""The protocol layers of the live feed, asked by the stock clients of npm (tests/clients): tests/programs/echo.cpp sends
back what they send."""
import contextlib
import os
import pathlib
import signal
import subprocess
import unittest

SOURCE = pathlib.Path(os.environ["RESTAPI_SOURCE_DIR"])
BUILD = pathlib.Path(os.environ["RESTAPI_BUILD_DIR"])


@contextlib.contextmanager
def echo(*pings):
    """The port of an echo program, which ends properly."""
    program = subprocess.Popen([BUILD / "tests/echo", "0", *map(str, pings)], stdout=subprocess.PIPE, text=True)
    try:
        yield program.stdout.readline().strip()
    finally:
        program.send_signal(signal.SIGTERM)
        code = program.wait(60)
        program.stdout.close()
    if code != 0:
        raise AssertionError(f"the echo program ended with {code}")


class LiveClients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run([SOURCE / "tools/install_clients"], check=True)

    def run_clients(self, name):
        with echo(300, 20000) as patient, echo(300, 200) as hurried:
            ran = subprocess.run(
                ["node", "--test", SOURCE / "tests/clients" / name], capture_output=True, text=True, timeout=300,
                env=os.environ | {"ECHO": patient, "HURRIED": hurried, "NODE_PATH": str(SOURCE / "build/clients/node_modules")})
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)

    def test_protocols(self):
        self.run_clients("protocol_test.js")

    def test_stock_clients(self):
        self.run_clients("stock_test.js")


if __name__ == "__main__":
    unittest.main()
