// The backend: greets each WebSocket once, and writes to its log how each one ended.
const http = require('http');
const { WebSocketServer } = require('ws');
const port = Number(process.env.PORT || 4000);
const address = process.env.HOST || undefined;
const server = http.createServer((request, response) => {
  response.setHeader('Content-Type', 'application/json');
  response.end('{"status":"ok"}\n');
});
new WebSocketServer({ server, path: '/ws' }).on('connection', (socket, request) => {
  console.log(`WebSocket opened by ${request.socket.remoteAddress}`);
  socket.on('close', code => console.log(`WebSocket closed with ${code}`));
  socket.on('error', error => console.error(`WebSocket error: ${error.message}`));
  socket.send('hello');
});
server.listen(port, address, () => console.log(`listening on ${port}`));
