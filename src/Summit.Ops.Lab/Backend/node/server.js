'use strict';
// The lab's backend: what InProcessBackend.cs does, as a node program with the ws package, to run under pm2.
// PORT says where it listens, STATE is a folder: tokens.txt there limits the tokens, greeting.json is read for each connection,
// relay.json makes it listen for an application that runs elsewhere.
const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const path = require('node:path');
const { WebSocketServer } = require('ws');

const port = Number(process.env.PORT);
const state = process.env.STATE;
let connections = 0;

const log = (text) => console.log(`${new Date().toISOString()} ${text}`);
const parse = (request) => new URL(request.url, 'http://backend');
const isWebSocketPath = (url) => url.pathname === '/ws' || url.pathname.startsWith('/ws/');

function answer(response, status, body, headers = {}) {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text), ...headers });
  response.end(text);
}

const server = http.createServer((request, response) => {
  const url = parse(request);
  if (url.pathname === '/api' || url.pathname.startsWith('/api/')) {
    answer(response, 200, { ok: true, method: request.method, path: url.pathname, httpVersion: request.httpVersion, headers: request.headers });
  } else if (isWebSocketPath(url)) {
    log(`GET ${url.pathname} without an upgrade: 426`);
    answer(response, 426, { error: 'This is a WebSocket endpoint' }, { Upgrade: 'websocket', Connection: 'Upgrade' });
  } else {
    answer(response, 404, { error: 'Not found' });
  }
});

const sockets = new WebSocketServer({ noServer: true });

server.on('upgrade', (request, socket, head) => {
  const url = parse(request);
  if (!isWebSocketPath(url)) {
    const text = '{"error":"Not found"}';
    socket.end(`HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`);
    return;
  }
  // RFC 6455 section 4.2.1: an HTTP/1.1 or higher GET request
  if (request.httpVersion !== '1.1') {
    const text = '{"error":"This is a WebSocket endpoint"}';
    socket.end(`HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`);
    return;
  }
  sockets.handleUpgrade(request, socket, head, (webSocket) => connected(webSocket, url));
});

function refused(token) {
  if (token === 'bad') return true;
  const file = path.join(state, 'tokens.txt');
  return fs.existsSync(file) && !fs.readFileSync(file, 'utf8').split('\n').filter(Boolean).includes(token);
}

// RFC 6455 section 7.4: the others never stand in a Close frame
const sendable = (code) => (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);

function connected(webSocket, url) {
  const id = ++connections;
  const query = url.searchParams;
  log(`WebSocket connected: #${id} ${url.pathname}`);
  webSocket.on('close', (code) => log(`WebSocket closed: #${id} ${code}`));
  webSocket.on('error', (error) => log(`WebSocket error: #${id} ${error.message}`));
  if (refused(query.get('token'))) {
    log(`WebSocket refused: #${id} the token is not valid`);
    webSocket.close(1008, 'invalid token');
    return;
  }
  if (query.get('drop') === 'yes') return void webSocket.terminate();
  if (query.get('fail') === 'yes') return void webSocket.close(1011, 'internal error');
  webSocket.on('message', (data, binary) => webSocket.send(data, { binary }));
  if (query.get('silent') !== 'yes') {
    let greeting;
    try {
      greeting = JSON.parse(fs.readFileSync(path.join(state, 'greeting.json'), 'utf8'));
    } catch (error) {
      console.error(`${new Date().toISOString()} Error: no greeting: ${error.message}`);
      webSocket.close(1011, 'internal error');
      return;
    }
    webSocket.send(JSON.stringify({ ...greeting, id }));
  }
  const code = Number(query.get('close'));
  if (sendable(code)) webSocket.close(code, 'as asked');
}

function listen() {
  server.listen(port, '127.0.0.1', () => log(`listening on 127.0.0.1:${port}`));
}

server.on('error', (error) => {
  console.error(`${new Date().toISOString()} Error: ${error.message}`);
  process.exit(1);
});

// SIGUSR2 closes the listening socket while the program goes on: online in pm2, and deaf
process.on('SIGUSR2', () => {
  log('no longer listening');
  server.close();
  for (const client of sockets.clients) client.terminate();
  server.closeAllConnections();
  setInterval(() => {}, 60000);
});

// A scenario's own application: every byte and every end of a connection is passed on, so that it is the process that pm2 knows.
function relay({ address, target }) {
  const relaying = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const application = net.connect({ host: '127.0.0.1', port: target, allowHalfOpen: true, noDelay: true });
    client.pipe(application);
    application.pipe(client);
    client.on('error', () => application.resetAndDestroy());
    application.on('error', () => client.resetAndDestroy());
  });
  relaying.on('error', (error) => {
    console.error(`${new Date().toISOString()} Error: ${error.message}`);
    process.exit(1);
  });
  relaying.listen(port, address, () => log(`listening on ${address}:${port}`));
}

const relayFile = path.join(state, 'relay.json');
if (fs.existsSync(relayFile)) relay(JSON.parse(fs.readFileSync(relayFile, 'utf8')));
else listen();
