import { Args, Flags } from '@oclif/core';
import { hostname } from 'node:os';
import { amountOf } from '../../api/resources.ts';
import { systemClock } from '../../process/clock.ts';
import { writeFileAtomically } from '../../process/folder.ts';
import { defaultPorts, freePort } from '../../process/ports.ts';
import { settle } from '../../process/settle.ts';
import { onShutdown } from '../../process/shutdown.ts';
import { KithCommand } from '../command.ts';
import { CliError, exitCodes } from '../errors.ts';
import { offerForwarder } from '../forwarding.ts';
import { Home, type ClusterRecord } from '../home.ts';
import { sayingSo } from '../looking.ts';
import { memberName } from '../names.ts';
import { memberOf, quietProgramTools, requireCluster } from '../program.ts';
import { lendFile, runHost, type Lend } from '../run-host.ts';
import { lockGateway, lockHome } from '../running.ts';

export default class Join extends KithCommand {
  static override description =
    'Join a cluster with an invite and lend this machine (or, with an invite for users, open its apps here). Runs until Ctrl-C or kith down; without an invite it goes on as the member it is.';
  static override examples = [
    '<%= config.bin %> join kith1…',
    '<%= config.bin %> join kith1… --name attic --cpu 2 --memory 4Gi --disk 20Gi',
    '<%= config.bin %> join          # again, after a restart',
  ];
  static override args = { invite: Args.string({ description: 'the line that kith invite printed' }) };
  static override flags = {
    name: Flags.string({ description: "this machine's name in the cluster (default: its host name)" }),
    cpu: Flags.string({ description: 'cores to lend at the most: 2, 500m (default: three quarters)' }),
    memory: Flags.string({ description: 'memory to lend at the most: 4Gi (default: half)' }),
    disk: Flags.string({ description: 'disk to lend at the most (default: 10Gi)' }),
    output: Flags.string({ char: 'o', options: ['text', 'json'], default: 'text' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Join);
    const home = new Home();
    const lend = lendOf(flags);
    const wished = memberName(flags.name ?? hostname(), flags.name ? '--name' : undefined);
    // What cannot be read leaves no home behind.
    if (args.invite) (await import('../../swarm/invite.ts')).parseInvite(args.invite);
    lockHome(home, 'kith join');
    let record: ClusterRecord;
    const wasMember = home.cluster() !== undefined;
    if (args.invite) {
      const { joinCluster } = await import('../joining.ts');
      const waiting = <T>(work: Promise<T>, cluster: string) => this.#waiting(work, cluster, flags.output);
      record = await joinCluster(home, args.invite, { name: wished, clock: systemClock, waiting });
    } else record = requireCluster(home);
    if (record.role === 'founder')
      throw new CliError('KITH_FOUNDER', `${home.path} founded the cluster "${record.name}"`, {
        next: 'kith up, or another folder: KITH_HOME=~/.kith-other kith join …',
        exit: exitCodes.wrongInput,
      });
    if (flags.name && wasMember) this.#sayIfNamedOtherwise(record, wished);
    if (Object.keys(lend).length > 0) await writeFileAtomically(lendFile(home), `${JSON.stringify(lend)}\n`);
    if (record.role === 'user') return this.#openApps(home, record, flags.output);

    const agent = await runHost(home, record, 'kith join', quietProgramTools(home, 'agent'));
    settle(systemClock);
    const endForwarder = await offerForwarder(home, record, agent.transport);
    let left: string | undefined;
    const shut = onShutdown(async () => {
      await endForwarder();
      await agent.stop();
      if (left) this.log(left);
    });
    agent.onLeave(() => {
      left = 'left the cluster.';
      shut('kith leave');
    });
    await this.#waiting(agent.registered, record.name, flags.output);
    if (flags.output === 'json')
      return this.event({
        event: 'ready',
        node: agent.nodeName,
        cluster: record.name,
        isolation: agent.isolation,
      });
    this.log(`This machine is the host "${agent.nodeName}" of the cluster "${record.name}".`);
    this.log('It lends:');
    for (const { name, value, reason } of agent.caps)
      this.log(`  ${capText(name, value).padEnd(22)} ${reason}`);
    this.log(`to the apps of that cluster, ${agent.isolation}.`);
    this.log('Stop for now: Ctrl-C. Again: kith join. For good: kith leave.');
  }

  /** No refusal: who starts a host by a script names it each time, and its first wish may have been taken already. */
  #sayIfNamedOtherwise({ member, wishedName, name: cluster, role }: ClusterRecord, wished: string): void {
    if (wished === member || wished === wishedName) return;
    this.logToStderr(
      `This machine is the ${role} "${member}" of the cluster "${cluster}" since it joined: --name ${wished} changes nothing. Another name takes kith leave and a new invite.`,
    );
  }

  async #openApps(home: Home, record: ClusterRecord, output: string): Promise<void> {
    lockGateway(home, 'kith join');
    record.ports.gateway ??= await freePort(defaultPorts.gateway);
    await home.writeCluster(record);
    const { runGateway } = await import('../../gateway/main.ts');
    const gateway = await runGateway({
      ...quietProgramTools(home, 'gateway'),
      member: memberOf(home, record, 'gateway'),
      controllers: record.controllers,
      port: record.ports.gateway,
      directoryFile: home.file('gateway.json'),
    });
    const endForwarder = await offerForwarder(home, record, gateway.transport);
    onShutdown(async () => {
      await endForwarder();
      await gateway.stop();
    });
    if (output === 'json')
      return this.event({ event: 'ready', gatewayPort: gateway.port, cluster: record.name });
    this.log(
      `The apps of "${record.name}" open in browsers on this machine: http://localhost:${gateway.port}/`,
    );
    this.log('Stop for now: Ctrl-C. Again: kith join. For good: kith leave.');
    // With the controller away it serves what it knew: no reason to wait, but to say so.
    await this.#waiting(gateway.synced, record.name, output);
  }

  /** A person at a terminal is told when it takes long; a program waits for the line that it reads. */
  #waiting<T>(work: Promise<T>, cluster: string, output: string): Promise<T> {
    if (output === 'json') return work;
    return sayingSo(work, { cluster, clock: systemClock, say: (line) => this.logToStderr(line) });
  }
}

function lendOf(flags: {
  cpu?: string | undefined;
  memory?: string | undefined;
  disk?: string | undefined;
}): Lend {
  const read = (name: string, text: string, resource: string) => {
    try {
      return amountOf(resource, text);
    } catch (error) {
      throw new CliError('KITH_BAD_ARGUMENT', `--${name} "${text}": ${(error as Error).message}`, {
        next: name === 'cpu' ? '--cpu 2 or --cpu 500m' : `--${name} 4Gi`,
        exit: exitCodes.wrongInput,
      });
    }
  };
  return {
    ...(flags.cpu ? { cpuMillis: read('cpu', flags.cpu, 'cpu') } : {}),
    ...(flags.memory ? { memoryBytes: read('memory', flags.memory, 'memory') } : {}),
    ...(flags.disk ? { diskBytes: read('disk', flags.disk, 'ephemeral-storage') } : {}),
  };
}

function capText(name: string, value: number): string {
  if (name === 'cpuMillis') return `${value / 1000} cores`;
  if (name === 'pods') return `${value} pods`;
  return `${(value / 1024 ** 3).toFixed(1)} GiB ${name === 'memoryBytes' ? 'memory' : 'disk'}`;
}
