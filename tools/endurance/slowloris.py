# SPDX-License-Identifier: MIT
"""Clients that never finish their request: a byte now and then, for ever. The server's limit for a request must end
each of them, and they must delay nobody."""

import select
import socket
import threading
import time

from .ledger import Ledger

KIND = "slowloris"
COUNT = 20
PAUSE = 0.5  # seconds between two bytes
LIMIT = 10.0  # seconds in which a request must have arrived (docs/security.md, "Limited")


def dribble_until(stop: threading.Event, ledger: Ledger, port: int, patience: float) -> None:
    clients: list[tuple[socket.socket, float]] = []
    try:
        while not stop.wait(PAUSE):
            while len(clients) < COUNT:
                clients.append((socket.create_connection(("127.0.0.1", port), patience), time.time()))
                clients[-1][0].sendall(b"GET /api/v2/nodes HTTP/1.1\r\nX-Slow: ")
            clients = [client for client in clients if goes_on(*client, ledger, patience)]
    except OSError as error:
        ledger.problem(f"{KIND}: {error}")
    finally:
        for client, _ in clients:
            client.close()


def goes_on(client: socket.socket, begin: float, ledger: Ledger, patience: float) -> bool:
    lasted = time.time() - begin
    if select.select([client], [], [], 0)[0]:
        try:
            said = client.recv(1 << 16)
        except OSError:
            said = b""
        client.close()
        status = int(said.split(b" ", 2)[1]) if said.startswith(b"HTTP/1.1 ") else 0
        ledger.count(KIND, status, lasted)
        if status != 408 or lasted < LIMIT - 1:
            ledger.problem(f"{KIND}: after {lasted:.1f} s the server sent {said[:80]!r}")
        return False
    if lasted > LIMIT + patience:
        ledger.problem(f"{KIND}: a request that does not arrive is still waited for after {lasted:.1f} s")
        client.close()
        return False
    try:
        client.sendall(b"y")
    except OSError:
        pass  # the next look reads why
    return True
