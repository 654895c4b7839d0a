'use strict';
// What a node client does: open, first message, close; COUNT times, CONCURRENCY at once.
const fs = require('node:fs');
const WebSocket = require('ws');

const [uri, ca, count, concurrency] = [process.argv[2], fs.readFileSync(process.argv[3]), Number(process.argv[4]), Number(process.argv[5])];
let begun = 0, good = 0;
const started = process.hrtime.bigint();

const one = () => new Promise((resolve) => {
  const socket = new WebSocket(uri, { ca });
  let message = false;
  socket.on('message', () => { message = true; socket.close(1000); });
  socket.on('close', () => { if (message) good++; resolve(); });
  socket.on('error', () => {});
});

async function worker() {
  while (begun++ < count) await one();
}

Promise.all(Array.from({ length: concurrency }, worker)).then(() => {
  console.log(JSON.stringify({ good, milliseconds: Number(process.hrtime.bigint() - started) / 1e6, cpu: (process.cpuUsage().user + process.cpuUsage().system) / 1e3 }));
});
