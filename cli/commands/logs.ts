import { Args, Flags } from '@oclif/core';
import { requirementsOf, formatLabelSelector } from '../../api/selectors.ts';
import type { Deployment, Pod } from '../../api/types.ts';
import { linesOf, textOf } from '../../client/body.ts';
import type { Client } from '../../client/client.ts';
import { withQuery } from '../../client/paths.ts';
import { KithCommand } from '../command.ts';
import { connect, type Connection } from '../connection.ts';
import { CliError, exitCodes } from '../errors.ts';
import { namespaceFlag, selectorFlag } from '../flags.ts';
import { Home } from '../home.ts';
import { kindOfWord } from '../resources.ts';
import { statusError } from '../status-error.ts';

/** Pods that one command follows at once. */
const podsMax = 20;

export default class Logs extends KithCommand {
  static override description =
    'Show what the containers of a pod, of a Deployment or of a selector have written.';
  static override examples = [
    '<%= config.bin %> logs -f deployment/hello',
    '<%= config.bin %> logs hello-7d9f-x2k4p --tail 20',
    '<%= config.bin %> logs -l app=hello --since 10m --timestamps',
  ];
  static override args = {
    from: Args.string({ description: 'POD, pod/NAME, deployment/NAME or replicaset/NAME' }),
  };
  static override flags = {
    namespace: namespaceFlag,
    selector: selectorFlag,
    follow: Flags.boolean({ char: 'f', description: 'go on with what is written' }),
    container: Flags.string({ char: 'c', description: 'container, where the pod has several' }),
    previous: Flags.boolean({ char: 'p', description: 'of the container that ran before' }),
    tail: Flags.integer({ description: 'last lines only', min: 0 }),
    since: Flags.string({ description: 'only what is younger: 30s, 10m, 2h' }),
    timestamps: Flags.boolean({ description: 'the time in front of each line' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Logs);
    const connection = connect(new Home());
    const pods = await podsOf(connection.client, args.from, flags.selector, flags.namespace);
    const query: Record<string, string> = {};
    if (flags.follow) query['follow'] = 'true';
    if (flags.container) query['container'] = flags.container;
    if (flags.previous) query['previous'] = 'true';
    if (flags.timestamps) query['timestamps'] = 'true';
    if (flags.tail !== undefined) query['tailLines'] = String(flags.tail);
    if (flags.since) query['sinceSeconds'] = String(seconds(flags.since));
    try {
      await Promise.all(
        pods.map((pod) => this.#print(connection, flags.namespace, pod, query, pods.length > 1)),
      );
    } finally {
      connection.transport.close();
    }
  }

  async #print(
    { transport }: Connection,
    namespace: string,
    pod: string,
    query: Record<string, string>,
    named: boolean,
  ): Promise<void> {
    const path = withQuery(`/api/v1/namespaces/${namespace}/pods/${pod}/log`, query);
    const response = await transport.request({ method: 'GET', path });
    if (response.status >= 300) throw statusError(await textOf(response.body), response.status);
    for await (const line of linesOf(response.body))
      process.stdout.write(`${named ? `[${pod}] ` : ''}${line}\n`);
  }
}

async function podsOf(
  client: Client,
  from: string | undefined,
  selector: string | undefined,
  namespace: string,
): Promise<string[]> {
  if (!from && !selector)
    throw new CliError('KITH_NO_INPUT', 'whose logs?', {
      next: 'kith logs POD, or kith logs deployment/NAME',
      exit: exitCodes.wrongInput,
    });
  let labelSelector = selector;
  if (from) {
    const [type, name] = from.includes('/') ? (from.split('/', 2) as [string, string]) : ['pod', from];
    const { kind } = kindOfWord(type);
    if (kind === 'Pod') return [name];
    const owner = await client.get<Deployment>({ kind, namespace, name });
    if (!owner.spec?.selector)
      throw new CliError('KITH_NO_PODS', `a ${kind} has no pods`, {
        next: 'kith logs POD',
        exit: exitCodes.wrongInput,
      });
    labelSelector = formatLabelSelector(requirementsOf(owner.spec.selector));
  }
  const { items } = await client.list<Pod>('Pod', { namespace, labelSelector, limit: podsMax });
  const started = items.filter(({ status }) =>
    status?.containerStatuses?.some(({ containerID }) => containerID),
  );
  if (started.length === 0)
    throw new CliError('KITH_NO_PODS', `no started pod has the labels ${labelSelector}`, {
      next: `kith get pods -n ${namespace}`,
    });
  return started.map(({ metadata }) => metadata!.name!);
}

function seconds(text: string): number {
  const match = /^(\d+)(s|m|h|d)?$/.exec(text);
  if (!match)
    throw new CliError('KITH_BAD_ARGUMENT', `--since "${text}" is no duration`, {
      next: '--since 10m',
      exit: exitCodes.wrongInput,
    });
  return Number(match[1]) * { s: 1, m: 60, h: 3600, d: 86_400 }[(match[2] ?? 's') as 's' | 'm' | 'h' | 'd'];
}
