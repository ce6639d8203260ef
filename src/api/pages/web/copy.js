// SPDX-License-Identifier: MIT
// A button that copies a snippet.

export function add(snippet) {
  if (!navigator.clipboard) return; // not at http:// addresses of other machines
  const text = snippet.textContent;
  const button = document.createElement("button");
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  });
  snippet.after(button);
}
