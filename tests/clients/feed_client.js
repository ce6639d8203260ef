// SPDX-License-Identifier: MIT
// The stock client of Socket.IO with pipes: node feed_client.js URL OPTIONS. Each line that comes in is an event to
// emit, as JSON ["name", …]; each line that goes out is what has happened, in the same form. What the client says itself
// begins with a dash.
"use strict";
const readline = require("node:readline");
const { io } = require("socket.io-client");

const [url, options] = process.argv.slice(2);
const say = (...values) => process.stdout.write(JSON.stringify(values) + "\n");
const socket = io(url, { reconnectionDelay: 20, reconnectionDelayMax: 200, ...JSON.parse(options) });

socket.on("connect", () => say("-connect", socket.recovered, socket.io.engine.transport.name));
socket.on("connect_error", (error) => say("-connect_error", error.message, socket.active));
socket.on("disconnect", (reason) => say("-disconnect", reason));
socket.io.on("open", () => socket.io.engine.on("upgrade", (transport) => say("-upgrade", transport.name)));
socket.onAny(say);
readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const [name, ...values] = JSON.parse(line);
  if (name === "-connect") socket.connect();
  else socket.emit(name, ...values, (answer) => say("-ack", answer));
}).on("close", () => process.exit(0));
