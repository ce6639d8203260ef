# SPDX-License-Identifier: MIT
"""What one subscriber to the live feed has seen of the writer's nodes, and whether it is the truth."""

import re
from collections import Counter
from dataclasses import dataclass, field

# A node's label says how often it has been updated; AiiDA's nodes beside have other labels.
LABEL = re.compile(r"soak (\d+)")


@dataclass
class Seen:
    """As a client would keep it that shows the nodes. `is_told_once`: a change is never told again; else at least once."""

    is_told_once: bool = True
    updates: dict[str, int] = field(default_factory=dict)  # uuid → what its label says
    told: Counter[str] = field(default_factory=Counter)  # uuid → how often it was told to be new or to have changed
    gone: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def changed(self, uuid: str, label: str) -> None:
        found = LABEL.fullmatch(label)
        if not found:
            return
        number = int(found[1])
        if uuid in self.gone:
            self.wrong.append(f"{uuid} came back after it was deleted")
        # What follows what was read later may have been read before it; but never before the change itself.
        if self.is_told_once and number < self.told[uuid]:
            self.wrong.append(f"{uuid} was told of update {self.told[uuid]} as it was after {number}")
        self.updates[uuid] = number
        self.told[uuid] += 1

    def deleted(self, uuid: str) -> None:
        """It may be one that was never told of, because it was gone by then."""
        self.updates.pop(uuid, None)
        self.gone.add(uuid)


def differences(truth: dict[str, int], seen: Seen) -> list[str]:
    """`truth`: uuid → updates, of the nodes that are in the database when all has been told."""
    found = list(seen.wrong)
    found += [f"{uuid} is not known" for uuid in sorted(truth.keys() - seen.updates.keys())]
    found += [f"{uuid} is not known to be gone" for uuid in sorted(seen.updates.keys() - truth.keys())]
    for uuid in sorted(truth.keys() & seen.updates.keys()):
        changes, told = truth[uuid] + 1, seen.told[uuid]  # the first is its creation
        if seen.updates[uuid] != truth[uuid]:
            found.append(f"{uuid} is known as update {seen.updates[uuid]} instead of {truth[uuid]}")
        if told < changes or (seen.is_told_once and told > changes):
            found.append(f"{uuid} has changed {changes} times, of which {told} were told")
    return found
