// SPDX-License-Identifier: MIT
// Grows the drawing of the provenance: each node has a control that shows its neighbours, too. The first drawing is the
// server's; once it grows, dagre lays it out anew.

import "./dagre/dagre.min.js";
import { button, element, save } from "./svg.js";

const most = 200, width = 190, height = 44;

// How nodes and links look, as the server draws them (src/api/graph/drawing.cpp).
const looks = [
  [/^(data\.core\.code\.|data\.code\.|code\.)/, true, "#9fc2d8"], [/^data\./, true, "#b5e2bb"],
  [/^(process\.workflow\.|calculation\.work\.)/, false, "#f2c49a"], [/^(process\.|calculation\.)/, false, "#efb3ba"],
  [/^/, true, "#e4e4e4"],
];
const dashes = { call_calc: "6 4", call_work: "6 4", calllink: "6 4", return: "2 3", returnlink: "2 3" };

const shortened = (text, length) => ([...text].length > length ? [...text].slice(0, length).join("") + "…" : text);
const className = (type) => type.replace(/\.+$/, "").split(".").pop();

export function add(place) {
  const drawing = place.querySelector(".drawing");
  const source = new URL(place.dataset.graph, location);
  const objects = source.pathname.replace(/[^/]+\/io\/graph\.json$/, "");
  const nodes = new Map(), links = new Map(), grown = new Set();
  const totals = new Map(); // node that has grown → how many neighbours it has
  let root = null;

  const status = document.createElement("span");
  status.className = "small";
  status.setAttribute("role", "status");
  const bar = document.createElement("div");
  bar.className = "controls";
  bar.append(button("Save as SVG", () => save(drawing.querySelector("svg"), "provenance.svg")),
    button("Show all", (event) => {
      const isWhole = drawing.classList.toggle("fitted");
      event.target.textContent = isWhole ? "Full size" : "Show all";
      if (!isWhole) centre();
    }), status);
  drawing.after(bar);
  place.querySelector("a[download]")?.remove(); // the server's drawing, which may have grown by then

  async function take(address) {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const { graph } = (await answer.json()).data;
    for (const node of graph.nodes)
      if (nodes.size < most && !nodes.has(node.id)) nodes.set(node.id, node);
    const self = graph.nodes.find((node) => node.level === 0);
    totals.set(self.id, Math.max(totals.get(self.id) ?? 0, graph.levels.reduce((sum, level) => sum + level.total, 0) - 1));
    for (const link of graph.links) links.set(link.id, link);
    return self;
  }

  async function grow(uuid) {
    status.textContent = "…";
    try {
      if (!root) {
        root = (await take(source)).uuid;
        // Most drawings of the server have all its neighbours.
        if (leftOut() === 0 && !source.searchParams.has("direction")) grown.add(root);
      }
      const before = nodes.size;
      if (!grown.has(uuid)) await take(`${objects}${uuid}/io/graph.json?levels=1&limit=${most}`);
      grown.add(uuid);
      draw();
      const left = leftOut();
      status.textContent = left > 0 ? `+${left} more are not drawn` : nodes.size === before ? "It has no other neighbours" : `${nodes.size} nodes`;
      drawing.querySelector(`a[href$="${uuid}"]`)?.focus({ preventScroll: true });
      centre(uuid);
    } catch (error) {
      status.textContent = `The neighbours could not be read (${error.message}).`;
    }
  }

  // Neighbours of nodes that have grown.
  function leftOut() {
    let sum = 0;
    for (const [id, total] of totals) {
      const drawn = new Set();
      for (const { input_id: input, output_id: output } of links.values()) {
        if (input === id && nodes.has(output)) drawn.add(output);
        if (output === id && nodes.has(input)) drawn.add(input);
      }
      drawn.delete(id);
      sum += Math.max(0, total - drawn.size);
    }
    return sum;
  }

  // The box of a node, or of the one that all this is about, comes into the middle.
  function centre(uuid) {
    const box = drawing.querySelector(uuid ? `a[href$="${uuid}"] rect` : 'rect[stroke-width="2"]');
    if (!box) return;
    const frame = drawing.getBoundingClientRect(), place = box.getBoundingClientRect(); // narrow screens scale it
    drawing.scrollLeft += place.x + place.width / 2 - frame.x - frame.width / 2;
    drawing.scrollTop += place.y + place.height / 2 - frame.y - frame.height / 2;
  }

  // A plus at a corner of a node, away from the links between it and the middle.
  function control(uuid, x, y, name) {
    const made = element("g", { class: "more", role: "button", tabindex: 0, "data-uuid": uuid, "aria-label": `Show the neighbours of ${name}` },
      element("circle", { cx: x, cy: y, r: 9 }), element("path", { d: `M${x - 5} ${y}h10M${x} ${y - 5}v10`, stroke: "#333", "stroke-width": 1.5 }));
    made.addEventListener("click", () => grow(uuid));
    made.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      grow(uuid);
    });
    return made;
  }

  // Through the middles of what dagre gives, so that links bend softly.
  function curve(points) {
    const middles = points.slice(1).map((point, i) => ({ x: (points[i].x + point.x) / 2, y: (points[i].y + point.y) / 2 }));
    const bends = middles.slice(1).map((middle, i) => `Q${points[i + 1].x} ${points[i + 1].y} ${middle.x} ${middle.y}`);
    const [begin, end] = [points[0], points.at(-1)];
    return `M${begin.x} ${begin.y}L${middles[0].x} ${middles[0].y}${bends.join("")}L${end.x} ${end.y}`;
  }

  function draw() {
    const graph = new dagre.graphlib.Graph({ multigraph: true });
    graph.setGraph({ rankdir: "LR", ranker: "tight-tree", nodesep: 18, ranksep: 120, marginx: 20, marginy: 20 });
    graph.setDefaultEdgeLabel(() => ({}));
    for (const id of nodes.keys()) graph.setNode(id, { width, height });
    for (const link of links.values()) {
      if (!nodes.has(link.input_id) || !nodes.has(link.output_id)) continue;
      // Links of a type between the same two nodes are one line.
      const same = graph.edge(link.input_id, link.output_id, link.type);
      if (same) same.labels.push(link.label);
      else graph.setEdge(link.input_id, link.output_id, { type: link.type, labels: [link.label] }, link.type);
    }
    const begin = performance.now();
    dagre.layout(graph);
    place.dataset.laidOut = Math.round(performance.now() - begin); // milliseconds, for the tests
    const size = graph.graph();
    const svg = element("svg", { viewBox: `0 0 ${size.width} ${size.height}`, width: size.width, height: size.height,
      "font-family": "Helvetica, Arial, sans-serif", "font-size": 12 });
    svg.append(element("defs", {}, element("marker", { id: "grown-arrow", viewBox: "0 0 10 10", refX: 10, refY: 5,
      markerWidth: 8, markerHeight: 8, orient: "auto" }, element("path", { d: "M0 0L10 5L0 10z", fill: "#555" }))));
    for (const edge of graph.edges()) {
      const { points, type, labels } = graph.edge(edge), label = labels.join(", ");
      const path = element("path", { d: curve(points), fill: "none", stroke: "#555",
        "marker-end": "url(#grown-arrow)" });
      if (dashes[type]) path.setAttribute("stroke-dasharray", dashes[type]);
      const middle = points[Math.floor(points.length / 2)];
      svg.append(element("g", {}, element("title", {}, label), path,
        element("text", { x: middle.x, y: middle.y - 4, "text-anchor": "middle", "font-size": 11, fill: "#333", stroke: "#fff", "stroke-width": 3, "paint-order": "stroke" }, shortened(label, 22))));
    }
    for (const [id, node] of nodes) {
      const { x, y } = graph.node(id), [, isRound, fill] = looks.find(([begin]) => begin.test(node.type));
      const isRoot = node.uuid === root;
      const detail = `${className(node.type)} (${id})`, title = node.label || detail;
      const link = element("a", { href: objects + node.uuid }, element("title", {}, `${title}\n${detail}`),
        element("rect", { x: x - width / 2, y: y - height / 2, width, height, rx: isRound ? height / 2 : 0, fill,
          stroke: isRoot ? "#000" : "#777", "stroke-width": isRoot ? 2 : 1 }),
        element("text", { x, y: node.label ? y - 8 : y, "text-anchor": "middle", "dominant-baseline": "middle" }, shortened(title, 26)));
      if (node.label)
        link.append(element("text", { x, y: y + 8, "text-anchor": "middle", "dominant-baseline": "middle", "font-size": 11, fill: "#333" },
          shortened(node.state ? `${detail}, ${node.state}` : detail, 34)));
      svg.append(link);
      if (!grown.has(node.uuid)) svg.append(control(node.uuid, node.level < 0 ? x - width / 2 : x + width / 2, y - height / 2, title));
    }
    drawing.replaceChildren(svg);
  }

  const middle = Number(drawing.querySelector('rect[stroke-width="2"]')?.getAttribute("x"));
  for (const box of drawing.querySelectorAll("a > rect")) {
    const link = box.parentElement, uuid = link.getAttribute("href").split("/").pop();
    const isLeft = Number(box.getAttribute("x")) < middle;
    if (box.getAttribute("stroke-width") !== "2") // not the node that all this is about: its neighbours are shown
      link.after(control(uuid, Number(box.getAttribute("x")) + (isLeft ? 0 : width), Number(box.getAttribute("y")), link.querySelector("title").textContent.split("\n")[0]));
  }
  centre();
}
