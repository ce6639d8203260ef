// SPDX-License-Identifier: MIT
// The stock client of npm as a program: what it receives is a line of JSON each, and each line that it is given is sent.
//   node listen.js URL [HEADERS]    HEADERS: JSON
//   {"open":true}  {"message":"…"}  {"closed":1008,"reason":"…"}  {"refused":403,"headers":{…},"body":"…"}
"use strict";
const readline = require("node:readline");
const { WebSocket } = require("ws");

const say = (what) => process.stdout.write(JSON.stringify(what) + "\n");
const [url, headers] = process.argv.slice(2);
const socket = new WebSocket(url, { headers: JSON.parse(headers || "{}") });
const input = readline.createInterface({ input: process.stdin });

socket.on("open", () => {
  say({ open: true });
  input.on("line", (line) => socket.send(line));
});
socket.on("message", (data, isBinary) => say(isBinary ? { binary: data.toString("base64") } : { message: data.toString() }));
socket.on("error", () => {}); // a close follows, or it was refused
socket.on("close", (code, reason) => {
  say({ closed: code, reason: reason.toString() });
  input.close();
});
socket.on("unexpected-response", (request, response) => {
  let body = "";
  response.on("data", (data) => (body += data));
  response.on("end", () => {
    say({ refused: response.statusCode, headers: response.headers, body });
    input.close();
    process.exit(0);
  });
});
input.on("close", () => socket.terminate()); // whoever has started us has gone
