import { Flags } from '@oclif/core';
import { hostname, userInfo } from 'node:os';
import { bootstrapNodes } from '../bootstrap.ts';
import { KithCommand } from '../command.ts';
import { describeError } from '../describe-error.ts';
import { noRoom } from '../disk-full.ts';
import { CliError, exitCodes } from '../errors.ts';
import { foundCluster } from '../founding.ts';
import { Home, onLoopback, type ClusterRecord } from '../home.ts';
import { memberName } from '../names.ts';
import { programTools } from '../program.ts';
import { programError } from '../program-error.ts';
import { lockHome, untilNoGateway } from '../running.ts';
import { ChildFailed, superviseChild, type SupervisedChild } from '../../process/child.ts';
import { logFile } from '../../process/log-file.ts';
import { claimPort, defaultPorts, freePort } from '../../process/ports.ts';
import { onShutdown } from '../../process/shutdown.ts';

/** A program that does not serve by then is broken, not slow. */
const readyMsMax = 60_000;
/** Programs of an earlier run that was killed let go of their ports by then. */
const portWaitMsMax = 5_000;
const portRange = { min: 1, max: 65_535 };
/** What most homes will never want to call otherwise. */
const newClusterName = 'home';
/** The agent gives its pods their grace; the others have nothing to wait for. */
const stopGraceMs = { agent: 35_000, other: 8_000 };

/**
 * A controller keeps much and throws away more: by itself V8 lets its heap grow to three times what lives in it, and the C library
 * gives each thread a store of its own. These halve what 5,000 pods cost at their peak, and were not seen to slow it (bench/watched.ts).
 */
const frugal = {
  flags: ['--max-semi-space-size=8', '--heap-growing-percent=50'],
  environment: { MALLOC_ARENA_MAX: '2' },
};

export default class Up extends KithCommand {
  static override description =
    'Found a cluster on this machine, or resume it: a controller, this machine as its first host, and a gateway. Runs until Ctrl-C or kith down.';
  static override examples = [
    '<%= config.bin %> up',
    '<%= config.bin %> up --name attic --cluster oak-street',
  ];
  static override flags = {
    cluster: Flags.string({
      description: `name of a new cluster (default: ${newClusterName}); the kubeconfig context is kith-<name>`,
    }),
    name: Flags.string({ description: "this machine's name in the cluster (default: its host name)" }),
    bootstrap: Flags.string({
      description:
        "DHT nodes of the cluster's own, host:port,… (default: HyperDHT's public ones); see kith hub",
    }),
    'api-port': Flags.integer({
      ...portRange,
      description: `loopback port of the API (default ${defaultPorts.api} or the next free)`,
    }),
    'gateway-port': Flags.integer({
      ...portRange,
      description: `loopback port of the gateway (default ${defaultPorts.gateway} or the next free)`,
    }),
    output: Flags.string({ char: 'o', options: ['text', 'json'], default: 'text' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Up);
    const home = new Home();
    const tools = programTools('up');
    lockHome(home, 'kith up');
    await untilNoGateway(home);
    const record = await this.#record(home, flags);

    const children: SupervisedChild[] = [];
    const start = (name: string, args: string[] = []) => {
      const write = logFile(`${home.folder('logs')}/${name}.log`);
      const child = superviseChild({
        name,
        ...tools,
        command: process.execPath,
        args: [...(name === 'controller' ? frugal.flags : []), process.argv[1]!, name, ...args],
        env: { ...(name === 'controller' && frugal.environment), ...process.env, KITH_HOME: home.path },
        onLine: write,
        onFinal: (failed) => {
          // One that never served is told, and ended with, by `ready`.
          if (!isUp) return;
          process.stderr.write(`${describeError(programError(name, failed)).lines.join('\n')}\n`);
          cannotRun = true;
          shut(`${name} cannot run`);
        },
      });
      children.push(child);
      return child.ready(readyMsMax).catch(async (error: unknown) => {
        await stopAll();
        if (!(error instanceof ChildFailed)) throw error;
        const told = programError(name, error);
        throw told.code === 'KITH_PROGRAM_ENDED' ? (noRoom(home.path, told) ?? told) : told;
      });
    };
    let isUp = false;
    let cannotRun = false;
    const stopAll = async () => {
      // A service manager tells all of them at once: who ends before its turn must not come back.
      for (const child of children) child.retire();
      const stopOne = (child: SupervisedChild) =>
        child.stop(child.name === 'agent' ? stopGraceMs.agent : stopGraceMs.other);
      // The controller first: told of an agent that goes, it would start replacements that nobody wants.
      for (const child of children.filter(({ name }) => name === 'controller')) await stopOne(child);
      await Promise.all(children.filter(({ name }) => name !== 'controller').map(stopOne));
    };
    const shut = onShutdown(async () => {
      await stopAll();
      return cannotRun ? exitCodes.failed : 0;
    });

    const controller = await start('controller');
    const { writeContext } = await import('../kubeconfig.ts');
    const context = await writeContext(home, record);
    const [agent, gateway] = await Promise.all([start('agent'), start('gateway')]);
    isUp = true;
    const gatewayPort = Number(gateway['port']);
    if (flags.output === 'json') {
      this.event({
        event: 'ready',
        cluster: record.name,
        api: `https://127.0.0.1:${Number(controller['port'])}`,
        gatewayPort,
        kubeconfig: home.kubeconfig,
        context: context.name,
        isolation: agent['isolation'],
      });
      return;
    }
    this.log(
      `The cluster "${record.name}" is up; ${record.member} is its ${record.role === 'founder' ? 'first ' : ''}host.`,
    );
    this.log(`Apps run here ${String(agent['isolation'])}.`);
    this.log(`  apps         http://localhost:${gatewayPort}/`);
    this.log(`  kubectl      context ${context.name} in ${context.file}`);
    this.log(`  logs         ${home.file('logs')}`);
    this.log('Next, in another terminal:');
    this.log('  kith image build manifests/hello --tag hello:v1 && kith apply -f manifests/hello.yaml');
    this.log('  kith invite          # a line for a friend: kith join <line>');
    this.log('Ctrl-C or kith down stops it; kith up resumes the same cluster.');
  }

  async #record(home: Home, flags: UpFlags): Promise<ClusterRecord> {
    const existing = home.cluster();
    if (existing && existing.role !== 'founder')
      throw new CliError(
        'KITH_NOT_FOUNDER',
        `${home.path} belongs to the joined cluster "${existing.name}"`,
        {
          next: 'kith join to run this host again, or another folder: KITH_HOME=~/.kith-mine kith up',
          exit: exitCodes.wrongInput,
        },
      );
    if (existing) refuseToRename(existing, flags);
    const bootstrap = bootstrapNodes(flags.bootstrap);
    const record =
      existing ??
      (await foundCluster(home, {
        name: memberName(flags.cluster ?? newClusterName, '--cluster'),
        member: memberName(flags.name ?? hostname(), flags.name ? '--name' : undefined),
        owner: memberName(userInfo().username, undefined),
        bootstrap,
        ...(onLoopback(bootstrap) ? { host: '127.0.0.1' } : {}),
        clock: programTools('up').clock,
      }));
    // Ports are chosen once, so that the URL stays the same; a DHT of one's own may have moved.
    for (const use of ['api', 'gateway'] as const)
      record.ports[use] = await portFor(use, flags[`${use}-port`], record.ports[use]);
    if (bootstrap.length > 0) record.bootstrap = bootstrap;
    await home.writeCluster(record);
    return record;
  }
}

interface UpFlags {
  cluster?: string | undefined;
  name?: string | undefined;
  bootstrap?: string | undefined;
  'api-port'?: number | undefined;
  'gateway-port'?: number | undefined;
}

/** Names are given once, when a cluster is founded: certificates and contexts carry them. */
function refuseToRename(existing: ClusterRecord, { cluster, name }: UpFlags): void {
  const wrongInput = { exit: exitCodes.wrongInput };
  if (cluster !== undefined && cluster !== existing.name)
    throw new CliError(
      'KITH_OTHER_CLUSTER',
      `this home is the cluster "${existing.name}", not "${cluster}"`,
      {
        next: `kith up resumes it; to found another: KITH_HOME=~/.kith-${memberName(cluster, undefined)} kith up --cluster ${memberName(cluster, undefined)}`,
        ...wrongInput,
      },
    );
  if (name !== undefined && name !== existing.member)
    throw new CliError(
      'KITH_BAD_ARGUMENT',
      `this machine is "${existing.member}" in the cluster "${existing.name}" and cannot become "${name}"`,
      { next: `kith up, without --name or with --name ${existing.member}`, ...wrongInput },
    );
}

/** The port the user named, else the one this cluster had before, else a free one. */
async function portFor(
  use: 'api' | 'gateway',
  named: number | undefined,
  before: number | undefined,
): Promise<number> {
  const wished = named ?? before;
  if (wished === undefined) return freePort(defaultPorts[use]);
  const { clock } = programTools('up');
  if (await claimPort(wished, clock, wished === before ? portWaitMsMax : 0)) return wished;
  throw new CliError(
    'KITH_PORT_BUSY',
    `port ${wished} of 127.0.0.1 is in use by another program, and this cluster's ${use === 'api' ? 'API' : 'gateway'} ${
      named === undefined ? 'had it before' : 'was to have it'
    }`,
    { next: `stop that program, or kith up --${use}-port ${wished + 10}`, exit: exitCodes.wrongInput },
  );
}
