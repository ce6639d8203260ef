// SPDX-License-Identifier: MIT
// What the tests have in common. ECHO is the port of tests/programs/echo.cpp with patience; another one at HURRIED has
// pings every 300 ms, and 200 ms for each pong.
"use strict";
const { WebSocket } = require("ws");

const http = `http://127.0.0.1:${process.env.ECHO}`;
const hurried = `http://127.0.0.1:${process.env.HURRIED}`;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const event = (emitter, name) => new Promise((resolve) => emitter.once(name, (...values) => resolve(values)));

// A WebSocket whose messages wait until they are asked for: text as text, bytes as a Buffer.
class Frames {
  constructor(path, options, server = http) {
    this.socket = new WebSocket(server.replace("http", "ws") + path, options);
    this.opened = new Promise((resolve) => this.socket.once("open", resolve));
    this.closed = new Promise((resolve) => this.socket.once("close", (code) => resolve(code)));
    this.waiting = [];
    this.asked = [];
    this.socket.on("error", () => {}); // a close follows
    this.socket.on("message", (data, isBinary) => {
      const message = isBinary ? data : data.toString();
      if (this.asked.length > 0) this.asked.shift()(message);
      else this.waiting.push(message);
    });
  }
  next() {
    if (this.waiting.length > 0) return Promise.resolve(this.waiting.shift());
    return new Promise((resolve) => this.asked.push(resolve));
  }
  // The next one that is no ping.
  async packet() {
    for (;;) {
      const message = await this.next();
      if (message !== "2") return message;
      this.send("3");
    }
  }
  send(message) {
    this.socket.send(message);
  }
}

module.exports = { http, hurried, pause, event, Frames };
