/** The app behind both ways: a plain node:http server. `PORT` names its port. Prints `ready <port>` where nobody else says so. */
import { createServer } from 'node:http';

const body = Buffer.from('x'.repeat(512));
const server = createServer((_req, res) => {
  res.writeHead(200, { 'content-type': 'text/plain', 'content-length': body.length });
  res.end(body);
});
server.keepAliveTimeout = 30_000;
server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
  console.log(`ready ${(server.address() as { port: number }).port}`);
});
