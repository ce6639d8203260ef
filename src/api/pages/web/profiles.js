// SPDX-License-Identifier: MIT
// How many nodes a profile has, and when the last one changed, where the server has not said it: the profile did not
// answer soon.

export async function add(place) {
  const answer = await fetch(`${place.dataset.profile}/nodes?limit=1&orderby=-mtime`, { headers: { Accept: "application/json" } });
  const body = await answer.json();
  if (!answer.ok) {
    place.textContent = body.message ?? "";
    return;
  }
  const total = answer.headers.get("X-Total-Count");
  const changed = body.data.nodes[0]?.mtime, date = changed ? new Date(changed) : null;
  const words = total === null ? [] : [`${Number(total).toLocaleString("en").replaceAll(",", "\u202f")} nodes`];
  if (date && !Number.isNaN(date.getTime())) words.push(`last change ${date.toISOString().slice(0, 19).replace("T", " ")}`);
  place.textContent = words.join(", ");
}
