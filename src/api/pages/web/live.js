// SPDX-License-Identifier: MIT
// Says that the data have changed since the page was made, and never moves what is being read. Listens only while the
// page is seen: a browser opens few connections to a server. How many rows there are now is asked for a moment after
// something has changed: the list may have filters.

const pause = 1000; // milliseconds

export function add(note) {
  const { events, about, counted, now } = note.dataset;
  const resource = new URL(events, location).searchParams.get("resource");
  let changed = false, more = 0, timer = null, stream = null, last = "";

  function show() {
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = "show";
    const what = changed ? "What you read has changed" : `${more} new ${more === 1 ? resource.replace(/s$/, "") : resource}`;
    note.replaceChildren(`${what}: `, link);
    note.hidden = false;
  }

  async function count() {
    timer = null;
    const answer = await fetch(counted, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    more = Number(answer.headers.get("X-Total-Count")) - Number(now);
    if (more > 0) show();
  }

  function onChange({ type, lastEventId, data }) {
    last = lastEventId;
    const { uuid } = JSON.parse(data);
    const isShown = about ? uuid === about : [...document.querySelectorAll("td.uuid a")].some((a) => a.textContent === uuid);
    if (isShown && type !== "created") {
      changed = true;
      show();
    } else if (counted) {
      timer ??= setTimeout(count, pause);
    }
  }

  function listen() {
    stream = new EventSource(last ? `${events}&after=${encodeURIComponent(last)}` : events);
    stream.addEventListener("settled", ({ lastEventId, data }) => {
      last = lastEventId || last;
      if (data && JSON.parse(data).source === "none") stop(); // an archive never changes
    });
    for (const type of ["created", "updated", "deleted"]) stream.addEventListener(type, onChange);
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
