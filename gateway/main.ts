import type { Clock } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import type { Random } from '../process/random.ts';
import { httpClient } from '../client/http-client.ts';
import { sessionTransport, type SessionTransport } from '../client/session-transport.ts';
import { openMember, type MemberFiles } from '../swarm/open-member.ts';
import { startGateway, type Gateway } from './gateway.ts';

export interface GatewayProgramOptions {
  member: MemberFiles;
  /** Public keys of controllers that are known; more are found by the cluster's topic. */
  controllers: string[];
  port: number;
  directoryFile: string;
  clock: Clock;
  random: Random;
  log: Log;
}

/** `kith gateway`: a member of its own with a control link (`transport`) for what it shows and data links for what it carries. */
export async function runGateway(
  options: GatewayProgramOptions,
): Promise<Gateway & { transport: SessionTransport }> {
  const { clock, random, log } = options;
  const swarm = await openMember(options.member, { clock, random, log });
  const controllers = async () => [
    ...new Set([...options.controllers, ...(await swarm.findControllers().catch(() => []))]),
  ];
  const control = swarm.keep(controllers, 'control');
  const transport = sessionTransport(control);
  const client = httpClient(transport, { userAgent: 'kith-gateway' });
  const gateway = await startGateway({
    client,
    swarm,
    port: options.port,
    owner: swarm.certificate.owner,
    directoryFile: options.directoryFile,
    clock,
    random,
    log,
  }).catch(async (error: unknown) => {
    await swarm.close();
    throw error;
  });
  return {
    get port() {
      return gateway.port;
    },
    get directory() {
      return gateway.directory;
    },
    synced: gateway.synced,
    transport,
    async stop() {
      await gateway.stop();
      await control.stop();
      await swarm.close();
    },
  };
}
