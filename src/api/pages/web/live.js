// SPDX-License-Identifier: MIT
// Says that the data have changed since the page was made, and never moves what is being read. Listens only while the
// page is seen: a browser opens few connections to a server. How many rows there are now is asked for a moment after
// something has changed: the list may have filters.

const pause = 1000; // milliseconds

export function add(note) {
  const { events, about, aboutPk, counted, now } = note.dataset;
  const [resource] = new URL(events, location).searchParams.get("resource").split(",");
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
    else if (!changed) note.hidden = true;
  }

  // Whether it is about what is shown: the node, its log, its comments, its links; or a row of the list.
  function isShown(told) {
    if (about) return told.uuid === about || [told.node, ...(told.ends ?? [])].includes(Number(aboutPk));
    const ends = [`/${told.uuid}`, `/${told.resource}/${told.id}`];
    return [...document.querySelectorAll(".list td a")].some(({ pathname }) => ends.some((end) => pathname.endsWith(end)));
  }

  function onChange({ type, lastEventId, data }) {
    last = lastEventId;
    const told = JSON.parse(data);
    if (isShown(told) && (about || type !== "created")) {
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
    for (const type of ["cleared", "resnapshot"]) {
      stream.addEventListener(type, () => {
        changed = true;
        show();
      });
    }
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
