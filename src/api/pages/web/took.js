// SPDX-License-Identifier: MIT
// How long the answer took, from the header Server-Timing.

const own = new Set(["queue", "plan", "render", "total", "remembered"]); // the rest are statements

export function add(place) {
  const [navigation] = performance.getEntriesByType("navigation");
  const stages = navigation?.serverTiming ?? [];
  const total = stages.find((stage) => stage.name === "total");
  if (!total) return;
  const database = stages.filter((stage) => !own.has(stage.name)).reduce((sum, stage) => sum + stage.duration, 0);
  const remembered = stages.some((stage) => stage.name === "remembered");
  place.textContent = ` Answered in ${total.duration.toFixed(1)} ms, ` +
    (remembered ? "from the cache." : `of which the database took ${database.toFixed(1)} ms.`);
}
