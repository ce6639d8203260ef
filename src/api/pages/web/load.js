// SPDX-License-Identifier: MIT
// "… more" of a tree: loads the whole document in its place.

export function add(link) {
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const whole = page.querySelector("main .tree");
    if (!answer.ok || !whole) return location.assign(link.href);
    const section = link.closest("section");
    (section.querySelector(".tree") ?? link.parentElement).replaceWith(whole);
    whole.querySelector("summary, a")?.focus();
  });
}
