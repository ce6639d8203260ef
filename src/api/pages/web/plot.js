// SPDX-License-Identifier: MIT
// Zooms a plot along its vertical axis: by buttons, by dragging, by the wheel while Ctrl is held.

import { button, element, save } from "./svg.js";

const left = 90, width = 620, top = 26, height = 360; // of the window, as in plot.mustache

export function add(figure) {
  const svg = figure.querySelector("svg"), inner = svg.querySelector(".window"), ticks = svg.querySelector(".ticks");
  const whole = { low: Number(figure.dataset.low), high: Number(figure.dataset.high) };
  const least = Math.max(Math.abs(whole.low), Math.abs(whole.high)) * 1e-12; // numbers of this size differ by not much less
  let shown = { ...whole };

  function text(value, decimals) {
    if (decimals <= 6 && Math.abs(value) < 1e6) return value.toFixed(decimals);
    const digits = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value))) + 1 + decimals;
    return String(Number(value.toPrecision(Math.min(Math.max(digits, 4), 15))));
  }

  function round(low, high) {
    const rough = (high - low) / 6, power = 10 ** Math.floor(Math.log10(rough)), digit = rough / power;
    const step = power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
    const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9)), list = [];
    const first = Math.ceil(low / step);
    for (let i = 0; i < 30 && (first + i) * step <= high; ++i) list.push(text((first + i) * step, decimals));
    return list;
  }

  function draw() {
    const scale = height / (whole.high - whole.low);
    inner.setAttribute("viewBox", `0 ${(whole.high - shown.high) * scale} ${width} ${(shown.high - shown.low) * scale}`);
    ticks.replaceChildren(...round(shown.low, shown.high).flatMap((value) => {
      const y = top + height * (shown.high - Number(value)) / (shown.high - shown.low);
      const text = element("text", { x: left - 10, y, "text-anchor": "end", "dominant-baseline": "middle" }, value);
      return [element("path", { d: `M${left - 4} ${y}H${left + width}`, stroke: "#333", "stroke-opacity": ".15" }), text];
    }));
  }

  function zoom(factor, at = 0.5) {
    const centre = shown.high - at * (shown.high - shown.low);
    const span = (shown.high - shown.low) * factor;
    if (span > (whole.high - whole.low) * 1.5 || span < Math.max((whole.high - whole.low) / 1000, least)) return;
    shown = { low: centre - (1 - at) * span, high: centre + at * span };
    draw();
  }

  let from = null;
  inner.addEventListener("pointerdown", (event) => {
    from = { y: event.clientY, ...shown };
    inner.setPointerCapture(event.pointerId);
  });
  inner.addEventListener("pointermove", (event) => {
    if (!from) return;
    const pixels = inner.getBoundingClientRect().height || height;
    const shift = (event.clientY - from.y) / pixels * (from.high - from.low);
    shown = { low: from.low + shift, high: from.high + shift };
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) inner.addEventListener(end, () => { from = null; });
  inner.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const box = inner.getBoundingClientRect();
    zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, (event.clientY - box.top) / box.height);
  }, { passive: false });

  const controls = document.createElement("div");
  controls.className = "controls";
  controls.append(button("Zoom in", () => zoom(1 / 1.5)), button("Zoom out", () => zoom(1.5)),
    button("Reset", () => { shown = { ...whole }; draw(); }), button("Save as SVG", () => save(svg, "plot.svg")));
  figure.after(controls);
}
