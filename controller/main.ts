import { dirname, join } from 'node:path';
import type { Clock } from '../process/clock.ts';
import { makePrivateFolder } from '../process/folder.ts';
import type { Log } from '../process/log.ts';
import type { Random } from '../process/random.ts';
import type { Delegation } from '../swarm/certificate.ts';
import { SwarmError } from '../swarm/errors.ts';
import { loadKeyPair, readKeyPair } from '../swarm/keys.ts';
import { openMember, type MemberFiles } from '../swarm/open-member.ts';
import { keptAccountKey } from './apiserver/auth/account-key.ts';
import { auditFile } from './apiserver/auth/audit.ts';
import { keptToken, Tokens } from './apiserver/auth/tokens.ts';
import { createApiServer } from './apiserver/create.ts';
import { noiseListener } from './apiserver/noise-listener.ts';
import { clientAuthority } from './apiserver/tls/client-authority.ts';
import { clientCertificateRoutes } from './apiserver/tls/client-certificate-routes.ts';
import { ClientCertificates } from './apiserver/tls/client-certificates.ts';
import { RequestSigning } from './apiserver/tls/request-signing.ts';
import { servingCertificate } from './apiserver/tls/serving-certificate.ts';
import { tlsListener } from './apiserver/tls-listener.ts';
import { adminUser, ownerHeader, ownerOf, userOfCertificate } from './apiserver/users.ts';
import { startControllers } from './controllers.ts';
import { Members } from './members.ts';
import { SwarmHearing } from './nodes/swarm-hearing.ts';
import { membershipRoutes } from './routes.ts';
import { withSharedFields } from '../api/apply/owners.ts';
import { openStore } from './store/open-store.ts';
import { sqliteLog } from './store/sqlite/sqlite-log.ts';

export interface ControllerProgramOptions {
  member: MemberFiles;
  /** The cluster key's word that this controller may sign members. */
  delegation: Delegation;
  clusterName: string;
  /** Names of the founder's own machines, which no joiner gets. */
  reservedNames: ReadonlySet<string>;
  /** The founder's person key, hex: on any link it may do what the admin token may. */
  founderKey: string;
  /** The controller's own folder: store, certificates, token. */
  folder: string;
  /** Key of the join door, which is no member's; made at the first start. */
  doorKeyFile: string;
  apiPort: number;
  clock: Clock;
  random: Random;
  log: Log;
}

export interface RunningController {
  /** Of the TLS listener on loopback. */
  readonly port: number;
  stop(): Promise<void>;
}

/** The member that left still reads the answer to its goodbye; then its links end, as no new one would be admitted. */
const leftLinksMs = 1_000;

/** Where the controller keeps what `kith up` puts into a kubeconfig. */
export const apiFiles = (folder: string) => ({
  ca: join(folder, 'tls', 'ca.pem'),
  token: join(folder, 'token'),
});

/** `kith controller`: store, API on both listeners, join door, and all controllers. */
export async function runController(options: ControllerProgramOptions): Promise<RunningController> {
  const { clock, random, log, folder, member } = options;
  const store = await openStore({
    driver: sqliteLog(makePrivateFolder(join(folder, 'store'))),
    clock,
    log,
    shared: withSharedFields,
  });
  const keepCopy = () =>
    // A copy at each stop: a store that is damaged while nobody runs it can be restored to where it was.
    store
      .snapshot()
      .catch((error: Error) => log.warn('no copy of the store was kept at this stop', { error }));
  const closing: (() => Promise<unknown> | void)[] = [() => store.close(), keepCopy];
  const stop = async () => {
    for (const close of closing.toReversed()) await close();
  };
  try {
    const swarm = await openMember(member, { clock, random, log: log.child('swarm') });
    closing.push(() => swarm.close());
    const members = new Members({
      store,
      clusterKey: member.clusterKey,
      clusterName: options.clusterName,
      founder: swarm.certificate.owner,
      signer: { keyPair: await readKeyPair(member.keyFile), delegation: options.delegation },
      epoch: swarm.certificate.epoch,
      reservedNames: options.reservedNames,
      bootstrap: member.bootstrap,
      clock,
    });
    const hearing = new SwarmHearing(clock);
    const door = await swarm.serveJoin({
      keyPair: await loadKeyPair(options.doorKeyFile),
      lookup: (id) => members.lookup(id),
      redeem: (request) => members.redeem(request),
      controllers: () => [swarm.key],
      bootstrap: member.bootstrap,
    });

    // Beside the controller's own key: what is kept of a cluster is kept of these too.
    const keys = dirname(member.keyFile);
    const auditLog = auditFile(join(folder, 'audit.jsonl'), clock);
    closing.push(() => auditLog.close());
    const clientCertificates = new ClientCertificates({
      authority: await clientAuthority(keys, clock),
      store,
      clock,
    });
    const apiServer = await createApiServer({
      accountKey: await keptAccountKey(join(keys, 'service-accounts.key')),
      audit: auditLog.audit,
      store,
      clock,
      random,
      log: log.child('api'),
      nodeStreams: (node) => hearing.streams(node),
      routes: [
        ...clientCertificateRoutes(clientCertificates),
        ...membershipRoutes({
          members,
          door: door.key,
          client: () => apiServer.client(),
          onLeft: (key) =>
            clock.after(leftLinksMs, () => {
              for (const link of swarm.links()) if (link.peer.key === key) void link.close();
            }),
        }),
      ],
    });
    closing.push(() => apiServer.close());
    const signing = new RequestSigning({
      store,
      client: apiServer.client(),
      certificates: clientCertificates,
      log: log.child('signing'),
    });
    signing.begin();
    closing.push(() => signing.stop());
    const tokens = new Tokens().add(await keptToken(apiFiles(folder).token), adminUser);
    const certificate = await servingCertificate(join(folder, 'tls'), clock);
    const tls = await tlsListener({
      apiServer,
      certificate,
      tokens,
      clientCertificates,
      port: options.apiPort,
      clock,
    });
    closing.push(() => tls.close());

    await swarm.listen({
      admit: ({ key, certificate: shown }, purpose) => {
        const why = members.shutOut(key);
        if (why) throw new SwarmError('refused', why);
        if (purpose === 'streams' && shown.role !== 'node')
          throw new SwarmError('refused', `a ${shown.role} serves nothing to the controller`);
      },
      handlers: {
        control: noiseListener({
          apiServer,
          clock,
          userOf: ({ peer: { certificate: shown } }, headers) =>
            headers[ownerHeader] === undefined
              ? userOfCertificate(shown, { founderKey: options.founderKey })
              : ownerOf(shown, members.isVouchedFor(shown.owner)),
        }),
      },
      onLink: (link) => hearing.add(link),
    });
    // The API serves meanwhile: of 100,000 objects the caches take seconds to fill. What fails here ends the program, unheard as it is.
    const controllers = startControllers({ client: apiServer.client(), clock, random, log, hearing });
    closing.push(async () => (await controllers).stop());
    log.info('the controller serves', { api: tls.server, key: swarm.key });
    return { port: tls.port, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
