# SPDX-License-Identifier: MIT
"""How a graph becomes the bytes of an archive (export_version main_0001): metadata.json, db.sqlite3 and repo/<sha256>.

The same graph gives the same bytes: rows in order of id, JSON in the order it was built, one transaction, a VACUUM,
and zip entries in a fixed order with a fixed time.
"""

import hashlib
import io
import json
import sqlite3
import zipfile
from datetime import datetime

from .graph import Graph, Log, Node

AIIDA_VERSION = "2.6.3"
COMPRESSION = 9
ENTRY_TIME = (2025, 4, 1, 12, 0, 0)

TRAVERSAL = {  # which links an export follows; AiiDA's defaults
             "input_calc_forward": False,
             "input_calc_backward": True,
             "create_forward": True,
             "create_backward": True,
             "return_forward": True,
             "return_backward": False,
             "input_work_forward": False,
             "input_work_backward": True,
             "call_calc_forward": True,
             "call_calc_backward": True,
             "call_work_forward": True,
             "call_work_backward": True,
             }


def write_archive(graph: Graph, schema: str) -> bytes:
    objects: dict[str, bytes] = {}
    database = write_database(graph, schema, objects)
    metadata = {
        "export_version": "main_0001",
        "aiida_version": AIIDA_VERSION,
        "key_format": "sha256",
        "compression": COMPRESSION,
        "ctime": graph.now.isoformat(),
        "creation_parameters": {
            "entities_starting_set": None,
            "include_authinfos": False,
            "include_comments": True,
            "include_logs": True,
            "graph_traversal_rules": TRAVERSAL,
        },
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        add_entry(archive, "metadata.json", json.dumps(metadata).encode())
        add_entry(archive, "db.sqlite3", database)
        add_entry(archive, "repo/", b"")
        for key in sorted(objects):
            add_entry(archive, f"repo/{key}", objects[key])
    return buffer.getvalue()


def add_entry(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, ENTRY_TIME)
    entry.create_system = 3  # Unix, wherever this runs
    entry.external_attr = (0o40755 << 16 | 0x10) if name.endswith("/") else (0o100644 << 16)
    small = len(content) < 64  # deflate would only add to it
    entry.compress_type = zipfile.ZIP_STORED if small else zipfile.ZIP_DEFLATED
    archive.writestr(entry, content, compresslevel=COMPRESSION)


def write_database(graph: Graph, schema: str, objects: dict[str, bytes]) -> bytes:
    """The SQLite file; the contents of the nodes' files are put into `objects` by their key."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(schema)

    def insert(table: str, rows) -> None:
        rows = list(rows)
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    insert("db_dbuser", ((u.id, u.email, u.first_name, u.last_name, u.institution) for u in graph.users))
    insert(
        "db_dbcomputer",
        (
            (c.id, c.uuid, c.label, c.hostname, c.description, c.scheduler_type, c.transport_type, as_json(c.metadata))
            for c in graph.computers
        ),
    )
    insert(
        "db_dbgroup",
        (
            (g.id, g.uuid, g.label, g.type_string, as_time(g.time), g.description, as_json(g.extras), g.user.id)
            for g in graph.groups
        ),
    )
    insert("db_dbnode", (node_row(node, objects) for node in graph.nodes))
    members = [(node.id, group.id) for group in graph.groups for node in group.nodes]
    insert("db_dbgroup_dbnodes", ((number, *member) for number, member in enumerate(members, 1)))
    insert(
        "db_dblink",
        ((number, k.source.id, k.target.id, k.label, k.type) for number, k in enumerate(graph.links, 1)),
    )
    insert(
        "db_dbcomment",
        (
            (number, c.uuid, c.node.id, as_time(c.time), as_time(c.time), c.user.id, c.content)
            for number, c in enumerate(graph.comments, 1)
        ),
    )
    insert("db_dblog", (log_row(number, log) for number, log in enumerate(graph.logs, 1)))
    connection.commit()
    connection.execute("VACUUM")
    return connection.serialize()


def node_row(node: Node, objects: dict[str, bytes]) -> tuple:
    return (
        node.id,
        node.uuid,
        node.node_type,
        node.process_type,
        node.label,
        node.description,
        as_time(node.ctime),
        as_time(node.mtime),
        as_json(node.attributes),
        as_json(node.extras),
        as_json(repository_tree(node.files, objects)),
        node.computer.id if node.computer else None,
        node.user.id,
    )


def repository_tree(files: dict[str, bytes], objects: dict[str, bytes]) -> dict:
    """{"o": {"name": {"k": "<sha256>"}, "folder": {"o": {…}}}}; {} without files."""
    tree: dict = {}
    for path in sorted(files):
        *folders, name = path.split("/")
        folder = tree
        for part in folders:
            folder = folder.setdefault("o", {}).setdefault(part, {})
        key = hashlib.sha256(files[path]).hexdigest()
        objects[key] = files[path]
        folder.setdefault("o", {})[name] = {"k": key}
    return tree


def log_row(number: int, log: Log) -> tuple:
    logger = "aiida.orm.nodes." + log.node.node_type.rstrip(".")
    metadata = {"msg": log.message, "args": "()", "levelname": log.level, "dbnode_id": log.node.id}
    return (number, log.uuid, as_time(log.time), logger, log.level, log.node.id, log.message, as_json(metadata))


def as_json(value: dict) -> str:
    return json.dumps(value, ensure_ascii=False)


def as_time(time: datetime) -> str:
    """Always six digits, as AiiDA writes it; isoformat() would drop .000000."""
    return time.strftime("%Y-%m-%d %H:%M:%S.%f")
