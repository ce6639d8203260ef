// SPDX-License-Identifier: MIT
// The pictures of the documentation, from pages of the demonstration data at SERVER: tools/screenshots.

const { newPage, open, ready, shoot } = require("./browser.js");

const server = process.env.SERVER;

async function first(className) {
  const query = new URLSearchParams({ orderby: "id", limit: 1 });
  const answer = await fetch(`${server}/api/v2/nodes?type=like=${encodeURIComponent(`"%.${className}."`)}&${query}`);
  return `/api/v2/nodes/${(await answer.json()).data.nodes[0].uuid}`;
}

(async () => {
  const browser = await open();
  const pages = [
    { name: "page-start", target: "/", height: 760 },
    { name: "page-structure", target: await first("StructureData"), height: 800 },
    { name: "page-bands", target: await first("BandsData"), height: 1000, scheme: "dark" },
  ];
  for (const { name, target, height, scheme } of pages) {
    const { page, close } = await newPage(browser, server, { width: 1200, height, scheme });
    await page.goto(server + target);
    await ready(page);
    await shoot(page, name);
    await close();
  }
  await browser.close();
})();
