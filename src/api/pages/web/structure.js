// SPDX-License-Identifier: MIT
// Turns a structure: the server's drawing is replaced by one in three dimensions, where the browser can.

import * as three from "./three/build/three.module.js";
import { OrbitControls } from "./three/examples/jsm/controls/OrbitControls.js";
import { button } from "./svg.js";

const most = 20000; // atoms of a repeated cell

export function add(figure) {
  const stage = figure.querySelector(".stage"), data = JSON.parse(figure.dataset.structure);
  const canvas = document.createElement("canvas");
  const look3d = { antialias: true, alpha: true }; // the ground is the page's
  const context = canvas.getContext("webgl2", look3d) ?? canvas.getContext("webgl", look3d);
  if (!context) return;
  const renderer = new three.WebGLRenderer({ canvas, context, ...look3d });
  renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
  renderer.setClearColor(0xffffff, 0);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "The structure, to turn with the mouse or the arrow keys, to zoom with + and -");
  canvas.tabIndex = 0;

  const scene = new three.Scene();
  const camera = new three.PerspectiveCamera(30, 1, 0.1, 10000);
  camera.up.set(0, 0, 1);
  const light = new three.DirectionalLight(0xffffff, 0.7);
  light.position.set(-1, 1, 1);
  camera.add(light);
  scene.add(camera, new three.AmbientLight(0xffffff, 0.55));
  const controls = new OrbitControls(camera, canvas);
  controls.enableKeys = false;
  controls.addEventListener("change", soon);

  const cell = data.cell.map((vector) => new three.Vector3(...vector));
  // Kinds that look alike are one; the more atoms, the coarser they are.
  const looks = new Map();
  for (const [kind, ...place] of data.atoms) {
    const { colour, radius } = data.kinds[kind], name = `${colour} ${radius}`;
    if (!looks.has(name)) looks.set(name, { colour, radius, places: [] });
    looks.get(name).places.push(place);
  }
  const sphere = (count) => new three.SphereBufferGeometry(1, ...(count < 100 ? [24, 16] : count < 1000 ? [12, 8] : [8, 6]));
  let drawn = null;

  function draw() {
    renderer.render(scene, camera);
  }

  let isWaiting = false;
  function soon() {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => { isWaiting = false; draw(); });
  }

  function* cells(repeat) {
    for (let a = 0; a < repeat[0]; ++a)
      for (let b = 0; b < repeat[1]; ++b)
        for (let c = 0; c < repeat[2]; ++c)
          yield new three.Vector3().addScaledVector(cell[0], a).addScaledVector(cell[1], b).addScaledVector(cell[2], c);
  }

  function edges(repeat) {
    const points = [];
    for (const origin of cells(repeat)) {
      for (let i = 0; i < 3; ++i) {
        const one = cell[(i + 1) % 3], other = cell[(i + 2) % 3];
        for (const [p, q] of [[0, 0], [1, 0], [0, 1], [1, 1]]) {
          const begin = origin.clone().addScaledVector(one, p).addScaledVector(other, q);
          points.push(begin, begin.clone().add(cell[i]));
        }
      }
    }
    return new three.LineSegments(new three.BufferGeometry().setFromPoints(points), new three.LineBasicMaterial({ color: 0x777777 }));
  }

  function build(repeat) {
    if (drawn) scene.remove(drawn);
    drawn = new three.Group();
    const copies = [...cells(repeat)], matrix = new three.Matrix4(), box = new three.Box3();
    for (const { colour, radius, places } of looks.values()) {
      const material = new three.MeshLambertMaterial({ color: colour });
      // A geometry for each: it keeps where the instances are.
      const mesh = new three.InstancedMesh(sphere(data.atoms.length * copies.length), material, places.length * copies.length);
      mesh.frustumCulled = false;
      let at = 0;
      for (const copy of copies) {
        for (const [x, y, z] of places) {
          const place = new three.Vector3(x, y, z).add(copy);
          matrix.makeScale(radius, radius, radius).setPosition(place.x, place.y, place.z);
          mesh.setMatrixAt(at++, matrix);
          box.expandByPoint(place);
        }
      }
      drawn.add(mesh);
    }
    if (data.periodic.some(Boolean)) {
      const lines = edges(repeat);
      drawn.add(lines);
      lines.geometry.computeBoundingBox();
      box.union(lines.geometry.boundingBox);
    }
    scene.add(drawn);
    return box;
  }

  function look(box) {
    const centre = box.getCenter(new three.Vector3());
    const radius = Math.max(box.getSize(new three.Vector3()).length() / 2 + 1, 2);
    const distance = radius / Math.sin(camera.fov * Math.PI / 360) / Math.min(camera.aspect, 1);
    controls.target.copy(centre);
    camera.position.copy(centre).add(new three.Vector3(0.37, -0.88, 0.3).multiplyScalar(distance));
    camera.near = distance / 100;
    camera.far = distance * 100;
    camera.updateProjectionMatrix();
    controls.update();
    draw();
  }

  function fit() {
    const { width, height } = stage.getBoundingClientRect();
    renderer.setSize(width, height);
    camera.aspect = width / height;
    camera.updateProjectionMatrix();
    draw();
  }

  const inputs = data.periodic.map((isPeriodic, i) => {
    const input = document.createElement("input");
    Object.assign(input, { type: "number", min: 1, max: 9, value: 1, disabled: !isPeriodic });
    input.setAttribute("aria-label", `Repeat along ${"abc"[i]}`);
    input.addEventListener("change", () => {
      const repeat = inputs.map((other) => Math.min(Math.max(Math.round(Number(other.value)) || 1, 1), 9));
      while (data.atoms.length * repeat[0] * repeat[1] * repeat[2] > most && repeat[i] > 1) --repeat[i];
      inputs.forEach((other, n) => { other.value = repeat[n]; });
      look(build(repeat));
    });
    return input;
  });

  canvas.addEventListener("keydown", (event) => {
    const zoom = { "+": 1 / 1.2, "-": 1.2 }[event.key];
    if (zoom) {
      camera.position.sub(controls.target).multiplyScalar(zoom).add(controls.target);
      controls.update();
      return draw();
    }
    const turn = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!turn) return;
    event.preventDefault();
    const offset = camera.position.clone().sub(controls.target), step = Math.PI / 24;
    const round = new three.Spherical().setFromVector3(new three.Vector3(offset.x, offset.z, -offset.y));
    round.theta += turn[0] * step;
    round.phi = Math.min(Math.max(round.phi - turn[1] * step, 0.01), Math.PI - 0.01);
    const turned = new three.Vector3().setFromSpherical(round);
    camera.position.copy(controls.target).add(new three.Vector3(turned.x, -turned.z, turned.y));
    controls.update();
    draw();
  });

  const bar = document.createElement("div");
  bar.className = "controls";
  bar.append("Repeat ", ...inputs.flatMap((input, i) => [`${"abc"[i]} `, input]), button("Reset the view", () => {
    inputs.forEach((input) => { input.value = 1; });
    look(build([1, 1, 1]));
  }));
  const hint = document.createElement("span");
  hint.className = "small";
  hint.textContent = "Drag to turn, scroll to zoom.";
  bar.append(hint);
  stage.replaceChildren(canvas);
  figure.append(bar);
  const box = build([1, 1, 1]);
  fit();
  look(box);
  new ResizeObserver(fit).observe(stage);
}
