# SPDX-License-Identifier: MIT
"""The files of an AiiDA profile as AiiDA writes them: a container of disk-objectstore, and the configuration that names it."""

import hashlib
import json
import sqlite3
import zlib
from pathlib import Path


def key(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def tree(files: dict) -> dict:
    """The column repository_metadata of a node, from path → content."""
    root = {}
    for path, content in files.items():
        place = root
        *folders, name = path.split("/")
        for folder in folders:
            place = place.setdefault("o", {}).setdefault(folder, {})
        place.setdefault("o", {})[name] = {"k": key(content)}
    return root


class Container:
    """A disk-objectstore container, as AiiDA writes it."""

    def __init__(self, folder: Path):
        self.folder = folder
        for name in ("loose", "packs", "sandbox", "duplicates"):
            (folder / name).mkdir(parents=True)
        (folder / "config.json").write_text(json.dumps({
            "container_version": 1, "loose_prefix_len": 2, "pack_size_target": 4 << 30, "hash_type": "sha256",
            "container_id": "0" * 32, "compression_algorithm": "zlib+1"}))
        with sqlite3.connect(folder / "packs.idx") as index:
            index.execute("PRAGMA journal_mode = wal")
            index.execute("CREATE TABLE db_object (id INTEGER PRIMARY KEY, hashkey VARCHAR NOT NULL, compressed BOOLEAN NOT NULL, "
                          "size INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL, pack_id INTEGER NOT NULL)")
            index.execute("CREATE UNIQUE INDEX ix_db_object_hashkey ON db_object (hashkey)")
        index.close()

    def add(self, content: bytes):
        hash_ = key(content)
        path = self.folder / "loose" / hash_[:2] / hash_[2:]
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)

    def pack(self, compress: bool):
        """Everything loose goes into the pack."""
        pack = self.folder / "packs" / "0"
        index = sqlite3.connect(self.folder / "packs.idx")
        for path in sorted((self.folder / "loose").glob("*/*")):
            content = path.read_bytes()
            data = zlib.compress(content, 1) if compress else content
            with pack.open("ab") as file:
                offset = file.tell()
                file.write(data)
            with index:
                index.execute("INSERT INTO db_object (hashkey, compressed, size, offset, length, pack_id) VALUES (?, ?, ?, ?, ?, 0)",
                              (path.parent.name + path.name, compress, len(content), offset, len(data)))
            path.unlink()
        index.close()


def write_profile(folder: Path, backend: str, storage: dict):
    """The configuration of a profile "main" for AIIDA_PATH=folder."""
    (folder / ".aiida").mkdir()
    (folder / ".aiida" / "config.json").write_text(json.dumps({
        "CONFIG_VERSION": {"CURRENT": 9, "OLDEST_COMPATIBLE": 9}, "default_profile": "main",
        "profiles": {"main": {"storage": {"backend": backend, "config": storage}}}}))
