// An echo server of npm's ws, as its README advises for speed: with bufferutil,
// the optional package that masks in C++, and without compression, which is the
// default of servers. An echo is sent as the type that came; /ws?n=N is answered
// once, after N messages, by their number.
'use strict';

const { WebSocketServer } = require('ws');

const [host, port] = process.argv.slice(2);
const server = new WebSocketServer({ host, port: Number(port), perMessageDeflate: false });
server.on('connection', (socket, request) => {
  socket.on('error', () => {}); // it closes behind a peer's fault
  const url = new URL(request.url, 'http://localhost');
  const n = url.pathname === '/ws' ? Number(url.searchParams.get('n')) : 0;
  if (n > 0) {
    let count = 0;
    socket.on('message', () => {
      if (++count === n) socket.send(`{"frames":${n}}`);
    });
    return;
  }
  socket.on('message', (data, binary) => socket.send(data, { binary }));
});
