// SPDX-License-Identifier: MIT
// What the pages of AiiDA's explorers ask /api/v4, in their order, from a page of another origin; `SERVER` is the server.
// The end of it is one POST to the page's own site: everything that was read, as JSON.

async function get(path) {
  const answer = await fetch(SERVER + "/api/v4" + path);
  const read = { status: answer.status, total: answer.headers.get("X-Total-Count") };
  if ((answer.headers.get("Content-Type") || "").startsWith("application/json")) read.data = (await answer.json()).data;
  return read;
}

async function file(path) {
  const answer = await fetch(SERVER + "/api/v4" + path);
  const hash = await crypto.subtle.digest("SHA-256", await answer.arrayBuffer());
  return { status: answer.status, hash: [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("") };
}

// The browser asks first whether a page may post JSON.
async function post(body) {
  const answer = await fetch(SERVER + "/api/v4/querybuilder/", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: answer.status, total: answer.headers.get("X-Total-Count"), data: (await answer.json()).data };
}

function vertex(tag, type, more) {
  return {
    entity_type: type, orm_base: type.startsWith("group") ? "group" : "node", tag,
    joining_keyword: null, joining_value: null, edge_tag: null, outerjoin: false, ...more,
  };
}

// The table of nodes of the explorer of the AiiDA team, also of one group.
function table(type, group) {
  const path = group === undefined ? [] : [vertex("group", "group.core")];
  const join = group === undefined ? {} : { joining_keyword: "with_group", joining_value: "group", edge_tag: "group--nodes" };
  return {
    path: [...path, vertex("nodes", type, join)],
    filters: { nodes: {}, ...(group === undefined ? {} : { group: { id: group } }) },
    project: { nodes: ["id", "uuid", "label", "node_type", "process_type", "ctime", "mtime"] },
    project_map: {},
    order_by: [{ nodes: [{ id: { order: "desc" } }] }],
    limit: 5000, offset: null, distinct: true,
  };
}

// The start page: what there is.
async function start() {
  const version = (await get("/server")).data;
  if (parseInt(version.API_major_version) !== 4 || parseInt(version.API_minor_version) < 1) throw Error("the version is too old");
  return {
    types: await get("/nodes/full_types_count"), statistics: await get("/nodes/statistics"), users: await get("/users/"),
    groups: await get("/groups"), computers: await get("/computers/"), formats: await get("/nodes/download_formats/"),
    columns: await get("/nodes/projectable_properties"),
  };
}

// Pages of processes, as the AngularJS explorer lists them, until all are read.
async function pages() {
  const names = "process_label,process_state,exit_status,process_status";
  const query = `perpage=20&full_type=${encodeURIComponent('"process.%|%"')}&attributes=true&attributes_filter=${names}&orderby=-ctime`;
  const rows = [];
  for (let number = 1; ; ++number) {
    const page = await get(`/nodes/page/${number}?${query}`);
    rows.push(...page.data.nodes);
    if (rows.length >= parseInt(page.total) || page.data.nodes.length === 0) return { total: page.total, rows };
  }
}

async function files(uuid, folder) {
  const name = (path) => (path === "" ? "" : `?filename=${encodeURIComponent(`"${path}"`)}`);
  const list = await get(`/nodes/${uuid}/repo/list${name(folder)}`);
  const read = [];
  for (const entry of list.data.repo_list) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.type === "DIRECTORY") read.push(...(await files(uuid, path)));
    else read.push({ path, ...(await file(`/nodes/${uuid}/repo/contents${name(path)}`)) });
  }
  return read;
}

// The page of one node.
async function node(uuid, formats) {
  const row = (await get(`/nodes/${uuid}?attributes=true`)).data.nodes[0];
  const seen = {
    row, attributes: await get(`/nodes/${uuid}/contents/attributes`), extras: await get(`/nodes/${uuid}/contents/extras/`),
    incoming: await get(`/nodes/${uuid}/links/incoming`), outgoing: await get(`/nodes/${uuid}/links/outgoing/`),
    tree: await get(`/nodes/${uuid}/links/tree?in_limit=10&out_limit=10`), comments: await get(`/nodes/${uuid}/contents/comments`),
    files: await files(uuid, ""), downloads: {}, there_and_back: [],
  };
  for (const neighbour of seen.incoming.data.incoming) {
    const back = await get(`/nodes/${neighbour.uuid}/links/outgoing/`);
    seen.there_and_back.push(back.data.outgoing.some((one) => one.uuid === row.uuid && one.link_label === neighbour.link_label));
  }
  if (row.node_type.startsWith("data.")) {
    seen.derived = await get(`/nodes/${uuid}/contents/derived_properties`);
    for (const format of formats[`${row.node_type}|`] || []) {
      seen.downloads[format] = await get(`/nodes/${uuid}/download?download_format=${format}&download=False`);
    }
  } else {
    seen.report = await get(`/processes/${uuid}/report`);
  }
  if (row.node_type === "process.calculation.calcjob.CalcJobNode.") {
    seen.input_files = await get(`/calcjobs/${uuid}/input_files`);
    seen.output_files = await get(`/calcjobs/${uuid}/output_files`);
    const computer = await get(`/computers/${(await get("/computers/")).data.computers[0].uuid}?attributes=true`);
    seen.computer = computer.data.computers[0];
  }
  return seen;
}

async function session() {
  const seen = { start: await start(), pages: await pages() };
  seen.table = await post(table("data.core.structure.StructureData."));
  seen.of_group = await post(table("data.core.", 1));
  seen.nodes = {};
  for (const type of TYPES) {
    const filter = encodeURIComponent(`"${type}|%"`);
    const first = (await get(`/nodes?full_type=${filter}&limit=1&orderby=id`)).data.nodes[0];
    seen.nodes[type] = await node(first.uuid, seen.start.formats.data);
  }
  return seen;
}

session().then((seen) => ({ seen }), (error) => ({ error: String(error) }))
  .then((said) => fetch("/", { method: "POST", body: JSON.stringify(said) }));
