// SPDX-License-Identifier: MIT
// How many nodes a profile has, and when the last one changed.

export async function add(place) {
  const answer = await fetch(`${place.dataset.profile}/nodes?limit=1&orderby=-mtime`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const total = answer.headers.get("X-Total-Count");
  const [last] = (await answer.json()).data.nodes;
  const words = total === null ? [] : [`${Number(total).toLocaleString("en").replaceAll(",", "\u202f")} nodes`];
  if (last) words.push(`last change ${new Date(last.mtime).toISOString().slice(0, 16).replace("T", " ")}`);
  place.textContent = words.join(", ");
}
