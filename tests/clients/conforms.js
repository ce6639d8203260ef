// SPDX-License-Identifier: MIT
// Whether answers are what an OpenAPI description says. Reads {"document": …, "answers": [{"name", "schema", "body"}, …]}
// from stdin, where `schema` is a JSON pointer into the document; prints a line for each answer that is something else.
"use strict";
const fs = require("fs");
const Ajv = require("ajv/dist/2020");
const addFormats = require("ajv-formats");

const { document, answers } = JSON.parse(fs.readFileSync(0, "utf8"));
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addFormat("int64", true);
ajv.addSchema(document, "description", undefined, false); // only parts of it are schemas

for (const { name, schema, body } of answers) {
  const isValid = ajv.getSchema(`description#${encodeURI(schema)}`);
  if (!isValid(body)) console.log(`${name}: ${ajv.errorsText(isValid.errors)}`);
}
