// SPDX-License-Identifier: MIT
// The local time on hover.

export function add(time) {
  const date = new Date(time.getAttribute("datetime") ?? `${time.textContent.replace(" ", "T")}Z`);
  if (!Number.isNaN(date.getTime())) time.title = `${date.toLocaleString()} here`;
}
