# SPDX-License-Identifier: MIT
"""The stock WebSocket client of npm (tests/clients/listen.js) for tests in Python."""

import json
import os
import queue
import subprocess
import threading

from served import PATIENCE, ROOT


def install():
    subprocess.run([ROOT / "tools" / "install_clients"], check=True)


class WebSocket:
    """Each message is JSON."""

    def __init__(self, port: int, target: str, **headers: str):
        self.process = subprocess.Popen(
            ["node", ROOT / "tests/clients/listen.js", f"ws://127.0.0.1:{port}{target}", json.dumps(headers)],
            env=os.environ | {"NODE_PATH": str(ROOT / "build/clients/node_modules")},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.heard = queue.Queue()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()
        first = self._next()
        self.refused = first.get("refused")
        self.refusal = first
        self.last = None  # the last cursor

    def _read(self):
        for line in self.process.stdout:
            self.heard.put(json.loads(line))

    def _next(self) -> dict:
        return self.heard.get(timeout=PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        self.process.stdout.close()

    def send(self, message):
        self.process.stdin.write((message if isinstance(message, str) else json.dumps(message)) + "\n")
        self.process.stdin.flush()

    def next(self) -> dict:
        """The next message. ConnectionError: it has been closed."""
        heard = self._next()
        if "closed" in heard:
            raise ConnectionError(f'{heard["closed"]} {heard["reason"]}')
        message = json.loads(heard["message"])
        self.last = message.get("cursor", self.last)
        return message

    def until(self, is_last) -> list:
        messages = []
        while not messages or not is_last(messages[-1]):
            messages.append(self.next())
        return messages

    def end(self) -> tuple:
        """What comes until it is closed, and the code."""
        messages = []
        while "closed" not in (heard := self._next()):
            messages.append(json.loads(heard["message"]))
        return messages, heard["closed"]
