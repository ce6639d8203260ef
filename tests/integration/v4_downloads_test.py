# SPDX-License-Identifier: MIT
"""Each format of each class of nodes as it is downloaded from /api/v4, from profiles in SQLite and PostgreSQL. What the
formats are in all detail is tested beside them (tests/unit/exporters)."""

import json
import struct
import unittest

from v4_case import NO_NODES, Asked, OnPostgreSqlProfile, OnSqliteProfile, node, uuid_of


def npy(shape: tuple, values: list, code: str = "d", kind: str = "<f8") -> bytes:
    """An array file of numpy."""
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header.encode() + struct.pack(f"<{len(values)}{code}", *values)


BOX = [[3, 0, 0], [0, 3, 0], [0, 0, 12.5]]
MGO = {"cell": BOX, "pbc1": True, "pbc2": True, "pbc3": False,
       "kinds": [{"name": name, "symbols": [name], "weights": [1], "mass": 1} for name in ("Mg", "O")],
       "sites": [{"kind_name": "Mg", "position": [0, 0, 0]}, {"kind_name": "O", "position": [1.5, 1.5, 0.125]}]}
ALLOY = {"cell": [[2, 0, 0], [0, 2, 0], [0, 0, 4]], "pbc1": True, "pbc2": True, "pbc3": True,
         "kinds": [{"name": "a", "symbols": ["Ge", "Si"], "weights": [0.4, 0.6], "mass": 1}],
         "sites": [{"kind_name": "a", "position": [0, 0, 0.5]}]}
BANDS = {"array|kpoints": [3, 3], "array|bands": [3, 2], "units": "eV", "labels": ["GAMMA", "X_1"], "label_numbers": [0, 2]}
BANDS_FILES = {"kpoints.npy": npy((3, 3), [0, 0, 0, 0.25, 0, 0, 0.5, 0, 0]),
               "bands.npy": npy((3, 2), [-1.5, 2, -1.25, 2.5, -0.5, 2.75])}
NAN, INFINITY = float("nan"), float("inf")
UPF_2 = """<UPF version="2.0.1">
  <PP_HEADER element="X" pseudo_type="NC" is_ultrasoft="F" has_so="F" core_correction="F" z_valence="4.0" mesh_size="2"
    number_of_wfc="1" number_of_proj="1"/>
  <PP_MESH><PP_R>0.0 1.0D-01</PP_R></PP_MESH><PP_LOCAL>-4.0 -3.0</PP_LOCAL>
  <PP_NONLOCAL><PP_BETA.1 angular_momentum="0" cutoff_radius_index="2">1.0 2.0</PP_BETA.1><PP_DIJ>1.0</PP_DIJ></PP_NONLOCAL>
  <PP_PSWFC><PP_CHI.1 label="3S" l="0" occupation="2.0">0.0 0.5</PP_CHI.1></PP_PSWFC><PP_RHOATOM>0.0 1.0</PP_RHOATOM>
</UPF>
"""
CIF = b"data_x\n_cell_length_a 2.0\n"

# pk: node type, attributes, files.
NODES = {
    1: ("data.core.structure.StructureData.", MGO, {}),
    2: ("data.structure.StructureData.", ALLOY, {}),
    3: ("data.core.array.trajectory.TrajectoryData.",
        {"symbols": ["Mg", "O"], "array|cells": [2, 3, 3], "array|positions": [2, 2, 3], "array|steps": [2]},
        {"cells.npy": npy((2, 3, 3), [number for row in 2 * BOX for number in row]), "steps.npy": npy((2,), [0, 10], "q", "<i8"),
         "positions.npy": npy((2, 2, 3), 2 * [0, 0, 0, 1.5, 1.5, 0.125])}),
    4: ("data.core.array.trajectory.TrajectoryData.", {"symbols": ["H"], "array|positions": [1, 1, 3]},
        {"positions.npy": npy((1, 1, 3), [0, 0, 0])}),
    5: ("data.core.array.bands.BandsData.", BANDS, BANDS_FILES),
    6: ("data.array.bands.BandsData.", BANDS, {"kpoints.npy": BANDS_FILES["kpoints.npy"]}),
    7: ("data.core.array.kpoints.KpointsData.", {"array|kpoints": [2, 3], "labels": ["A", "B"], "label_numbers": [0, 1],
                                                 "cell": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]},
        {"kpoints.npy": npy((2, 3), [0, 0, 0, 0.5, 0, 0])}),
    8: ("data.core.array.projection.ProjectionData.", {"array|proj_array_0": [2]}, {"proj_array_0.npy": npy((2,), [0.5, 1])}),
    9: ("data.core.array.xy.XyData.", {"array|x_array": [2], "array|y_array_0": [2], "x_name": "x"},
        {"x_array.npy": npy((2,), [1, 2], "i", "<i4"), "y_array_0.npy": npy((2,), [0.5, 1.5])}),
    10: ("data.core.array.ArrayData.", {"array|a": [4], "array|b": [2], "array|t": [2], "array|one": []},
         {"a.npy": npy((4,), [NAN, INFINITY, -INFINITY, 1.5]), "b.npy": npy((2,), [True, False], "?", "|b1"),
          "t.npy": npy((2,), list(b"abc"), "B", "|S2")[:-3] + b"abc\0", "one.npy": npy((), [7], "q", "<i8")}),
    11: ("data.array.ArrayData.", {"array|o": [1]}, {"o.npy": npy((1,), [1], "q", "|O")}),
    12: ("data.core.cif.CifData.", {"filename": "x.cif"}, {"x.cif": CIF}),
    13: ("data.core.upf.UpfData.", {"filename": "X.upf"}, {"X.upf": UPF_2.encode()}),
    14: ("data.upf.UpfData.", {"filename": "no.upf"}, {"no.upf": b"nothing"}),
    15: ("data.core.structure.StructureData.", {}, {}),
    16: ("data.core.array.ArrayData.", {"array|a": [2]}, {"a.npy": npy((2,), [1, 2], "f", "<c8")}),
    17: ("data.core.cif.CifData.", {}, {}),
    18: ("data.core.array.bands.BandsData.", BANDS,
         {**BANDS_FILES, "bands.npy": npy((3, 2), [-1.5, 2, NAN, 2.5, -0.5, INFINITY])}),
}

# pk, format, how the text begins and what else is in it; of JSON what is in it.
TEXTS = (
    (1, "xsf", "CRYSTAL\nPRIMVEC 1\n      3.0000000000       0.0000000000       0.0000000000\n",
     "PRIMCOORD 1\n2 1\n12       0.0000000000       0.0000000000       0.0000000000\n"
     "8       1.5000000000       1.5000000000       0.1250000000\n"),
    (1, "xyz", "2\nLattice=\"3.0 0.0 0.0 0.0 3.0 0.0 0.0 0.0 12.5\" pbc=\"True True False\"\nMg           0.0000000000 ",
     "\nO            1.5000000000       1.5000000000       0.1250000000"),
    (1, "cif", "# ", "\ndata_0\nloop_\n_atom_site_label\n", "\nMg1 0.0 0.0 0.0 Mg\nO1 0.5 0.5 0.01 O\n", "_cell_length_c 12.5\n"),
    (3, "xsf", "ANIMSTEPS 2\nCRYSTAL\nPRIMVEC 1\n           3.00000            0.00000            0.00000\n", "\nPRIMVEC 2\n",
     "8       1.5000000000       1.5000000000       0.1250000000\n"),
    (3, "cif", "# ", "\ndata_0\n", "\ndata_1\n"),
    (5, "dat_multicolumn", "# ", f"# Dumped from BandsData UUID={uuid_of(5)}\n# \tpoints\tbands\n# \t3\t2\n",
     "\n0.25000000\t-1.25000000\t2.50000000\n"),
    (5, "dat_blocks", "# ", "\n0.25000000\t-1.25000000\n0.50000000\t-0.50000000\n\n\n0.00000000\t2.00000000\n"),
    (5, "gnuplot", "#  ",
     "set xtics (\"Γ\" 0.0, \"X_{1}\" 0.5)\nunset key\nset yrange [-1.5:2.75]\nset ylabel \"Dispersion (eV)\"\n"),
    (5, "agr_batch", "# ", "\nworld 0.0, -1.5, 0.5, 2.75\n", "\nxaxis  ticklabel 0, \"\\xG\\f{}\"\n"),
    (5, "agr", "# ", "\n@version 50122\n", "\n@target G0.S1\n@type xy\n0.00000000\t2.00000000\n"),
    (5, "mpl_singlefile", "", "matplotlib", "band_type_idx"), (5, "mpl_withjson", "", "_data.json"),
    (18, "gnuplot", "#  ", "\nset yrange [-1.5:2.5]\n"), (18, "agr_batch", "# ", "\nworld 0.0, -1.5, 0.5, 2.5\n"),
    (12, "cif", CIF.decode()), (13, "upf", UPF_2),
)
DOCUMENTS = (
    (2, "chemdoodle", {"units": "&Aring;",
                       "m": [{"a": [{"l": "{Ge0.40Si0.60}", "x": -1, "y": -1, "z": -1.5, "atomic_elements_html":
                                                          "Ge<sub>0.40</sub> + Si<sub>0.60</sub>"}]}]}),
    (3, "json", {"cells": [BOX, BOX], "steps": [0, 10], "positions": 2 * [[[0, 0, 0], [1.5, 1.5, 0.125]]],
                 "original_uuid": uuid_of(3)}),
    (5, "json", {"label": "bands", "path": [["GAMMA", "X_1"]], "original_uuid": uuid_of(5), "paths": [
        {"length": 2, "from": "GAMMA", "to": "X_1", "values": [[-1.5, -1.25, -0.5], [2, 2.5, 2.75]], "x": [0, 0.25, 0.5],
         "two_band_types": False}]}),
    (7, "json", {"kpoints": [[0, 0, 0], [0.5, 0, 0]], "original_uuid": uuid_of(7)}),
    (8, "json", {"proj_array_0": [0.5, 1], "original_uuid": uuid_of(8)}),
    (9, "json", {"x_array": [1, 2], "y_array_0": [0.5, 1.5], "original_uuid": uuid_of(9)}),
    (10, "json", {"a": [None, None, None, 1.5], "b": [True, False], "t": ["ab", "c"], "one": 7, "original_uuid": uuid_of(10)}),
    (13, "json", {"pseudo_potential": ...}),
)
# What is offered, but not of this node; words of the sentence.
IMPOSSIBLE = (
    (2, "xsf", ""), (2, "xyz", ""), (2, "cif", ""), (4, "xsf", ""), (4, "cif", ""), (5, "mpl_pdf", "gnuplot"),
    (5, "mpl_pdf", "mpl_singlefile"),
    (5, "mpl_png", "gnuplot"), (5, "mpl_png", "mpl_singlefile"), (6, "json", ""), (6, "gnuplot", ""), (11, "json", ""),
    (14, "json", "UPF"),
    (15, "xsf", ""), (15, "chemdoodle", ""), (16, "json", ""), (17, "cif", ""))


class Downloads(Asked):
    rows = NO_NODES + "".join(node(pk, node_type, attributes=attributes, label="bands" if pk == 5 else "")
                              for pk, (node_type, attributes, _) in NODES.items())
    files = {uuid_of(pk): files for pk, (_, _, files) in NODES.items()}

    def both_ways(self, pk: int, format_: str) -> str:
        """The text, which comes as a file and in an envelope."""
        path, query = f"/nodes/{uuid_of(pk)}/download", f"download_format={format_}"
        name = NODES[pk][1].get("filename", f"{uuid_of(pk)}.{format_}")
        for word in ("", "&download=true", "&download=x", '&download="yes"', "&download=1"):
            file = self.good(path, query + word)
            self.assertEqual(("application/octet-stream", f'attachment; filename="{name}"', None),
                             (file.headers["content-type"], file.headers["content-disposition"], file.total))
        for word in ("false", '"false"', "False", '"False"', "0"):
            told = self.good(path, f"{query}&download={word}")
            self.assertEqual(({"data": file.body.decode(), "status": 200, "filename": name}, "1"),
                             (told.data["download"], told.total))
        self.assertEqual(file.body, self.good(f"/nodes/{uuid_of(pk)[:8]}/download", f'download_format="{format_}"').body)
        self.assertEqual(file.body, self.good(path, query, "Accept: text/html").body)
        return file.body.decode()

    def test_texts(self):
        for pk, format_, begin, *inside in TEXTS:
            with self.subTest(pk=pk, format=format_):
                text = self.both_ways(pk, format_)
                self.assertEqual(begin, text[:len(begin)])
                for part in inside:
                    self.assertIn(part, text)

    def test_documents(self):
        for pk, format_, wanted in DOCUMENTS:
            with self.subTest(pk=pk, format=format_):
                document = json.loads(self.both_ways(pk, format_), parse_constant=self.fail)
                self.assertEqual(wanted, {key: ... if wanted[key] is ... else document[key] for key in wanted})
                if "original_uuid" in wanted:
                    self.assertIn("10.1038/s41597-020-00638-4", document["comments"])
                    self.assertEqual(3, len(document["comments"].strip().split("\n")))
        header = document["pseudo_potential"]["header"]
        self.assertEqual(("X", 4, "X.upf", [-2, -1.5]), (header["element"], header["z_valence"], header["original_upf_file"],
                                                         document["pseudo_potential"]["local_potential"]))

    def test_what_is_offered_is_there_or_said_to_be_impossible(self):
        said = {(pk, format_) for pk, format_, *_ in (*TEXTS, *DOCUMENTS, *IMPOSSIBLE)}
        offered = self.good("/nodes/download_formats").data
        for pk in (1, 2, 3, 5, 7, 8, 9, 10, 12, 13):
            node_type = NODES[pk][0].replace("data.core.", "data.").replace("data.", "data.core.")
            for format_ in offered.pop(node_type + "|", []):
                with self.subTest(pk=pk, format=format_):
                    self.assertTrue((pk, format_) in said or self.both_ways(pk, format_))
        self.assertEqual({}, offered)

    def test_what_cannot_be_made(self):
        for pk, format_, word in IMPOSSIBLE:
            with self.subTest(pk=pk, format=format_):
                self.assertIn(word, self.refused(501, "", f"/nodes/{uuid_of(pk)}/download", f"download_format={format_}").message)

    def test_properties_that_derive_from_arrays(self):
        bands = self.good(f"/nodes/{uuid_of(5)}/contents/derived_properties").data["derived_properties"]["bands"]
        exported = json.loads(self.both_ways(5, "json"))
        del exported["comments"]
        self.assertEqual(exported, bands)
        points = self.good(f"/nodes/{uuid_of(7)}/contents/derived_properties").data["derived_properties"]
        self.assertEqual({"has_cell", "has_mesh", "has_labels", "explicit_kpoints_rel", "explicit_kpoints_abs", "faces_data",
                          "labelled_kpoints_rel", "labelled_path", "labelled_kpoints_abs"}, set(points))
        self.assertEqual((True, False, True, [[0, 0, 0], [0.5, 0, 0]], {"A": [0, 0, 0], "B": [0.5, 0, 0]}, [["A", "B"]]), tuple(
            points[key] for key in ("has_cell", "has_mesh", "has_labels", "explicit_kpoints_rel", "labelled_kpoints_rel",
                                    "labelled_path")))
        self.assertAlmostEqual(3.141592653589793, points["labelled_kpoints_abs"]["B"][0])


class FromSqlite(OnSqliteProfile, Downloads):
    rows, files = Downloads.rows, Downloads.files


class FromPostgreSql(OnPostgreSqlProfile, Downloads):
    rows, files = Downloads.rows, Downloads.files


del Downloads, Asked


if __name__ == "__main__":
    unittest.main()
