// SPDX-License-Identifier: MIT
// Engine.IO 4 and Socket.IO 5 from outside, packet by packet: what a server must do.
"use strict";
const assert = require("node:assert/strict");
const { request } = require("node:http");
const { describe, it } = require("node:test");
const { http, hurried, pause, Frames } = require("./common");

const interval = 300;
const timeout = 200; // of the one that is hurried
const opening = { upgrades: ["websocket"], pingInterval: interval, pingTimeout: 20000, maxPayload: 1000000 };

// Both addresses open sessions in the same way; only the first gives plain messages back.
for (const path of ["/engine.io/", "/socket.io/"]) {
  const polling = `${path}?EIO=4&transport=polling`;
  const websocket = `${path}?EIO=4&transport=websocket`;
  const open = async (server = http) => {
    const text = await (await fetch(server + polling)).text();
    return JSON.parse(text.substring(1)).sid;
  };
  const poll = async (sid, options, server = http) => {
    const response = await fetch(`${server}${polling}&sid=${sid}`, options);
    return response.status === 200 ? response.text() : response.status;
  };
  const post = (sid, body) => poll(sid, { method: "POST", body });

  describe(`Engine.IO at ${path}`, () => {
    it("opens a session by polling", async () => {
      const response = await fetch(http + polling);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("Content-Type"), "text/plain; charset=UTF-8");
      const text = await response.text();
      const { sid, ...rest } = JSON.parse(text.substring(1));
      assert.equal(text[0], "0");
      assert.equal(typeof sid, "string");
      assert.deepEqual(rest, opening);
    });

    it("opens a session on a WebSocket", async () => {
      const frames = new Frames(websocket);
      const text = await frames.next();
      const { sid, ...rest } = JSON.parse(text.substring(1));
      assert.equal(text[0], "0");
      assert.equal(typeof sid, "string");
      assert.deepEqual(rest, { ...opening, upgrades: [] });
      frames.socket.close();
    });

    it("refuses what is wrong, with a number and words", async () => {
      const cases = [
        ["", {}, 0, "Transport unknown"],
        ["?EIO=4", {}, 0, "Transport unknown"],
        ["?EIO=4&transport=abc", {}, 0, "Transport unknown"],
        ["?EIO=4&transport=polling&sid=abc", {}, 1, "Session ID unknown"],
        ["?EIO=4&transport=polling", { method: "POST" }, 2, "Bad handshake method"],
        ["?EIO=4&transport=polling", { method: "PUT" }, 2, "Bad handshake method"],
        ["?EIO=4&transport=websocket", {}, 3, "Bad request"],
        ["?transport=polling", {}, 5, "Unsupported protocol version"],
        ["?EIO=abc&transport=polling", {}, 5, "Unsupported protocol version"],
        ["?EIO=3&transport=polling", {}, 5, "Unsupported protocol version"],
        [`?EIO=4&transport=polling&sid=${await open()}`, { method: "PUT" }, 3, "Bad request"],
      ];
      for (const [query, options, code, message] of cases) {
        const response = await fetch(http + path + query, options);
        assert.equal(response.status, 400, query);
        assert.deepEqual(await response.json(), { code, message }, query);
      }
    });

    it("refuses the same on a WebSocket, which is a close", async () => {
      for (const query of ["?transport=websocket", "?EIO=abc&transport=websocket", "?EIO=4", "?EIO=4&transport=abc",
        "?EIO=4&transport=websocket&sid=abc", "?EIO=4&transport=polling"])
        assert.equal(await new Frames(path + query).closed, 1006);
    });

    it("sends pings to who polls, and waits for pongs", async () => {
      const sid = await open();
      for (let i = 0; i < 3; ++i) {
        assert.equal(await poll(sid), "2");
        assert.equal(await post(sid, "3"), "ok");
      }
    });

    it("sends pings over a WebSocket, and waits for pongs", async () => {
      const frames = new Frames(websocket);
      await frames.next();
      for (let i = 0; i < 3; ++i) {
        assert.equal(await frames.next(), "2");
        frames.send("3");
      }
      frames.socket.close();
    });

    it("ends where no pong comes", async () => {
      const sid = await open(hurried);
      const frames = new Frames(websocket, {}, hurried);
      await pause(interval + timeout + 20);
      assert.equal(await poll(sid, {}, hurried), 400);
      await frames.closed;
    });

    it("is closed by a client that polls", async () => {
      const sid = await open();
      const [answer, posted] = await Promise.all([poll(sid), post(sid, "1")]);
      assert.equal(answer, "6");
      assert.equal(posted, "ok");
      assert.equal(await poll(sid), 400);
    });

    it("is closed by a client on a WebSocket", async () => {
      const frames = new Frames(websocket);
      await frames.next();
      frames.send("1");
      await frames.closed;
    });

    it("ends at a packet that is none", async () => {
      const sid = await open();
      assert.equal(await post(sid, "abc"), 400);
      assert.equal(await poll(sid), 400);
      const frames = new Frames(websocket);
      await frames.next();
      frames.send("abc");
      await frames.closed;
    });

    it("ends at two polls at once", async () => {
      const sid = await open();
      const answers = await Promise.all([poll(sid), poll(sid)]);
      assert.deepEqual(answers.sort(), ["1", 400]);
      assert.equal(await poll(sid), 400);
    });

    it("ends where a client gives its poll up", async () => {
      const sid = await open();
      await new Promise((resolve) => {
        const given = request(`${http}${polling}&sid=${sid}`);
        given.on("error", () => {}).on("close", resolve);
        given.on("socket", (socket) => socket.on("connect", () => given.end(() => given.destroy())));
      });
      const answer = await poll(sid); // whichever of the two comes first
      assert.ok(answer === 400 || answer === "1", answer);
      assert.equal(await poll(sid), 400);
    });

    it("refuses a body that is too large", async () => {
      const sid = await open();
      assert.equal(await post(sid, "4" + "x".repeat(1000000)), 413);
    });

    it("moves to a WebSocket and answers polls meanwhile", async () => {
      const sid = await open();
      const frames = new Frames(`${websocket}&sid=${sid}`);
      await frames.opened;
      frames.send("2probe");
      assert.equal(await frames.next(), "3probe");
      assert.equal(await poll(sid), "6");
      frames.send("5");
      assert.equal(await frames.next(), "2");
      frames.socket.close();
    });

    it("refuses polls and other WebSockets once it has moved", async () => {
      const sid = await open();
      const frames = new Frames(`${websocket}&sid=${sid}`);
      await frames.opened;
      frames.send("2probe");
      frames.send("5");
      assert.equal(await frames.next(), "3probe");
      assert.equal(await frames.next(), "2");
      frames.send("3");
      assert.equal(await poll(sid), 400);
      await new Frames(`${websocket}&sid=${sid}`).closed;
      assert.equal(await frames.next(), "2"); // it is still there
      frames.socket.close();
    });
  });

  if (path !== "/engine.io/") continue;
  describe(`messages at ${path}`, () => {
    it("go there and back by polling", async () => {
      for (const payload of ["4hello", "4test1\x1e4test2\x1e4test3", "4hello\x1ebAQIDBA==", "4\u20ac"]) {
        const sid = await open();
        assert.equal(await post(sid, payload), "ok");
        assert.equal(await poll(sid), payload);
      }
    });

    it("go there and back over a WebSocket", async () => {
      const frames = new Frames(websocket);
      await frames.next();
      frames.send("4hello");
      assert.equal(await frames.packet(), "4hello");
      frames.send(Buffer.from([1, 2, 3, 4]));
      assert.deepEqual(await frames.packet(), Buffer.from([1, 2, 3, 4]));
      frames.socket.close();
    });

    it("wait for the WebSocket that a session moves to", async () => {
      const sid = await open();
      const frames = new Frames(`${websocket}&sid=${sid}`);
      await frames.opened;
      frames.send("2probe");
      assert.equal(await frames.next(), "3probe");
      assert.equal(await post(sid, "4before"), "ok");
      frames.send("5");
      frames.send("4behind");
      assert.equal(await frames.packet(), "4before");
      assert.equal(await frames.packet(), "4behind");
      frames.socket.close();
    });
  });
}

describe("Socket.IO", () => {
  const session = async (server = http) => {
    const frames = new Frames("/socket.io/?EIO=4&transport=websocket", {}, server);
    await frames.next();
    return frames;
  };
  const connected = async () => {
    const frames = await session();
    frames.send("40");
    await frames.packet();
    assert.equal(await frames.packet(), '42["auth",{}]');
    return frames;
  };
  const places = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}';
  const bytes = [Buffer.from([1, 2, 3]), Buffer.from([4, 5, 6])];

  it("connects to namespaces", async () => {
    for (const [packet, front, auth] of [["40", "", "{}"], ['40{"token":"123"}', "", '{"token":"123"}'],
      ["40/custom,", "/custom,", "{}"], ['40/custom,{"token":"abc"}', "/custom,", '{"token":"abc"}']]) {
      const frames = await session();
      frames.send(packet);
      const answer = await frames.packet();
      assert.ok(answer.startsWith(`40${front}{`), answer);
      const { sid, ...rest } = JSON.parse(answer.substring(2 + front.length));
      assert.equal(typeof sid, "string");
      assert.deepEqual(rest, {});
      assert.equal(await frames.packet(), `42${front}["auth",${auth}]`);
      frames.socket.close();
    }
  });

  it("refuses others", async () => {
    const frames = await session();
    frames.send("40/random");
    assert.equal(await frames.packet(), '44/random,{"message":"Invalid namespace"}');
    frames.socket.close();
  });

  it("closes who does not connect", async () => {
    const frames = await session(hurried);
    frames.socket.on("message", (data) => data.toString() === "2" && frames.send("3"));
    await frames.closed;
  });

  it("lets clients leave a namespace, and go on", async () => {
    const frames = await connected();
    frames.send("40/custom");
    await frames.packet();
    await frames.packet();
    frames.send("41/custom");
    frames.send('42["message","to the main namespace"]');
    assert.equal(await frames.packet(), '42["message-back","to the main namespace"]');
    frames.send("41");
    assert.equal(await frames.next(), "2");
    frames.socket.close();
  });

  it("sends events and acknowledgements", async () => {
    const frames = await connected();
    frames.send('42["message",1,"2",{"3":[true]}]');
    assert.equal(await frames.packet(), '42["message-back",1,"2",{"3":[true]}]');
    frames.send('42456["message-with-ack",1,"2",{"3":[false]}]');
    assert.equal(await frames.packet(), '43456[1,"2",{"3":[false]}]');
    frames.socket.close();
  });

  it("sends bytes", async () => {
    const frames = await connected();
    for (const [packet, answer] of [[`452-["message",${places}]`, `452-["message-back",${places}]`],
      [`452-789["message-with-ack",${places}]`, `462-789[${places}]`]]) {
      frames.send(packet);
      for (const one of bytes) frames.send(one);
      assert.equal(await frames.packet(), answer);
      for (const one of bytes) assert.deepEqual(await frames.packet(), one);
    }
    frames.socket.close();
  });

  it("closes who breaks the protocol", async () => {
    for (const packet of ["4abc", "42{}", "42[]", '42abc["message-with-ack",1]', '42/custom,["message"]', "40"]) {
      const frames = await connected();
      frames.send(packet);
      await frames.closed;
    }
    const frames = await session();
    frames.send("4abc");
    await frames.closed;
  });
});
