import { createSocket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import { answerName, dnsAddress } from '../dns.ts';
import type { DoorView } from '../view.ts';

/**
 * Runs in a network namespace of its own, to which containers have a wire and which has no other. There every Service's address is
 * local: whoever connects to one is handed over to the agent, with whom they are and what they asked for, and names are answered here.
 */
const backlog = 128;
const dnsPort = 53;
let view: DoorView = { ports: [], askers: {}, services: {} };
const servers = new Map<number, Server>();

function follow(next: DoorView): void {
  view = next;
  const wanted = new Set(next.ports);
  for (const [port, server] of servers)
    if (!wanted.has(port)) {
      servers.delete(port);
      server.close();
    }
  for (const port of wanted) if (!servers.has(port)) servers.set(port, open(port));
}

function open(port: number): Server {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    socket.on('error', () => {});
    const { remoteAddress: from, localAddress: to } = socket;
    process.send?.({ from, to, port }, socket);
  });
  server.on('error', (error) => process.send?.({ failed: `port ${port}: ${error.message}` }));
  return server.listen({ port, host: '0.0.0.0', backlog });
}

const names = createSocket('udp4');
names.on('message', (query, { address, port }) => {
  const namespace = view.askers[address];
  if (namespace === undefined) return;
  const services = new Map(
    Object.entries(view.services[namespace] ?? {}).map(([name, at]) => [name, at ?? undefined]),
  );
  const answer = answerName(query, namespace, services);
  // An asker that is gone is no event of ours.
  if (answer) names.send(answer, port, address, () => {});
});
names.bind(dnsPort, dnsAddress, () => process.send?.({ ready: true }));
process.on('message', follow);
// The agent has gone.
process.on('disconnect', () => process.exit(0));
