/** The peer: what a Node developer would write as a reverse proxy. Argument: the port behind it, as JSON. Prints `ready <port>`. */
import { Agent, createServer, request } from 'node:http';
import { pipeline } from 'node:stream';

const behind = JSON.parse(process.argv[2]!) as number;
const agent = new Agent({ keepAlive: true });
const server = createServer((req, res) => {
  const upstream = request(
    { agent, host: '127.0.0.1', port: behind, method: req.method, path: req.url, headers: req.headers },
    (response) => {
      res.writeHead(response.statusCode!, response.headers);
      pipeline(response, res, () => {});
    },
  );
  upstream.on('error', () => res.destroy());
  pipeline(req, upstream, () => {});
});
server.listen(0, '127.0.0.1', () => {
  console.log(`ready ${(server.address() as { port: number }).port}`);
});
process.stdin.on('end', () => process.exit(0));
process.stdin.resume();
