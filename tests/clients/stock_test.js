// SPDX-License-Identifier: MIT
// The stock clients of npm.
"use strict";
const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
const engine = require("engine.io-client");
const { io } = require("socket.io-client");
const { http, event, Frames } = require("./common");

const ways = [["polling"], ["websocket"], ["polling", "websocket"]];

describe("engine.io-client", { concurrency: true }, () => {
  for (const transports of ways)
    it(`by ${transports.join(", then ")}`, async () => {
      const socket = new engine.Socket(http, { transports });
      socket.binaryType = "arraybuffer";
      await event(socket, "open");
      const upgraded = transports.length > 1 ? event(socket, "upgrade") : null;
      const received = [];
      const sent = [];
      const all = new Promise((resolve) => socket.on("message", (data) => {
        received.push(data);
        if (received.length === 40) resolve();
      }));
      // Some before the upgrade, some during it, some behind it.
      const send = (i) => {
        sent.push(i % 4 ? `message ${i}` : Uint8Array.from([i, 2, 3]).buffer);
        socket.send(sent.at(-1));
      };
      for (let i = 0; i < 20; ++i) send(i);
      if (upgraded) await upgraded;
      for (let i = 20; i < 40; ++i) send(i);
      await all;
      assert.deepEqual(received, sent);
      await event(socket, "ping");
      await event(socket, "ping"); // it answers them by itself, and stays
      assert.equal(socket.transport.name, transports.at(-1));
      socket.close();
    });
});

describe("socket.io-client", { concurrency: true }, () => {
  for (const transports of ways)
    it(`by ${transports.join(", then ")}`, async () => {
      const socket = io(http, { transports, forceNew: true, auth: { token: "123" } });
      assert.deepEqual(await event(socket, "auth"), [{ token: "123" }]);
      const bytes = Buffer.from([1, 2, 3]);
      for (const values of [[], [1, "2", { 3: [true] }], [bytes, { deep: [bytes] }], ["x".repeat(40000)]]) {
        const back = event(socket, "message-back");
        socket.emit("message", ...values);
        assert.deepEqual(await back, values);
        const acknowledged = new Promise((resolve) =>
          socket.emit("message-with-ack", ...values, (...all) => resolve(all)));
        assert.deepEqual(await acknowledged, values);
      }
      if (socket.io.engine.transport.name !== transports.at(-1)) await event(socket.io.engine, "upgrade");
      const custom = socket.io.socket("/custom");
      const [auth] = await event(custom, "auth");
      assert.deepEqual(auth, {});
      const random = socket.io.socket("/random");
      const [error] = await event(random, "connect_error");
      assert.equal(error.message, "Invalid namespace");
      assert.equal(random.active, false);
      custom.emit("disconnect-me");
      assert.equal((await event(custom, "disconnect"))[0], "io server disconnect");
      assert.ok(socket.connected);
      await event(socket.io, "ping");
      await event(socket.io, "ping");
      assert.equal(socket.io.engine.transport.name, transports.at(-1));
      const left = event(socket, "disconnect");
      socket.disconnect();
      assert.equal((await left)[0], "io client disconnect");
    });
});

describe("ws", { concurrency: true }, () => {
  it("sends text and bytes of any size that is allowed", async () => {
    const frames = new Frames("/websocket");
    await frames.opened;
    assert.equal(frames.socket.extensions, "permessage-deflate");
    for (const size of [0, 1, 125, 126, 511, 512, 60000, 65535, 65536]) {
      const text = "\u20ac".repeat(size / 3) + "x".repeat(size % 3);
      frames.send(text);
      assert.equal(await frames.next(), text);
      const bytes = Buffer.alloc(size, size % 7);
      frames.send(bytes);
      assert.deepEqual(await frames.next(), bytes);
    }
    const closed = frames.closed;
    frames.socket.close(4000, "enough");
    assert.equal(await closed, 4000);
  });

  it("does without compression", async () => {
    const frames = new Frames("/websocket", { perMessageDeflate: false });
    await frames.opened;
    assert.equal(frames.socket.extensions, "");
    frames.send("x".repeat(1000));
    assert.equal(await frames.next(), "x".repeat(1000));
    frames.socket.close();
  });

  it("sends fragments, with pings between", async () => {
    const frames = new Frames("/websocket");
    await frames.opened;
    frames.socket.send("one ", { fin: false });
    const pong = event(frames.socket, "pong");
    frames.socket.ping("beat");
    frames.socket.send("two ", { fin: false });
    frames.socket.send("three", { fin: true });
    assert.equal((await pong)[0].toString(), "beat");
    assert.equal(await frames.next(), "one two three");
    frames.socket.close();
  });

  it("is told when a message is too large, compressed or not", async () => {
    for (const perMessageDeflate of [true, false]) {
      const frames = new Frames("/websocket", { perMessageDeflate });
      await frames.opened;
      frames.send("x".repeat(65537));
      assert.equal(await frames.closed, 1009);
    }
  });

  it("is told when it sends too many", async () => {
    const frames = new Frames("/websocket");
    await frames.opened;
    for (let i = 0; i < 1000; ++i) frames.send("x");
    assert.equal(await frames.closed, 1008);
  });
});
