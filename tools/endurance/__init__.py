# SPDX-License-Identifier: MIT
"""The parts of tools/soak, by file: what is sent (wire, targets, clients), what is right (reference, ledger), what goes
wrong on purpose (faults, schedule), what is watched (watch), and what is said of it (report).
"""
