// The peer: npm `ws` behind Redis pub/sub, as its documentation has a broadcast: `send` to every client of the set.
"use strict";

const http = require("node:http");
const Redis = require("ioredis");
const { WebSocketServer } = require("ws");

const everybody = new Set();
const people = new Map(); // whom → socket
const subscriber = new Redis(process.env.REDIS_URL);
const server = http.createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });

sockets.on("connection", (socket, request) => {
  const whom = new URL(request.url, "http://localhost").searchParams.get("u");
  everybody.add(socket);
  people.set(whom, socket);
  subscriber.subscribe(`bench:u:${whom}`).then(() => socket.send("ready"));
  socket.on("close", () => {
    everybody.delete(socket);
    people.delete(whom);
    subscriber.unsubscribe(`bench:u:${whom}`);
  });
});

subscriber.on("messageBuffer", (channel, message) => {
  const name = channel.toString();
  if (name === "bench:all") {
    for (const socket of everybody) socket.send(message, { binary: false });
  } else {
    people.get(name.slice("bench:u:".length))?.send(message, { binary: false });
  }
});

subscriber.subscribe("bench:all").then(() => {
  server.listen({ fd: Number(process.env.LISTEN_FD), backlog: 2048 }, () => console.log("ready"));
});
