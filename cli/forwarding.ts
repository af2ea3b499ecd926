import { readFileSync } from 'node:fs';
import type { KubeContext } from '../client/kubeconfig.ts';
import type { SessionTransport } from '../client/session-transport.ts';
import { systemClock } from '../process/clock.ts';
import { callControl, serveControl } from '../process/control.ts';
import { defaultPorts, freePort } from '../process/ports.ts';
import { CliError } from './errors.ts';
import type { ClusterRecord, Home } from './home.ts';

/** How to reach it; told over the ear, which only this user can. */
type Access = Pick<KubeContext, 'server' | 'ca' | 'token'>;

/** What a running program of this home is asked over its ear. */
const ear = 'forwarder';

/**
 * In the program that runs on a joined machine: the API on this machine's loopback, as the person who owns it. It starts once
 * somebody has asked for a kubeconfig (`kith kubeconfig`), now or in an earlier run. Returns what ends it.
 */
export async function offerForwarder(
  home: Home,
  record: ClusterRecord,
  transport: SessionTransport,
): Promise<() => Promise<void>> {
  let starting: ReturnType<typeof listen> | undefined;
  const start = () =>
    (starting ??= listen(home, record, transport).catch((error: unknown) => {
      starting = undefined;
      throw error;
    }));
  const server = await serveControl(home.folder(), ear, {
    start: async () => (await start()).access,
  });
  if (record.ports.api) await start();
  return async () => {
    server.close();
    await (await starting?.catch(() => undefined))?.listener.close();
  };
}

async function listen(home: Home, record: ClusterRecord, transport: SessionTransport) {
  const { forwarderFiles, startForwarder } = await import('../controller/apiserver/forwarder.ts');
  const port = record.ports.api ?? (await freePort(defaultPorts.api));
  const folder = home.folder('forwarder');
  const listener = await startForwarder({ transport, folder, port, clock: systemClock });
  // The same port again after a restart: it is in a kubeconfig.
  record.ports.api = listener.port;
  await home.writeCluster(record);
  const { ca, token } = forwarderFiles(folder);
  const access: Access = {
    server: listener.server,
    ca: readFileSync(ca, 'utf8'),
    token: readFileSync(token, 'utf8').trim(),
  };
  return { listener, access };
}

/** The context `kith-<cluster>` of a joined machine; has the running program listen where it does not yet. */
export async function forwardedContext(home: Home, record: ClusterRecord): Promise<KubeContext> {
  const answer = (await callControl(home.path, ear, 'start')) as Access | undefined;
  if (!answer)
    throw new CliError('KITH_NO_API', `kith join does not run here, and only it reaches "${record.name}"`, {
      next: 'kith join, and then again',
    });
  return { name: `kith-${record.name}`, ...answer };
}
