# SPDX-License-Identifier: MIT
"""When what is broken: rounds of all faults in an order that the seed decides, with quiet times in between."""

import random
import threading
import time

from .faults import Fault, Victim, break_something
from .ledger import Ledger
from .prober import Prober

# Refusals are forgiven until so many seconds after the database has answered again: other connections may still be
# found dead, and requests that began before are still under way.
SETTLING = 3.0

# Service resumes within a second of the database being back. That is measured; beyond this bound it is a mistake.
LATEST_RECOVERY = 10.0


def break_until(stop: threading.Event, faults: tuple[Fault, ...], victim: Victim, ledger: Ledger, prober: Prober,
                seed: int, quiet: tuple[float, float]) -> None:
    """`quiet`: seconds between two faults, at least and at most."""
    choice = random.Random(seed)
    rest: list[Fault] = []
    while not stop.wait(choice.uniform(*quiet)) and not ledger.has_enough():
        if not rest:
            rest = choice.sample(faults, len(faults))
        fault = rest.pop()
        try:
            break_once(stop, fault, victim, ledger, prober, choice.uniform(*fault.seconds))
        except Exception as error:
            ledger.problem(f"{fault.name}: the fault itself failed: {error!r}")


def break_once(stop: threading.Event, fault: Fault, victim: Victim, ledger: Ledger, prober: Prober,
               seconds: float) -> None:
    window = ledger.open_window(fault.name, fault.allowed)
    try:
        window.over = break_something(fault, victim, seconds, stop)
    finally:
        over = min(window.over, time.time())
        window.recovery = prober.wait_for_answer(over, LATEST_RECOVERY + prober.patience)
        window.end = time.time() + SETTLING
    if window.recovery is None or window.recovery > LATEST_RECOVERY:
        took = "nothing" if window.recovery is None else f"the first answer after {window.recovery:.1f} s"
        ledger.problem(f"{fault.name}: {took} once the database was back")
    if fault.felt and not stop.is_set() and not fault.felt & set(window.statuses):
        ledger.problem(f"{fault.name}: nobody got {' or '.join(map(str, fault.felt))}: the fault was none")
