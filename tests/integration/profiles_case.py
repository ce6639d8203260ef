# SPDX-License-Identifier: MIT
"""What tests of several profiles share: a folder of archives, and the program serving them."""

import tempfile
import unittest
import zipfile
from pathlib import Path

from served import Watched, make_database


def make_archive(folder: Path, name: str, fixture: str = "generation2") -> Path:
    """An archive with one of tests/fixtures."""
    database = make_database(folder / f"{name}.sqlite", fixture)
    archive = folder / f"{name}.aiida"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("metadata.json", '{"export_version": "main_0001", "aiida_version": "2.4.0"}')
        file.write(database, "db.sqlite3")
    database.unlink()
    return archive


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.archives = self.folder / "archives"
        self.archives.mkdir()

    def serve(self, *arguments, **more) -> Watched:
        server = Watched(*arguments, **more)
        self.addCleanup(server.stop)
        return server
