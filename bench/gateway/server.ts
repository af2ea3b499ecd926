/** The app behind both ways: a plain node:http server on `PORT`. */
import { createServer } from 'node:http';

const body = Buffer.from('x'.repeat(512));
const server = createServer((_req, res) => {
  res.writeHead(200, { 'content-type': 'text/plain', 'content-length': body.length });
  res.end(body);
});
server.keepAliveTimeout = 30_000;
server.listen(Number(process.env['PORT']), '127.0.0.1');
