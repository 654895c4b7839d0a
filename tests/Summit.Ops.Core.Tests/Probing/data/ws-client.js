'use strict';
// Opens each URI of the input (one JSON list) with ws, and says whether it opened and whether anything went wrong within 300 ms.
const fs = require('node:fs');
const WebSocket = require('ws');
const { ca, uris } = JSON.parse(fs.readFileSync(0, 'utf8'));

const one = (uri) => new Promise((resolve) => {
  const socket = new WebSocket(uri, { ca, handshakeTimeout: 3000, perMessageDeflate: false });
  const result = { open: false, error: '', status: 0, close: 0 };
  const done = () => { socket.removeAllListeners('close'); socket.terminate(); resolve(result); };
  socket.on('open', () => { result.open = true; setTimeout(done, 300); });
  socket.on('unexpected-response', (_, response) => { result.status = response.statusCode; done(); });
  socket.on('error', (error) => { result.error = error.message; if (!result.open) done(); });
  socket.on('close', (code) => { result.close = code; });
});

(async () => {
  const results = [];
  for (let i = 0; i < uris.length; i += 16) results.push(...await Promise.all(uris.slice(i, i + 16).map(one)));
  console.log(JSON.stringify(results));
  process.exit(0);
})();
