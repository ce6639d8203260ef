# SPDX-License-Identifier: MIT
"""Questions that need more than the columns of one table: documents, relations, whole tables, places far back, values.
Each statement of the server beside the best that a person would write by hand, both under pgbench, both with bound values,
as whoever asks for others each time has them, so that PostgreSQL makes its plans for both alike; whole tables beside
psql's \\copy."""

import contextlib
import http.client
import statistics
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass

from .aims import MEBIBYTE, span
from .load import pgbench
from .page import number, spread, table, whole
from .servers import Server
from .session import Session
from .statements import costs, script
from .subjects import Subject, target

ROW = "n.ctime, n.id, n.label, n.mtime, coalesce(n.attributes ->> 'process_state', n.attributes ->> 'state'), n.node_type, n.uuid"
WALK = ("n.id IN (WITH RECURSIVE walk(id) AS (SELECT output_id FROM db_dblink WHERE input_id = (SELECT id FROM db_dbnode "
        "WHERE uuid = {start}) AND type IN ('create', "
        "'input_calc') UNION SELECT l.output_id FROM walk JOIN db_dblink AS l ON l.input_id = walk.id WHERE l.type IN "
        "('create', 'input_calc')) SELECT id FROM walk)")
FIELDS = {"id": "id", "uuid": "uuid", "type": "node_type", "label": "label", "ctime": "ctime"}  # of whole tables → column
GIN = "CREATE INDEX bench_attributes ON db_dbnode USING gin (attributes jsonb_path_ops)"
DROP = "DROP INDEX bench_attributes"
PAGES = 10_000
ROWS_A_PAGE = 20
LEAST = 10  # requests, of which the median counts


@dataclass(frozen=True)
class Question:
    name: str
    aim: str  # as aims.AIMS calls it
    most: float  # times the hand-written statement
    filters: str
    condition: str  # of the hand-written statement
    values: dict[str, str]  # that are bound in it
    index: str = ""  # made before, and dropped behind


def questions(session: Session, database: str) -> list[Question]:
    rows = session.cluster.rows
    serial = rows(database, "SELECT attributes ->> 'serial' FROM db_dbnode WHERE attributes ? 'serial' ORDER BY id DESC LIMIT 1")[0][0]
    uuid = max(
        (rows(database, f"SELECT '{start}', count(*) FROM db_dbnode AS n WHERE " + WALK.format(start=f"'{start}'"))[0]
         for (start,) in rows(database, "SELECT uuid FROM db_dbnode WHERE node_type LIKE 'data.core.code.%' ORDER BY id LIMIT 5")),
        key=lambda row: -abs(int(row[1]) - 1000))[0]
    return [
        Question("attribute, no index", "documents", 1.1, f"attributes.serial={serial}",
                 "n.attributes -> 'serial' = CAST(:value AS jsonb)", {"value": serial}),
        Question("attribute, GIN index", "documents", 1.1, f"attributes.serial={serial}",
                 "n.attributes @> CAST(:value AS jsonb)", {"value": f'{{"serial": {serial}}}'}, GIN),
        Question("computer.label", "relations", 1.1, 'computer.name="cluster-3"',
                 "n.dbcomputer_id = (SELECT id FROM db_dbcomputer WHERE label = CAST(:value AS text))", {"value": "cluster-3"}),
        Question("group.label", "relations", 1.1, 'group.name="group-7"',
                 "n.id IN (SELECT dbnode_id FROM db_dbgroup_dbnodes WHERE dbgroup_id IN (SELECT id FROM db_dbgroup WHERE "
                 "label = CAST(:value AS text)))", {"value": "group-7"}),
        Question("input.type", "relations", 1.1, 'input.type="data.core.upf.UpfData."',
                 "n.id IN (SELECT l.output_id FROM db_dblink AS l JOIN db_dbnode AS i ON i.id = l.input_id WHERE "
                 "i.node_type = CAST(:value AS text))", {"value": "data.core.upf.UpfData."}),
        Question("ancestor.uuid", "walks", 1.2, f'ancestor.uuid="{uuid}"', WALK.format(start="CAST(:value AS uuid)"),
                 {"value": uuid}),
    ]


@contextlib.contextmanager
def index(session: Session, database: str, question: Question) -> Iterator[None]:
    if question.index:
        session.cluster.psql(database, "-c", question.index, "-c", "ANALYZE db_dbnode")
    yield
    if question.index:
        session.cluster.psql(database, "-c", DROP)


class Questions:
    def __init__(self, session: Session):
        self.session = session
        self.database = session.database()
        self.uri = session.cluster.uri(self.database)
        self.rows: list[list[str]] = []
        self.ratios: dict[str, list[float]] = {}
        self.least: dict[str, float] = {}

    def statement(self, name: str, text: str, variables: dict[str, str]) -> float:
        """Milliseconds of one client."""
        path = self.session.folder / f"{name}.sql"
        path.write_text(text, encoding="utf-8")
        run = pgbench(self.uri, path, variables, 1, self.session.seconds, 1.0)
        return run.seconds / run.requests * 1000

    def ask(self, question: Question) -> None:
        session = self.session
        with index(session, self.database, question):
            subject = Subject(question.name, target("nodes", f"{question.filters}&count=none&limit={ROWS_A_PAGE}"))
            ours = self.script_of(subject)
            by_hand = f"SELECT {ROW} FROM db_dbnode AS n WHERE {question.condition} ORDER BY n.id LIMIT CAST(:rows AS bigint);\n"
            values = {**question.values, "rows": str(ROWS_A_PAGE)}
            times, requests = [], []
            with session.programs.server(self.uri, "--cache", "0") as server:
                for repetition in range(session.repetitions):
                    session.say(f"round {repetition + 1}: {question.name}")
                    times.append((self.statement("ours", *ours), self.statement("by_hand", by_hand, values)))
                    requests.append(self.request(server, subject))
        ratios = [ours / by_hand for ours, by_hand in times]
        self.ratios.setdefault(question.aim, []).append(statistics.median(ratios))
        self.least[question.aim] = question.most
        self.rows.append([question.name, number(statistics.median(by_hand for _, by_hand in times)),
                          number(statistics.median(ours for ours, _ in times)), spread(ratios),
                          number(statistics.median(requests))])

    def script_of(self, subject: Subject) -> tuple[str, dict[str, str]]:
        session = self.session
        cost = costs(session.programs, self.uri, ["--cache", "0"], [subject], session.folder, session.cluster)[0]
        # Beside it, now and then, the server looks at the columns that there are.
        statements = [statement for statement in cost.statements if "db_dbnode AS n" in statement.text]
        if len(statements) != 1:
            session.problems.append(f"{subject.name}: {len(statements)} statements")
        return script(statements)

    def request(self, server: Server, subject: Subject) -> float:
        """Milliseconds of a whole request, the median of some: few where it takes long."""
        self.session.check_reply("questions", subject, server.ask(subject.target))
        end, times = time.monotonic() + self.session.seconds, []
        while len(times) < LEAST or time.monotonic() < end:
            times.append(server.ask(subject.target).seconds)
        return statistics.median(times) * 1000

    def whole_table(self) -> str:
        session = self.session
        address = target("nodes.csv", "fields=" + ",".join(FIELDS))
        copy = f"\\copy (SELECT {', '.join(FIELDS.values())} FROM db_dbnode ORDER BY id) TO /dev/null csv header"
        ratios, grown, rows = [], [], []
        for repetition in range(session.repetitions):
            session.say(f"round {repetition + 1}: the whole table")
            begin = time.perf_counter()
            session.cluster.psql(self.database, "-c", copy)
            by_psql = time.perf_counter() - begin
            with session.programs.server(self.uri) as server:
                server.ask(target("nodes", "limit=20"))
                before = server.peak_memory()
                begin = time.perf_counter()
                lines = self.read_whole(server, address)
                ours = time.perf_counter() - begin
                grown.append(server.peak_memory() - before)
            if lines != session.nodes + 1:
                session.problems.append(f"the whole table has {lines} lines")
            ratios.append(by_psql / ours)
            rows.append((by_psql, ours))
        session.came_to("csv", f"{span([statistics.median(ratios)], lambda ratio: ratio >= 0.5)}, "
                        f"{span([max(grown) / MEBIBYTE], lambda size: size < 8)} MiB")
        return (f"\nAll {whole(session.nodes)} nodes, five fields each, as CSV: psql's `\\copy` "
                f"{number(statistics.median(row[0] for row in rows))} s, `/nodes.csv` "
                f"{number(statistics.median(row[1] for row in rows))} s ({spread(ratios)} of its speed); the server grew by "
                f"{max(grown) / MEBIBYTE:.1f} MiB.\n")

    @staticmethod
    def read_whole(server: Server, address: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        connection.request("GET", address)
        answer, lines = connection.getresponse(), 0
        while part := answer.read(1 << 20):
            lines += part.count(b"\n")
        connection.close()
        return lines

    def far_pages(self) -> str:
        session = self.session
        rows, worst = [], []
        pages = min(PAGES, session.nodes // ROWS_A_PAGE - 1)
        for order in "", "orderby=-ctime&":
            times = []
            with session.programs.server(self.uri, "--cache", "0") as server:
                # The position of a page far back is that of a row there, whichever way it was reached.
                address = target("nodes", f"{order}count=none&limit={ROWS_A_PAGE}&after=")
                far = address + self.position(server, order, pages)
                for _ in range(session.repetitions):
                    session.say(f"page 1 and page {pages}, {order or 'by id'}")
                    times.append((self.request(server, Subject("page 1", address)), self.request(server, Subject("far", far))))
            ratios = [far / first for first, far in times]
            worst.append(statistics.median(ratios))
            rows.append(["by id" if not order else "newest first", number(statistics.median(one for one, _ in times)),
                         number(statistics.median(other for _, other in times)), spread(ratios)])
        session.came_to("after", span(worst, lambda ratio: ratio <= 1.2) + " ×")
        return ("\nThe next 20 rows behind a position (`after=`), milliseconds of a request.\n\n"
                + table(["order", "page 1", f"page {whole(pages)}", "ratio"], rows))

    @staticmethod
    def position(server: Server, order: str, pages: int) -> str:
        """Reached by pages of 400 rows: a position is good for any limit."""
        token, left = "", pages * ROWS_A_PAGE
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        while left > 0:
            rows = min(400, left)
            connection.request("GET", target("nodes", f"{order}count=none&limit={rows}&after=") + token)
            answer = connection.getresponse()
            answer.read()
            token = answer.headers["Link"].split("after=")[1].split(">")[0].split("&")[0]
            left -= rows
        connection.close()
        return token

    def facets(self) -> str:
        session = self.session
        text, variables = self.script_of(Subject("facets", target("nodes/facets", "keys=type,state")))
        passes = session.cluster.scans(self.database, text, variables, "db_dbnode")
        by_hand = ("SELECT n.node_type, coalesce(n.attributes ->> 'process_state', n.attributes ->> 'state'), count(*) FROM "
                   "db_dbnode AS n GROUP BY 1, 2;\n")
        ratios = [self.statement("ours", text, variables) / self.statement("by_hand", by_hand, {})
                  for _ in range(session.repetitions)]
        session.came_to("facets", span([passes], lambda times: times == 1))
        return (f"\nThe values of type and state: {passes} pass over the nodes; {spread(ratios)} × a hand-written count of all "
                "pairs of them.\n")

    def text(self) -> str:
        for question in questions(self.session, self.database):
            self.ask(question)
        for aim, ratios in self.ratios.items():
            self.session.came_to(aim, span(ratios, lambda ratio, aim=aim: ratio <= self.least[aim]) + " ×")
        heads = ["filter", "by hand", "ours", "ratio", "request"]
        return (f"Milliseconds for the first {ROWS_A_PAGE} rows of {whole(self.session.nodes)} nodes that match: statements "
                "written by hand and the server's own, both under pgbench, one client; and the whole request, without a "
                "cache.\n\n" + table(heads, self.rows) + self.whole_table() + self.far_pages() + self.facets())


def measure_questions(session: Session) -> str:
    return Questions(session).text()
