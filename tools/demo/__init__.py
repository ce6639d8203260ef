# SPDX-License-Identifier: MIT
"""The demonstration archive, from what is told to how it is told: graph (what an archive holds), materials (facts),
files (texts and arrays), pseudopotential (one more file), people (who, where, with what), processes (how one starts and
ends), workflows (what they do together), story (what happened when), archive (how it becomes bytes)."""
