// An echo server of npm's ws, as its README advises for speed: with bufferutil,
// the optional package that masks in C++, and without compression, which is the
// default of servers. An echo is sent as the type that came.
'use strict';

const { WebSocketServer } = require('ws');

const [host, port] = process.argv.slice(2);
const server = new WebSocketServer({ host, port: Number(port), perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('error', () => {}); // it closes behind a peer's fault
  socket.on('message', (data, binary) => socket.send(data, { binary }));
});
