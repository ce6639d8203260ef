# SPDX-License-Identifier: MIT
"""What tools/bench is made of, from what is measured to how it is told: cluster (the private PostgreSQL), archive (the
same data as an .aiida), subjects (what is asked), servers (restapi and the floor of the network), load (wrk, pgbench),
statements (what a request costs the database), then a module for each mode (compare, scaling, pages, uuid_start, memory,
start, profiles, replicas), and page (tables, docs/measurements), aims (what came of them), machine (where it ran)."""
