// SPDX-License-Identifier: MIT
// A page of SERVER says that there are new nodes, and moves nothing. CHANGE: a command that makes one.

const assert = require("node:assert");
const { execSync } = require("node:child_process");
const { after, before, test } = require("node:test");
const { newPage, open } = require("./browser.js");

const server = process.env.SERVER;
let browser;

before(async () => { browser = await open(); });
after(() => browser.close());

async function changed(target) {
  const { page, troubles, close } = await newPage(browser, server, { width: 1000 });
  const listening = page.waitForRequest((request) => request.url().includes("/api/v2/events"));
  await page.goto(server + target);
  await listening;
  await page.waitForFunction(() => performance.getEntriesByType("resource").length > 0);
  const before = await page.$eval("main", (main) => main.innerHTML.replace(/<p class="live.*?<\/p>/s, ""));
  // A stream that has just been asked for may begin behind the first change.
  let note = null;
  for (let attempt = 0; attempt < 60 && !note; ++attempt) {
    execSync(process.env.CHANGE);
    note = await page.waitForSelector(".live:not([hidden])", { timeout: 1000 }).catch(() => null);
  }
  assert.ok(note, "nothing was said");
  const text = await note.evaluate((element) => element.textContent);
  const link = await note.$eval("a", (element) => element.href);
  assert.strictEqual(await page.$eval("main", (main) => main.innerHTML.replace(/<p class="live.*?<\/p>/s, "")), before);
  assert.deepStrictEqual(troubles, []);
  await close();
  return { text, link };
}

test("a list", async () => {
  const { text, link } = await changed("/api/v2/nodes?limit=3");
  assert.match(text, /^\d+ new nodes?: show$/);
  assert.strictEqual(link, server + "/api/v2/nodes?limit=3");
});

test("the start", async () => {
  assert.match((await changed("/")).text, /^\d+ new nodes?: show$/);
});

test("a list with a filter counts what matches it", async () => {
  const other = await newPage(browser, server, { width: 1000 });
  const listening = other.page.waitForRequest((request) => request.url().includes("/api/v2/events"));
  const asked = other.page.waitForRequest((request) => request.url().includes("limit=0"), { timeout: 60000 });
  await other.page.goto(server + "/api/v2/nodes?id=1");
  await listening;
  const { text } = await changed("/api/v2/nodes?id>1");
  assert.match(text, /^\d+ new nodes?: show$/);
  await (await asked).response();
  assert.strictEqual(await other.page.$(".live:not([hidden])"), null);
  await other.close();
});
