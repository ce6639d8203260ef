// SPDX-License-Identifier: MIT
// Chromium for the tests of pages: whatever goes wrong in a page fails the test.

const fs = require("node:fs");
const path = require("node:path");
const puppeteer = require("puppeteer-core");

// The first ones draw in three dimensions without a graphics card; without the others Chromium looks for its maker's
// servers at every start.
const flags = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-sandbox", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars"];

async function open() {
  return puppeteer.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: flags });
}

/// A page of `server`, and `troubles`: what no page may do.
async function newPage(browser, server, { width, height = 900, scheme = "light", javascript = true }) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const troubles = [];
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.setJavaScriptEnabled(javascript);
  page.on("console", (said) => ["error", "warn"].includes(said.type()) && troubles.push(`console: ${said.text()}`));
  page.on("pageerror", (error) => troubles.push(`script: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(server) && !/^(data|blob):/.test(request.url())) troubles.push(`asks another host: ${request.url()}`);
  });
  page.on("response", (response) => response.status() >= 400 && troubles.push(`${response.status()}: ${response.url()}`));
  return { page, troubles, close: () => context.close() };
}

/// Until the scripts of a page have added what they add. That the network is idle says nothing: a page may listen.
async function ready(page) {
  await page.waitForSelector("html[data-scripts]");
}

/// The picture of a page, as an artefact: SCREENSHOTS/name.png.
async function shoot(page, name) {
  if (!process.env.SCREENSHOTS) return;
  fs.mkdirSync(process.env.SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: path.join(process.env.SCREENSHOTS, `${name}.png`) });
}

module.exports = { open, newPage, ready, shoot };
