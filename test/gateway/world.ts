import { mkdtempSync, rmSync } from 'node:fs';
import {
  Agent,
  createServer,
  request,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from 'node:http';
import { connect, createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Pods } from '../../agent/pods/pods.ts';
import { tunnelHandler, type TunnelLimits } from '../../agent/streams/tunnels.ts';
import { startGateway, type Gateway, type GatewayOptions } from '../../gateway/gateway.ts';
import { systemClock } from '../../process/clock.ts';
import { silentLog } from '../../process/log.ts';
import { systemRandom } from '../../process/random.ts';
import type { SwarmMember } from '../../swarm/member.ts';
import { FakeApi } from '../support/fake-api.ts';
import { testnet, type Testnet } from '../support/testnet.ts';
import { until } from '../support/wait.ts';
import { node, service, slice, type EndpointOptions } from './objects.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  rawHeaders: string[];
  trailers: NodeJS.Dict<string>;
  body: string;
}

/** The port that every app here has. */
export const appPort = 8080;

/** A gateway on real links to hosts whose pods are servers of the test. */
export class World {
  readonly net: Testnet;
  readonly api = new FakeApi();
  readonly folder = mkdtempSync(join(tmpdir(), 'kith-gateway-'));
  readonly #agent = new Agent({ keepAlive: true });
  readonly #servers: TcpServer[] = [];
  #member!: SwarmMember;
  gateway!: Gateway;

  private constructor(net: Testnet) {
    this.net = net;
  }

  static async create(options: Partial<GatewayOptions> = {}): Promise<World> {
    const world = new World(await testnet());
    await world.startGateway(options);
    return world;
  }

  async startGateway(options: Partial<GatewayOptions> = {}): Promise<void> {
    this.#member ??= await this.net.makeMember({ role: 'gateway', name: 'gateway' });
    this.gateway = await startGateway({
      client: this.api,
      swarm: this.#member,
      port: 0,
      owner: 'ann',
      directoryFile: join(this.folder, 'directory.json'),
      clock: systemClock,
      random: systemRandom,
      log: silentLog,
      ...options,
    });
  }

  async host(name: string, limits: Partial<TunnelLimits> = {}): Promise<TestHost> {
    const member = await this.net.makeMember({ role: 'node', name });
    this.api.put(node(name, member.key));
    const host = new TestHost(name, member);
    const { handler } = tunnelHandler({
      pods: { get: (uid: string) => host.pods.get(uid) } as unknown as Pods,
      clock: systemClock,
      log: silentLog,
      limits,
    });
    await member.listen({ admit: () => {}, handlers: { data: handler } });
    return host;
  }

  /** Makes Service `name` lead to these endpoints, and waits until the gateway knows and has a link to each. */
  async serve(
    name: string,
    endpoints: EndpointOptions[],
    options: Parameters<typeof service>[1] = {},
  ): Promise<void> {
    this.api.put(service(name, options));
    this.api.put(slice(name, appPort, endpoints));
    const ready = endpoints.filter((endpoint) => endpoint.ready !== false && !endpoint.terminating);
    await until(`the gateway knows ${name}`, () => {
      const known = this.gateway.directory[`default/${name}`]?.endpoints.map(({ podUid }) => podUid);
      return known && known.join() === ready.map(({ uid }) => uid).join();
    });
    if (ready.length > 0)
      await until('links', () => this.#member.links().length >= new Set(ready.map((one) => one.node)).size);
  }

  /** A port of the test's own behind a pod. */
  async listen<S extends TcpServer>(server: S): Promise<S> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#servers.push(server);
    return server;
  }

  /** One HTTP app on one host behind Service `name`. */
  async app(name: string, handler: RequestListener | Server): Promise<Server> {
    const server = await this.listen(typeof handler === 'function' ? createServer(handler) : handler);
    const host = await this.host(`host-of-${name}`);
    host.pod(name, server);
    await this.serve(name, [{ uid: name, node: host.name }]);
    return server;
  }

  /** An app that answers every connection with what `answer` writes, byte for byte; it sees what came so far. */
  async rawApp(name: string, answer: (socket: Socket, received: string) => void): Promise<void> {
    const server = await this.listen(
      createTcpServer((socket) => {
        let received = '';
        socket.setEncoding('latin1');
        socket.on('error', () => {});
        socket.on('data', (chunk: string) => {
          received += chunk;
          answer(socket, received);
        });
      }),
    );
    const host = await this.host(`host-of-${name}`);
    host.pod(name, server);
    await this.serve(name, [{ uid: name, node: host.name }]);
  }

  authority(name: string): string {
    return `${name}.default.kith.localhost:${this.gateway.port}`;
  }

  /** One request to an app (or, with another `host`, to that). Rejects where the answer is cut. */
  ask(
    name: string,
    options: {
      method?: string;
      path?: string;
      headers?: Record<string, string>;
      body?: string;
      host?: string;
      fresh?: boolean;
    } = {},
  ): Promise<Answer> {
    const { method = 'GET', path = '/', headers = {}, body, host = this.authority(name) } = options;
    return new Promise((resolve, reject) => {
      const req = request(
        {
          agent: options.fresh ? false : this.#agent,
          host: '127.0.0.1',
          port: this.gateway.port,
          method,
          path,
          headers: { host, ...headers },
        },
        (res) => {
          const { statusCode: status = 0, headers: answered, rawHeaders } = res;
          text(res).then(
            (whole) =>
              resolve({ status, headers: answered, rawHeaders, trailers: res.trailers, body: whole }),
            reject,
          );
        },
      );
      req.on('error', reject);
      req.end(body);
    });
  }

  connect(): Socket {
    const socket = connect({ port: this.gateway.port, host: '127.0.0.1' });
    socket.on('error', () => {});
    return socket;
  }

  /** Writes these bytes to the gateway; what came back by the time it closed, or until `enough` is content. */
  raw(bytes: string, enough: (received: string) => boolean = () => false): Promise<string> {
    const socket = this.connect();
    return new Promise((resolve) => {
      let received = '';
      socket.setEncoding('latin1');
      socket.on('data', (chunk: string) => {
        received += chunk;
        if (enough(received)) socket.destroy();
      });
      socket.on('close', () => resolve(received));
      socket.write(bytes, 'latin1');
    });
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    await this.gateway.stop();
    for (const server of this.#servers) {
      if ('closeAllConnections' in server) (server as Server).closeAllConnections();
      server.close();
    }
    await this.net.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One host: pods are ports on loopback. */
export class TestHost {
  readonly name: string;
  readonly member: SwarmMember;
  readonly pods = new Map<string, object>();
  /** Connections opened into pods, in order. */
  readonly connections: Socket[] = [];

  constructor(name: string, member: SwarmMember) {
    this.name = name;
    this.member = member;
  }

  pod(uid: string, server: TcpServer, options: { address?: string; metadata?: object } = {}): void {
    const { port } = server.address() as { port: number };
    const open = () =>
      new Promise<Socket>((resolve, reject) => {
        const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
        socket.once('error', reject);
        socket.once('connect', () => {
          socket.off('error', reject);
          this.connections.push(socket);
          resolve(socket);
        });
      });
    this.pods.set(uid, {
      sandbox: { connect: open },
      local: { podIP: options.address ?? '10.244.0.2' },
      pod: { metadata: options.metadata ?? {} },
      sandboxGone: new Promise(() => {}),
    });
  }
}
