// SPDX-License-Identifier: MIT
// A person's way through the pages of SERVER, in Chromium: with and without JavaScript, on a narrow and a wide screen, in
// light and dark; SHORT: in two of these ways. NODES: the uuids of nodes, by what they are.

const assert = require("node:assert");
const { after, before, describe, test } = require("node:test");
const axe = require("axe-core");
const { newPage, open, ready, shoot } = require("./browser.js");

const server = process.env.SERVER;
const nodes = JSON.parse(process.env.NODES);
let browser;

before(async () => { browser = await open(); });
after(() => browser.close());

const text = (page, selector) => page.$eval(selector, (element) => element.textContent.replace(/\s+/g, " ").trim());
const at = (page) => decodeURIComponent(page.url().slice(server.length));

async function follow(page, selector) {
  const link = await page.waitForSelector(selector);
  await Promise.all([page.waitForNavigation(), link.evaluate((element) => element.click())]);
}

/// Serious findings of axe-core.
async function findings(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes: places }) => `${id}: ${places.slice(0, 3).map((place) => `${place.html} ${place.failureSummary}`).join(" | ")}`);
}

for (const javascript of [true, false])
  for (const width of [360, 1440])
    for (const scheme of ["light", "dark"]) {
      if (process.env.SHORT && (javascript !== (width === 1440) || javascript !== (scheme === "light"))) continue;
      describe(`${width} pixels, ${scheme}, ${javascript ? "with" : "without"} JavaScript`, () => {
        let step = 0;
        const opened = {};

        async function look(name) {
          const { page, troubles } = opened;
          if (javascript) await ready(page);
          await shoot(page, `${javascript ? "js" : "plain"}-${width}-${scheme}-${String(++step).padStart(2, "0")}-${name}`);
          assert.deepStrictEqual(troubles, [], name);
          // A script of ours in the page does not run without JavaScript, and neither does axe.
          if (!javascript) return;
          const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          assert.ok(wider <= 0, `${name} is ${wider} pixels too wide`);
          assert.deepStrictEqual(await findings(page), [], name);
        }

        before(async () => Object.assign(opened, await newPage(browser, server, { width, scheme, javascript })));
        after(() => opened.close());

        test("from the start to a structure and back", async () => {
          const { page } = opened;
          await page.goto(server + "/");
          assert.match(await text(page, "main"), /nodes/);
          await look("start");

          await follow(page, 'main .cards a[href$="/api/v2/nodes"]');
          assert.match(await text(page, ".range"), /^1–\d+ of /);
          await look("list");

          await page.select('select[name="_key"]', "label");
          await page.select('select[name="_operator"]', "=ilike=");
          await page.type('input[name="_value"]', nodes.label);
          await follow(page, ".filters button");
          assert.strictEqual(at(page), `/api/v2/nodes?label=ilike="%${nodes.label}%"`);
          assert.match(await text(page, ".tags"), /label=ilike=/);
          await look("filtered");

          await follow(page, "thead th:first-child a");
          assert.strictEqual(await page.$eval("thead th:first-child", (head) => head.ariaSort), "ascending");
          await look("sorted");

          await page.goto(`${server}/api/v2/nodes?orderby=id&limit=2`);
          await follow(page, 'a[rel="next"]');
          assert.match(await text(page, ".range"), /^3–4 of /);
          await look("page");

          await follow(page, "tbody td a");
          assert.match(at(page), /^\/api\/v2\/nodes\/[0-9a-f-]{36}$/);
          await look("node");

          await page.goto(`${server}/api/v2/nodes/${nodes.process}`);
          assert.match(await text(page, ".timeline"), /finished|killed|excepted/);
          await look("process");

          await follow(page, ".two section:first-child tbody td a");
          await look("input");
          await page.goBack();

          await follow(page, 'h2 a[href*="/io/graph"]');
          assert.ok((await page.$$(".drawing svg a")).length > 1);
          await look("graph");

          if (nodes.file) {
            await page.goto(`${server}/api/v2/nodes/${nodes.file}`);
            await follow(page, 'a[href*="?_file="]');
            assert.ok((await text(page, "main")).length > 40);
            await look("file");
          }
          if (nodes.structure) {
            await page.goto(`${server}/api/v2/nodes/${nodes.structure}`);
            assert.match(await text(page, ".picture"), /α, β, γ/);
            if (javascript) {
              await page.waitForSelector(".structure canvas");
              await page.focus(".structure canvas");
              await page.keyboard.press("ArrowLeft");
              await page.$eval(".structure .controls input", (input) => {
                input.value = 3;
                input.dispatchEvent(new Event("change"));
              });
            } else {
              assert.ok((await page.$$(".structure circle")).length > 1);
            }
            await look("structure");
          }
          await page.goBack();
          await page.goto(server + "/");
          assert.match(await text(page, "main h1"), /provenance/);
        });

        test("other pages", async () => {
          const { page } = opened;
          const others = { bands: nodes.bands, upf: nodes.upf, kpoints: nodes.kpoints, arrays: nodes.arrays, cif: nodes.cif };
          for (const [name, uuid] of Object.entries(others)) {
            if (!uuid) continue;
            await page.goto(`${server}/api/v2/nodes/${uuid}`);
            assert.ok((await text(page, ".picture")).length > 2, name);
            await look(name);
          }
          for (const [name, target] of Object.entries({
            computers: "/api/v2/computers", groups: "/api/v2/groups", users: "/api/v2/users", schema: "/api/v2/nodes/schema",
            statistics: "/api/v2/nodes/statistics", facets: "/api/v2/nodes/facets?keys=type,state", openapi: "/api/v2/openapi",
            "no-match": '/api/v2/nodes?label="no such label"', v4: "/api/v4/nodes?limit=3",
          })) {
            await page.goto(server + target);
            await look(name);
          }
          for (const list of ["computers", "groups", "users"]) {
            await page.goto(`${server}/api/v2/${list}`);
            if (!(await page.$("tbody td a"))) continue;
            await follow(page, "tbody td a");
            assert.ok(await page.$("main h1"), list);
            await look(list.slice(0, -1));
          }
        });
      });
    }

describe("with JavaScript", () => {
  let opened;
  before(async () => { opened = await newPage(browser, server, { width: 1440 }); });
  after(() => opened.close());

  test("the graph grows, and is saved as it is", async () => {
    const { page, troubles } = opened;
    await page.goto(`${server}/api/v2/nodes/${nodes.process}`);
    await page.waitForSelector(".graph .more");
    const count = (await page.$$(".graph svg a")).length;
    await page.$eval(".graph .more", (control) => control.dispatchEvent(new MouseEvent("click", { bubbles: true })));
    const isDone = () => /^(\+?\d|It has no)/.test(document.querySelector(".graph [role=status]").textContent);
    await page.waitForFunction(isDone);
    const grown = (await page.$$(".graph svg a")).length;
    assert.ok(nodes.isLarge ? grown > count : grown >= count);
    // A second time by the keyboard.
    await page.$eval(".graph .more", (control) => control.focus());
    await page.keyboard.press("Enter");
    await page.waitForFunction(isDone);
    assert.ok(Number(await page.$eval(".graph", (graph) => graph.dataset.laidOut)) >= 0);
    assert.deepStrictEqual(await findings(page), []);
    assert.deepStrictEqual(troubles, []);
    await shoot(page, "grown-graph");
  });

  test("an input for each type, with the values that occur", async () => {
    const { page, troubles } = opened;
    await page.goto(server + "/api/v2/nodes");
    await page.waitForSelector("#choices");
    for (const [key, type] of [["ctime", "date"], ["id", "number"], ["label", "text"]]) {
      await page.select('select[name="_key"]', key);
      assert.strictEqual(await page.$eval('input[name="_value"]', (input) => input.type), type);
    }
    await page.select('select[name="_key"]', "type");
    await page.focus('input[name="_value"]');
    await page.waitForSelector("#choices option");
    assert.match(await page.$eval("#choices option", (option) => option.label), /^\S+\. \(\d+\)$/);
    const offered = await page.$$eval('select[name="_operator"] optgroup:not([disabled]) option', (options) => options.map(({ value }) => value));
    assert.deepStrictEqual(offered, ["=", "!=", "=ilike=", "=startswith="]);
    assert.deepStrictEqual(troubles, []);
  });

  test("times, snippets, and how long it took", async () => {
    const { page, troubles } = opened;
    await page.goto(`${server}/api/v2/nodes/${nodes.process}`);
    await page.waitForFunction(() => document.querySelector("time").title.endsWith(" here"));
    await page.waitForFunction(() => /Answered in [\d.]+ ms/.test(document.querySelector("footer").textContent));
    assert.strictEqual((await page.$$("pre.copy + button")).length, 2);
    assert.deepStrictEqual(troubles, []);
  });

  if (nodes.compound)
    test("each kind of atom has its colour", async () => {
      const { page, troubles } = opened;
      await page.goto(`${server}/api/v2/nodes/${nodes.compound}`);
      const canvas = await page.waitForSelector(".structure canvas");
      await ready(page);
      const { kinds } = JSON.parse(await page.$eval(".structure", (figure) => figure.dataset.structure));
      assert.ok(kinds.length > 1);
      const picture = await canvas.screenshot({ encoding: "base64" });
      const counts = await page.evaluate(async (text, colours) => {
        const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
        const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
        context.drawImage(bitmap, 0, 0);
        const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
        const hue = (red, green, blue) => Math.atan2(Math.sqrt(3) * (green - blue), 2 * red - green - blue);
        const grey = (red, green, blue) => Math.max(red, green, blue) - Math.min(red, green, blue) < 25;
        return colours.map((colour) => {
          const wanted = hue(...[1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));
          let count = 0;
          for (let i = 0; i < data.length; i += 4) {
            const pixel = [data[i], data[i + 1], data[i + 2]];
            const apart = Math.abs(hue(...pixel) - wanted);
            if (!grey(...pixel) && Math.min(apart, 2 * Math.PI - apart) < 0.3) ++count;
          }
          return count;
        });
      }, picture, kinds.map(({ colour }) => colour));
      for (const count of counts) assert.ok(count > 50, `pixels of each kind: ${counts}`);
      assert.deepStrictEqual(troubles, []);
    });

  if (nodes.bands)
    test("a plot is zoomed", async () => {
      const { page, troubles } = opened;
      await page.goto(`${server}/api/v2/nodes/${nodes.bands}`);
      await page.waitForSelector(".plot + .controls");
      const ticks = () => page.$$eval(".plot .ticks text", (all) => all.map((tick) => tick.textContent).join());
      const whole = await ticks();
      await page.click(".plot + .controls button");
      assert.notStrictEqual(await ticks(), whole);
      await page.click(".plot + .controls button:nth-child(3)");
      assert.strictEqual(await ticks(), whole);
      assert.deepStrictEqual(troubles, []);
    });
});
