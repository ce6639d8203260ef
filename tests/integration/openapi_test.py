# SPDX-License-Identifier: MIT
"""The OpenAPI description: a validator accepts it, and the server does what it says."""
import json
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from profiles_case import Case as Profiles
from profiles_case import make_archive
from served import ROOT, Server

MODULES = ROOT / "build/clients/node_modules"
VALIDATOR = MODULES / "@seriousme/openapi-schema-validator/bin/validate-api-cli.js"
DOCUMENT = "/api/v2/openapi.json"


def setUpModule():
    subprocess.run([ROOT / "tools/install_clients"], check=True)


def fault_of(document: dict) -> str:
    """What the validator says against it."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(document, file)
        file.flush()
        said = subprocess.run(["node", VALIDATOR, file.name], capture_output=True, text=True, timeout=60)
    return "" if said.returncode == 0 else said.stdout + said.stderr


def escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


# Of objects that the paths are about, filters; and formats of downloads.
JOBS, STRUCTURES = '&type=like="%25.CalcJobNode."', '&type=like="%25.StructureData."'
KINDS = {"retrieved_inputs": JOBS, "retrieved_outputs": JOBS, "download": STRUCTURES, "visualization": STRUCTURES}
FORMATS = {"nodes": "xsf", "data": "xsf", "structures": "xsf", "cifs": "cif", "upfs": "upf", "kpoints": "json", "bands": "json"}
WITHOUT_FORMATS = ("calculations", "codes")


class Description(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--demo")
        cls.addClassCleanup(cls.server.stop)
        cls.answer = cls.server.get(DOCUMENT)
        cls.document = cls.answer.json()
        cls.components = cls.document["components"]

    def get(self, path: str, *headers: str):
        return self.server.get("/api/v2" + path, *headers)

    def resolved(self, part: dict) -> dict:
        if "$ref" not in part:
            return part
        _, components, kind, name = part["$ref"].split("/")
        self.assertEqual("components", components)
        return self.components[kind][name]

    def parameters(self, path: str) -> list:
        return [self.resolved(one) for one in self.document["paths"][path]["get"]["parameters"]]

    def filled(self, path: str) -> str:
        """With an object that the path leads to."""
        resource = path.split("/")[1]
        if "{id}" in path:
            kind = KINDS.get(path.split("/")[-1], "") if resource in ("nodes", "data", "calculations") else ""
            row = (self.get(f"/{resource}?limit=1{kind}").rows() or self.get(f"/{resource}?limit=1").rows())[0]
            path = path.replace("{id}", str(row.get("uuid", row["id"])))
        return path.replace("{n}", "1")

    def asked(self, path: str, media_type: str) -> str:
        """The path with what makes its answer one of that type."""
        resource, last = path.split("/")[1], path.split("/")[-1]
        filled = self.filled(path)
        if last == "download":
            return f"{filled}?format={FORMATS[resource]}"
        if last.startswith("retrieved_") and media_type != "application/json":
            files = [one["name"] for one in self.get(filled).json()["data"] if one["type"] == "FILE"]
            return f"{filled}?filename={files[0]}"
        return filled

    def resources(self) -> list:
        return [tag["name"] for tag in self.document["tags"] if tag["name"] != "server"]

    def properties(self, resource: str) -> dict:
        content = self.document["paths"][f"/{resource}"]["get"]["responses"]["200"]["content"]
        data = content["application/json"]["schema"]["allOf"][1]["properties"]["data"]
        schema = self.resolved(data["properties"][resource]["items"])
        while "$ref" in schema:
            schema = self.resolved(schema)
        return schema["properties"]

    def test_a_validator_accepts_it(self):
        self.assertEqual((200, "application/json"), (self.answer.status, self.answer.headers["content-type"]))
        self.assertEqual("3.1.0", self.document["openapi"])
        self.assertEqual("", fault_of(self.document))

    def test_the_validator_finds_what_is_wrong(self):
        broken = json.loads(json.dumps(self.document))
        broken["paths"]["/nodes"]["get"]["parameters"][0] = {"in": "query"}
        self.assertNotEqual("", fault_of(broken))

    def test_every_reference_leads_somewhere_and_every_component_is_used(self):
        text = self.answer.body.decode()
        used = set(re.findall(r'"\$ref":"#/components/([^"]+)"', text))
        there = {f"{kind}/{name}" for kind in self.components if kind != "securitySchemes" for name in self.components[kind]}
        self.assertEqual(there, used)

    def test_each_operation_has_an_id_and_a_tag_of_its_own(self):
        operations = [path["get"] for path in self.document["paths"].values()]
        self.assertTrue(all(list(path) == ["get"] for path in self.document["paths"].values()))
        self.assertEqual(len(operations), len({operation["operationId"] for operation in operations}))
        tags = {tag["name"] for tag in self.document["tags"]}
        self.assertEqual(tags, {tag for operation in operations for tag in operation["tags"]})

    def test_each_parameter_of_an_operation_has_a_name_of_its_own(self):
        for path in self.document["paths"]:
            with self.subTest(path=path):
                names = [(one["in"], one["name"]) for one in self.parameters(path)]
                self.assertEqual(len(names), len(set(names)))
                self.assertEqual(set(re.findall(r"{(\w+)}", path)), {name for place, name in names if place == "path"})

    def test_it_has_every_endpoint_that_the_server_lists(self):
        listed = self.get("/server/endpoints").json()["data"]["available_endpoints"]
        paths = {path.removeprefix("/api/v2").replace("<", "{").replace(">", "}") or "/" for path in listed}
        ours = "/io/graph", "/io/tree", "/retrieved_inputs", "/retrieved_outputs", "/visualization", "/download"
        described = {path for path in self.document["paths"] if not path.endswith(ours)}  # AiiDA's clients know the list
        self.assertEqual(paths | {"/openapi"}, described)
        self.assertLess(described, set(self.document["paths"]))

    def test_every_path_answers_what_is_described(self):
        answers = []
        for path, item in self.document["paths"].items():
            described = item["get"]["responses"]["200"]
            if path.split("/")[1] in WITHOUT_FORMATS and path.endswith("/download"):
                self.assertIn(self.get(f"{self.filled(path)}?format=cif").status, (400, 501))
                continue
            for media_type in described["content"]:
                with self.subTest(path=path, media_type=media_type):
                    answer = self.get(self.asked(path, media_type), f"Accept: {media_type}")
                    self.assertEqual(200, answer.status, answer.body)
                    self.assertEqual(media_type, answer.headers["content-type"].split(";")[0])
                    if media_type != "application/json":
                        continue
                    for header in "X-Total-Count", "ETag", "Link":
                        if header.lower() in answer.headers:
                            self.assertIn(header, described["headers"])
                    pointer = f"/paths/{escaped(path)}/get/responses/200/content/{escaped(media_type)}/schema"
                    answers.append({"name": path, "schema": pointer, "body": answer.json()})
        self.assertGreater(len(answers), 100)
        self.assertEqual("", self.nonconforming(answers))
        # Whether the program that says so would have found anything.
        wrong = dict(answers[-1], body={"data": {}})
        self.assertIn(wrong["name"], self.nonconforming([wrong]))

    def nonconforming(self, answers: list) -> str:
        ran = subprocess.run(["node", ROOT / "tests/clients/conforms.js"], text=True, capture_output=True, timeout=120,
                             input=json.dumps({"document": self.document, "answers": answers}),
                             env=os.environ | {"NODE_PATH": str(MODULES)})
        self.assertEqual(0, ran.returncode, ran.stderr)
        return ran.stdout

    def test_rows_have_the_properties_that_are_described(self):
        for resource in self.resources():
            with self.subTest(resource=resource):
                properties = self.properties(resource)
                asked = {name for name, schema in properties.items() if "Only with `fields`" in schema["description"]}
                for row in self.get(f"/{resource}").rows():
                    self.assertEqual(set(properties) - asked, set(row))
                for row in self.get(f"/{resource}?fields={','.join(properties)}").rows():
                    self.assertEqual(set(properties), set(row))
                    for name, value in row.items():
                        if value is None:
                            self.assertIn("null", properties[name]["type"])
                schema = self.get(f"/{resource}/schema").json()["data"]
                self.assertEqual(set(properties), set(schema["fields"]))
                self.assertEqual(set(properties) - asked, set(schema["ordering"]))

    def test_every_filter_is_accepted_as_its_example_says(self):
        for path in self.document["paths"]:
            for parameter in self.parameters(path):
                if "example" not in parameter or "{" in path or path.endswith("/page"):
                    continue
                with self.subTest(path=path, parameter=parameter["name"]):
                    answer = self.get(f"{path}?{parameter['name']}={parameter['example']}")
                    is_private = "--private-filters" in parameter["description"]
                    self.assertEqual(400 if is_private else 200, answer.status, answer.body)

    def test_every_operator_of_a_filter_is_accepted_and_no_other(self):
        operators = {"=", "!=", "<", ">", "<=", ">=", "=like=", "=ilike=", "=in=", "=notin=", "=is=", "=startswith="}
        for parameter in self.components["parameters"].values():
            if "Operators: " not in parameter.get("description", "") or "--private-filters" in parameter["description"]:
                continue
            resource = next(path for path in self.document["paths"] if path.count("/") == 1 and
                            any(one is parameter for one in self.parameters(path)))
            described = set(parameter["description"].split("Operators: ")[1].split())
            self.assertLessEqual(described, operators)
            for operator in operators:
                value = "null" if operator == "=is=" else parameter["example"]
                with self.subTest(resource=resource, parameter=parameter["name"], operator=operator):
                    answer = self.get(f"{resource}?limit=1&{parameter['name']}{operator}{value}")
                    self.assertEqual(200 if operator in described else 400, answer.status, answer.body)

    def test_what_the_introduction_says_of_operators(self):
        # As clients send key=value pairs that are percent-encoded.
        for query in "id=in%3D1%2C2%2C3", "type=like%3D%22%25data%25%22", "state=is%3Dnull", "id!=1", "ctime%3E=2020-01-01":
            with self.subTest(query=query):
                answer = self.get("/nodes?" + query)
                self.assertEqual(200, answer.status, answer.body)
                self.assertTrue(answer.rows())

    def test_reserved_keys_are_described_where_they_may_stand(self):
        keys = {one["name"]: one for name, one in self.components["parameters"].items() if name.startswith("key.")}
        values = {"array": "id", "integer": "1", "string": ""}
        for path in self.document["paths"]:
            if not path.startswith(("/nodes", "/server")):
                continue
            described = {one["name"] for one in self.parameters(path) if one["in"] == "query"}
            for key, parameter in keys.items():
                value = parameter["schema"].get("enum", [values[parameter["schema"]["type"]]])[0]
                value = {"filename": "", "format": "xsf"}.get(key, parameter.get("example", value))
                with self.subTest(path=path, key=key):
                    answer = self.get(f"{self.filled(path)}?{key}={value}")
                    self.assertEqual(200 if key in described else 400, answer.status, answer.body)

    def test_errors_are_those_that_are_described(self):
        for path, status in (("/nodes?x=1", "400"), ("/nodes/ffffffffffff", "400"), ("/nod", "404"),
                             ("/openapi?id=1", "400"), ("/openapi.csv", "406")):
            with self.subTest(path=path):
                answer = self.get(path)
                self.assertEqual(int(status), answer.status)
                described = self.components["responses"][f"Error{status}"]["content"]
                self.assertIn(answer.headers["content-type"].split(";")[0], described)

    def test_with_and_without_its_ending(self):
        self.assertEqual(self.answer.body, self.get("/openapi").body)
        self.assertEqual(self.answer.body, self.get("/openapi/").body)
        self.assertTrue(self.get("/openapi", "Accept: text/html").body.startswith(b"<!doctype html>"))

    def test_behind_a_proxy(self):
        answer = self.server.get(DOCUMENT, "X-Forwarded-Proto: https", "X-Forwarded-Host: aiida.example.org",
                                 "X-Forwarded-Prefix: /provenance")
        self.assertEqual([{"url": "https://aiida.example.org/provenance/api/v2"}], answer.json()["servers"])
        self.assertEqual([{"url": "http://localhost:5000/api/v2"}], self.document["servers"])


class OfSeveralProfiles(Profiles):
    def test_each_has_its_own_address(self):
        for name in "one", "two":
            make_archive(self.archives, name)
        server = self.serve(self.archives)
        for prefix in "", "/one", "/two":
            with self.subTest(prefix=prefix):
                document = server.get(prefix + DOCUMENT).json()
                self.assertEqual([{"url": f"http://localhost:5000{prefix}/api/v2"}], document["servers"])
                rows = server.get(f"{prefix}/api/v2/nodes?limit=1")
                self.assertEqual(200, rows.status)


if __name__ == "__main__":
    unittest.main()
