# SPDX-License-Identifier: MIT
"""What /api/v4 makes of the types of nodes: full types as a tree, as filters and in rows, formats of downloads, descriptions
in trees of links, derived properties."""

import itertools
import math
import unittest

from v4_case import NO_NODES, Asked, OnPostgreSql, OnSqlite, link, node, uuid_of

JOB, FUNCTION, CHAIN, WORK = ("process.calculation.calcjob.CalcJobNode.", "process.calculation.calcfunction.CalcFunctionNode.",
                              "process.workflow.workchain.WorkChainNode.", "process.workflow.workfunction.WorkFunctionNode.")

# How many nodes there are of which node type and process type.
NODES = (
    ("data.core.int.Int.", None, 2), ("data.core.int.Other.", None, 1), ("data.core.array.ArrayData.", None, 2),
    ("data.core.array.bands.BandsData.", "", 1), ("data.core.code.installed.InstalledCode.", None, 1),
    ("data.demo.sub.Thing.", None, 1), ("data.demo.sub.Thing.", "", 1), ("data.int.Int.", None, 1),
    ("process.ProcessNode.", None, 1),
    (JOB, "aiida.calculations:demo.scf", 4), (JOB, "aiida.calculations:demo", 1), (JOB, "", 1), (JOB, "demo.mod.Run", 1),
    (JOB, "aiida.nowhere:x", 1), (JOB, "a:b:c", 1), (JOB, "aiida.tools.calculations:arith", 1), (FUNCTION, None, 1),
    (FUNCTION, "aiida.calculations:demo.add", 1), (CHAIN, "aiida.workflows:demo.relax", 2), (WORK, "aiida.workflows:demo.wf", 1),
    (WORK, "some.module.double", 1), ("Thing.", None, 1), ("node.Node", None, 1), ("", None, 1))  # the last three are left out

# Path, label, full type, how many; what is below others is indented. "…" is the type of the kind of process above.
TREE = """
node                         | node                 | node.%|                               | 27
 data                        | Data                 | data.%|                               | 10
  core                       | core                 | data.core.%|                          | 7
   array                     | array                | data.core.array.%|                    | 3
    (array)                  | ArrayData            | data.core.array.ArrayData.|           | 2
    bands                    | BandsData            | data.core.array.bands.BandsData.|     | 1
   code                      | code                 | data.core.code.%|                     | 1
    installed                | InstalledCode        | data.core.code.installed.InstalledCode.| | 1
   int                       | Int                  | data.core.int.Int.|                   | 2
   int                       | Other                | data.core.int.Other.|                 | 1
  demo                       | demo                 | data.demo.%|                          | 2
   sub                       | Thing                | data.demo.sub.Thing.|                 | 2
  int                        | Int                  | data.int.Int.|                        | 1
 process                     | Process              | process.%|%                           | 17
  (process)                  | ProcessNode          | process.ProcessNode.|                 | 1
  calculation                | Calculation          | process.calculation.%|%               | 12
   calcfunction              | Calculation function | process.calculation.calcfunction.%|%  | 2
    (calcfunction)           | CalcFunctionNode     | …|                                    | 1
    demo                     | demo                 | …|aiida.calculations:demo.%           | 1
     add                     | add                  | …|aiida.calculations:demo.add         | 1
   calcjob                   | Calculation job      | process.calculation.calcjob.%|%       | 10
    (calcjob)                | CalcJobNode          | …|                                    | 1
    arith                    | arith                | …|aiida.tools.calculations:arith      | 1
    demo                     | demo                 | …|aiida.calculations:demo.%           | 5
     (demo)                  | demo                 | …|aiida.calculations:demo             | 1
     scf                     | scf                  | …|aiida.calculations:demo.scf         | 4
    ~no-entry-point~         | Unregistered         | None                                  | 3
     a:b:c                   | a:b:c                | …|a:b:c                               | 1
     aiida                   | aiida                | …|aiida.%                             | 1
      nowhere:x              | nowhere:x            | …|aiida.nowhere:x                     | 1
     demo                    | demo                 | …|demo.%                              | 1
      mod                    | mod                  | …|demo.mod.%                          | 1
       Run                   | Run                  | …|demo.mod.Run                        | 1
  workflow                   | Workflow             | process.workflow.%|%                  | 4
   workchain                 | Work chain           | process.workflow.workchain.%|%        | 2
    demo                     | demo                 | …|aiida.workflows:demo.%              | 2
     relax                   | relax                | …|aiida.workflows:demo.relax          | 2
   workfunction              | Work function        | process.workflow.workfunction.%|%     | 2
    demo                     | demo                 | …|aiida.workflows:demo.%              | 1
     wf                      | wf                   | …|aiida.workflows:demo.wf             | 1
    ~no-entry-point~         | Unregistered         | None                                  | 1
     some                    | some                 | …|some.%                              | 1
      module                 | module               | …|some.module.%                       | 1
       double                | double               | …|some.module.double                  | 1
"""
KINDS = {"calcjob": JOB, "calcfunction": FUNCTION, "workchain": CHAIN, "workfunction": WORK}
# Filters of branches that find others than those below them: not the first child, which has the path of the branch; and
# entry points besides what is none.
FOUND = {f"{JOB}|aiida.calculations:demo.%": 4, f"{JOB}|aiida.%": 7}


def tree_of(text: str) -> list:
    """[namespace, path, label, full type, how many] of each."""
    rows, path, kind = [], [], ""
    for line in text.strip().split("\n"):
        namespace, label, rest = line.split(" | ", 2)
        full_type, count = rest.rsplit(" | ", 1)
        depth, name = len(namespace) - len(namespace.lstrip()), namespace.strip()
        kind = KINDS.get(name, kind)
        path[depth:] = [] if name.startswith("(") else [name]
        full_type = full_type.strip().replace("…", kind)
        rows.append([name.strip("()"), ".".join(path), label.strip(), None if full_type == "None" else full_type, int(count)])
    return rows


class FullTypes(Asked):
    def rows_of(self, space: dict, with_counts: bool) -> list:
        self.assertEqual({"namespace", "path", "label", "full_type", "subspaces", *(["counter"] if with_counts else [])},
                         set(space))
        below = [row for inside in space["subspaces"] for row in self.rows_of(inside, with_counts)]
        return [[space["namespace"], space["path"], space["label"], space["full_type"], space.get("counter")], *below]

    def test_the_tree(self):
        wanted = tree_of(TREE)
        self.assertEqual(wanted, self.rows_of(self.good("/nodes/full_types_count").data, True))
        self.assertEqual([[*row[:4], None] for row in wanted], self.rows_of(self.good("/nodes/full_types").data, False))
        self.assertEqual(wanted, self.rows_of(self.good("/nodes/full_types_count", "user=1").data, True))
        self.assertEqual({"namespace": "node", "path": "node", "label": "node", "full_type": "node.%|", "subspaces": []},
                         self.good("/nodes/full_types_count", "user=2").data)

    def test_filters_find_what_is_counted(self):
        for _, _, _, full_type, count in tree_of(TREE)[1:]:
            if full_type:
                with self.subTest(full_type=full_type):
                    self.assertEqual(str(FOUND.get(full_type, count)), self.good("/nodes", f'full_type="{full_type}"').total)

    def test_rows(self):
        wanted = [type_ + "|" + (process or "") for type_, process, count in NODES for _ in range(count)]
        self.assertEqual([*wanted[:-1], None], [row["full_type"] for row in self.good("/nodes").rows()])

    def test_statistics(self):
        data = self.good("/nodes/statistics").data
        self.assertEqual((30, {"2024-05-06": 30}, 30), (data["total"], data["ctime_by_day"], sum(data["types"].values())))
        self.assertEqual(10, data["types"][JOB])


GROUPS = ("calculations", "workflows", "data", "parsers", "groups", "node", "schedulers", "transports", "storage",
          "tools.calculations",
          "tools.data.orbitals", "tools.dbexporters", "tools.dbimporters", "cmdline.data", "cmdline.data.structure.import",
          "cmdline.computer.configure")
NO_GROUPS = ("aiida.other", "calculations", "aiida", "aiida.tools", "other.calculations", "aiida.calculations:x")


class EntryPoints(Asked):
    """Process types of each group of AiiDA, and some that look like them."""

    def test_their_place_in_the_tree(self):
        found = {}

        def walk(space: dict):
            if not space["subspaces"]:
                found[space["full_type"]] = space["path"], space["label"]
            for inside in space["subspaces"]:
                walk(inside)

        walk(self.good("/nodes/full_types").data)
        path = "node.process.calculation.calcjob."
        wanted = {f"{JOB}|aiida.{group}:p{pk}.q": (f"{path}p{pk}.q", "q") for pk, group in enumerate(GROUPS, 1)}
        wanted |= {f"{JOB}|{group}:p.q": (f"{path}~no-entry-point~.{group}:p.q", "q") for group in NO_GROUPS}
        self.assertEqual(wanted, found)

    def test_they_have_no_formats(self):
        for group in GROUPS:
            self.assertEqual({}, self.good("/nodes/download_formats", f'full_type="{JOB}|aiida.{group}:p"').data)


CLASSES = {
    "structure.StructureData": "chemdoodle cif xsf xyz", "cif.CifData": "cif", "upf.UpfData": "json upf",
    "array.ArrayData": "json",
    "array.kpoints.KpointsData": "json", "array.projection.ProjectionData": "json", "array.xy.XyData": "json",
    "array.trajectory.TrajectoryData": "cif json xsf",
    "array.bands.BandsData": "agr agr_batch dat_blocks dat_multicolumn gnuplot json mpl_pdf mpl_png mpl_singlefile mpl_withjson"}
WITHOUT_FORMATS = ("base.Base", "bool.Bool", "code.Code", "code.installed.InstalledCode", "code.portable.PortableCode",
                   "code.containerized.ContainerizedCode", "dict.Dict", "enum.EnumData", "float.Float", "folder.FolderData",
                   "int.Int",
                   "jsonable.JsonableData", "list.List", "numeric.NumericType", "orbital.OrbitalData", "remote.RemoteData",
                   "remote.stash.RemoteStashData", "singlefile.SinglefileData", "str.Str")


class DownloadFormats(Asked):
    prefix = "data.core."

    def test_all(self):
        self.assertEqual({f"{self.prefix}{name}.|": formats.split() for name, formats in CLASSES.items()},
                         self.good("/nodes/download_formats").data)

    def test_of_one_class(self):
        for prefix in ("data.core.", "data."):
            for name, formats in {**CLASSES, **dict.fromkeys(WITHOUT_FORMATS, "")}.items():
                full_type = f"{prefix}{name}.|"
                with self.subTest(full_type=full_type):
                    self.assertEqual({full_type: formats.split()},
                                     self.good("/nodes/download_formats", f'full_type="{full_type}"').data)
        for full_type in (f"{JOB}|aiida.calculations:demo.scf", f"{CHAIN}|aiida.workflows:x"):
            self.assertEqual({}, self.good("/nodes/download_formats", f'full_type="{full_type}"').data)


# ---- what is said of a node ----

CUBE = [[2, 0, 0], [0, 3, 0], [0, 1, 4]]


def structure(*sites: str, pbc: str = "TTT", cell=CUBE) -> dict:
    return {"cell": cell, **{f"pbc{i}": letter == "T" for i, letter in enumerate(pbc, 1)},
            "kinds": [{"name": name, "symbols": [name], "weights": [1], "mass": 1} for name in sorted(set(sites))],
            "sites": [{"kind_name": name, "position": [0, 0, 0]} for name in sites]}


DESCRIBED = (  # node type, attributes, what stands for it in trees
    ("data.core.structure.StructureData.", structure("Si", "O", "O", "Si", "O", "O"), "O2Si"),
    ("data.structure.StructureData.", structure("H", "C", "H", "C"), "CH"),
    ("data.core.structure.StructureData.", {}, ""),
    ("data.core.array.kpoints.KpointsData.", {"mesh": [4, 4, 2], "offset": [0.5, 0, 0]}, "Kpoints mesh: 4x4x2 (+0.5,0.0,0.0)"),
    ("data.core.array.kpoints.KpointsData.", {"array|kpoints": [40, 3]}, "(Path of 40 kpts)"),
    ("data.core.array.kpoints.KpointsData.", {}, ""),
    ("data.core.array.bands.BandsData.", {"array|kpoints": [7, 3], "array|bands": [7, 2]}, "(Path of 7 kpts)"),
    ("data.array.bands.BandsData.", {"mesh": [1, 2, 3], "offset": [0, 0, 0]}, "Kpoints mesh: 1x2x3 (+0.0,0.0,0.0)"),
    *((f"data.core.code.{name}.", {}, "said of it") for name in (
        "Code", "installed.InstalledCode", "portable.PortableCode", "containerized.ContainerizedCode")),
    ("data.code.Code.", {}, "said of it"),
    *((JOB, {"state": state}, state) for state in ("uploading", "submitting", "withscheduler", "stashing", "unstashing",
                                                   "retrieving",
                                                   "parsing")),
    (JOB, {"state": "elsewhere"}, ""), (JOB, {}, ""), (CHAIN, {"state": "parsing"}, ""), ("data.core.dict.Dict.", {}, ""),
    ("data.demo.structure.StructureData.", structure("H"), ""), ("data.core.folder.FolderData.", {}, ""),
)


IN, OUT = ("input_work", "input_calc", "call_work"), ("return", "create", "call_calc")  # of links, in turn


class Descriptions(Asked):
    """Node 1 has all of them before it, and behind it."""

    def test_trees(self):
        wanted = [description for _, _, description in DESCRIBED]
        main, = self.good(f"/nodes/{uuid_of(1)}/links/tree").data["nodes"]
        for name, types in (("incoming", IN), ("outgoing", OUT)):
            self.assertEqual(wanted, [row["description"] for row in main[name]])
            for row, type_ in zip(main[name], itertools.cycle(types)):
                self.assertEqual(["ctime", "description", "id", "link_label", "link_type", "mtime", "node_label", "node_type",
                                  "uuid"],
                                 list(row))
                self.assertEqual(type_, row["link_type"])
        for pk, (_, _, description) in enumerate(DESCRIBED, 2):
            self.assertEqual(description, self.good(f"/nodes/{uuid_of(pk)}/links/tree").data["nodes"][0]["description"])

    def test_types_of_links(self):
        for name, types in (("incoming", IN), ("outgoing", OUT)):
            rows = self.good(f"/nodes/{uuid_of(1)}/links/{name}").rows(name)
            self.assertEqual([type_ for _, type_ in zip(DESCRIBED, itertools.cycle(types))], [row["link_type"] for row in rows])
            for type_ in types:
                wanted = [row["id"] for row in rows if row["link_type"] == type_]
                self.assertEqual(wanted, self.good(f"/nodes/{uuid_of(1)}/links/{name}", f"link_type={type_}").ids(name))

    def test_limits_of_trees(self):
        count = len(DESCRIBED)
        for query, incoming, outgoing in (("", count, count), ("in_limit=3", 3, count), ("out_limit=0", count, 0),
                                          ("in_limit=0&out_limit=2", 0, 2),
                                          ("tree_in_limit=1", 1, count), ("tree_out_limit=1", count, 1),
                                          ("limit=1&offset=2", count, count),
                                          ('in_limit="2"', 2, count), ("in_limit=2.9", 2, count),
                                          (f"in_limit={10 * count}", count, count)):
            with self.subTest(query=query):
                data = self.good(f"/nodes/{uuid_of(1)}/links/tree", query).data
                main, = data["nodes"]
                self.assertEqual(list(range(2, 2 + incoming)), [row["id"] for row in main["incoming"]])
                self.assertEqual(list(range(2, 2 + outgoing)), [row["id"] for row in main["outgoing"]])
                self.assertEqual([{"total_no_of_incomings": count, "total_no_of_outgoings": count,
                                   "sent_no_of_incomings": incoming,
                                   "sent_no_of_outgoings": outgoing}], data["metadata"])


DERIVED = (  # node type, attributes, derived properties (None: of these see below)
    *(("data.core.structure.StructureData.", structure("Ba", pbc=pbc),
       {"dimensionality": {"dim": dim, "label": label, "value": value}, "formula": "Ba"})
      for pbc, dim, label, value in (
          ("FFF", 0, "", 0), ("TFF", 1, "length", 2), ("FTF", 1, "length", 3), ("FFT", 1, "length", math.sqrt(17)),
          ("TTF", 2, "surface", 6), ("TFT", 2, "surface", 2 * math.sqrt(17)), ("FTT", 2, "surface", 12),
          ("TTT", 3, "volume", 24))),
    ("data.structure.StructureData.", structure("O", "C", "H", "H", pbc="FFF"),
     {"dimensionality": {"dim": 0, "label": "", "value": 0}, "formula": "CH2O"}),
    ("data.core.array.kpoints.KpointsData.", {},
     {"has_cell": False, "has_mesh": False, "has_labels": False, "explicit_kpoints_rel": []}),
    ("data.array.kpoints.KpointsData.", {"mesh": [1, 1, 2], "offset": [0.5, 0, 0]},
     {"has_cell": False, "has_mesh": True, "has_labels": False, "mesh": [1, 1, 2], "offset": [0.5, 0, 0],
      "explicit_kpoints_rel": [[0.5, 0, 0], [0.5, 0, 0.5]]}),
    ("data.core.array.kpoints.KpointsData.", {"mesh": [1, 1, 2], "offset": [0, 0, 0], "cell": [[1, 0, 0], [0, 1, 0], [0, 0, 2]]},
     None),
    *((f"data.core.{name}.", {}, {}) for name in WITHOUT_FORMATS),
    *((f"data.core.{name}.", {}, {}) for name in ("cif.CifData", "upf.UpfData", "array.ArrayData", "array.xy.XyData",
                                                  "array.trajectory.TrajectoryData", "array.projection.ProjectionData")),
    ("data.demo.structure.StructureData.", structure("H"), {}), *((kind, {}, {}) for kind in (JOB, FUNCTION, CHAIN, WORK)),
)


class DerivedProperties(Asked):
    def test_each_class(self):
        for pk, (node_type, _, wanted) in enumerate(DERIVED, 1):
            if wanted is not None:
                with self.subTest(node_type=node_type, pk=pk):
                    self.compare(wanted,
                                 self.good(f"/nodes/{uuid_of(pk)}/contents/derived_properties").data["derived_properties"])

    def compare(self, wanted, found):
        if isinstance(wanted, dict):
            self.assertEqual(set(wanted), set(found))
            for key in wanted:
                self.compare(wanted[key], found[key])
        elif isinstance(wanted, float):
            self.assertAlmostEqual(wanted, found)
        elif wanted == 0 and wanted is not False:
            self.assertEqual("0", str(found))  # an integer
        else:
            self.assertEqual(wanted, found)

    def test_k_points_in_a_cell(self):
        pk = 1 + [wanted for _, _, wanted in DERIVED].index(None)
        found = self.good(f"/nodes/{uuid_of(pk)}/contents/derived_properties").data["derived_properties"]
        self.assertEqual({"has_cell", "has_mesh", "has_labels", "mesh", "offset", "explicit_kpoints_rel", "explicit_kpoints_abs",
                          "faces_data"}, set(found))
        for wanted, point in zip(([0, 0, 0], [0, 0, math.pi / 2]), found["explicit_kpoints_abs"]):
            for a, b in zip(wanted, point):
                self.assertAlmostEqual(a, b)
        faces = found["faces_data"]
        # A box.
        self.assertEqual(({"faces", "triangles", "triangles_vertices"}, 6, 12, 8),
                         (set(faces), len(faces["faces"]), len(faces["triangles"]), len(faces["triangles_vertices"])))


def numbered(rows, first: int = 1) -> list:
    return list(enumerate(rows, first))


ROWS_OF_TYPES = NO_NODES + "".join(node(pk, *kind) for pk, kind in numbered(kind[:2] for kind in NODES for _ in range(kind[2])))
ROWS_OF_ENTRY_POINTS = NO_NODES + "".join(
    [node(pk, JOB, f"aiida.{group}:p{pk}.q") for pk, group in numbered(GROUPS)] +
    [node(pk, JOB, f"{group}:p.q") for pk, group in numbered(NO_GROUPS, 100)])
ROWS_OF_DESCRIPTIONS = NO_NODES + node(1, CHAIN) + "".join(
    node(pk, node_type, attributes=attributes, description="said of it") + link(2 * pk, pk, 1, f"in{pk}", IN[pk % 3 - 2]) +
    link(2 * pk + 1, 1, pk, f"out{pk}", OUT[pk % 3 - 2]) for pk, (node_type, attributes, _) in numbered(DESCRIBED, 2))
ROWS_TO_DERIVE_FROM = NO_NODES + "".join(node(pk, node_type, attributes=attributes)
                                         for pk, (node_type, attributes, _) in numbered(DERIVED))


class FullTypesOnAnSqliteFile(OnSqlite, FullTypes):
    rows = ROWS_OF_TYPES


class FullTypesInPostgreSql(OnPostgreSql, FullTypes):
    rows = ROWS_OF_TYPES


class EntryPointsOnAnSqliteFile(OnSqlite, EntryPoints):
    rows = ROWS_OF_ENTRY_POINTS


class EntryPointsInPostgreSql(OnPostgreSql, EntryPoints):
    rows = ROWS_OF_ENTRY_POINTS


class FormatsOnAnSqliteFile(OnSqlite, DownloadFormats):
    pass


class FormatsInPostgreSql(OnPostgreSql, DownloadFormats):
    pass


class FormatsOfAiida1OnAnSqliteFile(OnSqlite, DownloadFormats):
    rows, prefix = NO_NODES + node(1, "data.dict.Dict."), "data."


class FormatsOfAiida1InPostgreSql(OnPostgreSql, DownloadFormats):
    rows, prefix = NO_NODES + node(1, "data.dict.Dict."), "data."


class FormatsOfNoNodesInPostgreSql(OnPostgreSql, DownloadFormats):
    rows = NO_NODES + node(1, JOB)


class DescriptionsOnAnSqliteFile(OnSqlite, Descriptions):
    rows = ROWS_OF_DESCRIPTIONS


class DescriptionsInPostgreSql(OnPostgreSql, Descriptions):
    rows = ROWS_OF_DESCRIPTIONS


class DerivedOnAnSqliteFile(OnSqlite, DerivedProperties):
    rows = ROWS_TO_DERIVE_FROM


class DerivedInPostgreSql(OnPostgreSql, DerivedProperties):
    rows = ROWS_TO_DERIVE_FROM


del FullTypes, EntryPoints, DownloadFormats, Descriptions, DerivedProperties, Asked


if __name__ == "__main__":
    unittest.main()
