// SPDX-License-Identifier: MIT
// Adds to pages what they can do without: times of this place, and buttons that copy.

for (const time of document.querySelectorAll("time[datetime]")) {
  const date = new Date(time.dateTime);
  if (!Number.isNaN(date.getTime())) time.title = `${date.toLocaleString()} here`;
}

for (const snippet of document.querySelectorAll("pre.copy")) {
  if (!navigator.clipboard) break;
  const text = snippet.textContent;
  const button = document.createElement("button");
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  });
  snippet.after(button);
}
