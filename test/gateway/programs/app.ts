/** The app of the failover tests: answers with its pod's name, after `DELAY` ms. */
import { createServer } from 'node:http';

const delayMs = Number(process.argv[2] ?? 0);
createServer((req, res) => {
  req.resume();
  setTimeout(() => res.end(process.env['POD']), delayMs);
}).listen(Number(process.env['PORT']), '127.0.0.1');
