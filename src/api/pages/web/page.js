// SPDX-License-Identifier: MIT
// Adds to pages what they can do without. Each part is a module of its own, loaded where a page has something for it.

const parts = [
  ["time", "./times.js"],
  ["pre.copy", "./copy.js"],
  [".took", "./took.js"],
  [".filters", "./filters.js"],
  ["a.load", "./load.js"],
  ["[data-events]", "./live.js"],
  ["[data-profile]", "./profiles.js"],
  [".graph", "./graph.js"],
  [".plot", "./plot.js"],
  [".structure", "./structure.js"],
];

const loading = parts.map(async ([selector, script]) => {
  const found = [...document.querySelectorAll(selector)];
  if (found.length === 0) return;
  const { add } = await import(script);
  await Promise.all(found.map((element) => add(element)));
});
// For whoever drives a browser: nothing more is added now.
Promise.allSettled(loading).then(() => { document.documentElement.dataset.scripts = "done"; });
