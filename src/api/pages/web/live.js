// SPDX-License-Identifier: MIT
// Says that the data have changed since the page was made, and never moves what is being read. Listens only while the
// page is seen: a browser opens few connections to a server. How many rows a list with filters has is asked for, a moment
// after something was made.

export function add(note) {
  const { events, about, counted, now: before } = note.dataset;
  const pause = 1000; // milliseconds
  const resource = new URL(events, location).searchParams.get("resource");
  const fresh = new Set();
  let changed = false, stream = null, more = 0, timer = null;

  async function compare() {
    timer = null;
    const answer = await fetch(counted, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    more = Number(answer.headers.get("X-Total-Count")) - Number(before);
    if (more > 0) show();
  }

  function show() {
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = "show";
    const number = counted ? more : fresh.size;
    const what = changed ? "What you read has changed" : `${number} new ${number === 1 ? resource.replace(/s$/, "") : resource}`;
    note.replaceChildren(`${what}: `, link);
    note.hidden = false;
  }

  function listen() {
    stream = new EventSource(events);
    stream.addEventListener("settled", (event) => {
      const source = event.data && JSON.parse(event.data).source;
      if (source === "none") stop(); // an archive never changes
    });
    stream.addEventListener("created", (event) => {
      if (about) return;
      if (counted) {
        timer ??= setTimeout(compare, pause);
        return;
      }
      fresh.add(JSON.parse(event.data).id);
      show();
    });
    for (const name of ["updated", "deleted"]) {
      stream.addEventListener(name, (event) => {
        const uuid = JSON.parse(event.data).uuid;
        const isShown = about ? uuid === about : [...document.querySelectorAll("td.uuid a")].some((a) => a.textContent === uuid);
        if (!isShown) return;
        changed = true;
        show();
      });
    }
    stream.addEventListener("resnapshot", () => {
      changed = true;
      show();
    });
  }

  function stop() {
    stream?.close();
    document.removeEventListener("visibilitychange", look);
  }

  function look() {
    if (document.hidden) {
      stream?.close();
      stream = null;
    } else if (!stream) {
      listen();
    }
  }

  document.addEventListener("visibilitychange", look);
  // The page has been read by now: listening is not a part of loading it.
  if (document.readyState === "complete") look();
  else window.addEventListener("load", look);
}
