// The peer: Socket.IO with its Redis adapter, as its documentation has it; a room for all and one for each person.
"use strict";

const http = require("node:http");
const Redis = require("ioredis");
const { Server } = require("socket.io");
const { createAdapter } = require("@socket.io/redis-adapter");

const publisher = new Redis(process.env.REDIS_URL);
const subscriber = publisher.duplicate();
const server = http.createServer();
const io = new Server(server, { transports: ["websocket"], adapter: createAdapter(publisher, subscriber) });

io.on("connection", (socket) => {
  socket.join(["all", `u:${socket.handshake.query.u}`]);
});

subscriber.ping().then(() => {
  server.listen({ fd: Number(process.env.LISTEN_FD), backlog: 2048 }, () => console.log("ready"));
});
