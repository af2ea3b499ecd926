import { Args, Flags } from '@oclif/core';
import { textOf } from '../../client/body.ts';
import { withQuery } from '../../client/paths.ts';
import type { Transport } from '../../client/transport.ts';
import { KithCommand } from '../command.ts';
import { connect } from '../connection.ts';
import { secondsOf } from '../duration.ts';
import { namespaceFlag, selectorFlag } from '../flags.ts';
import { Home } from '../home.ts';
import { logLines } from '../log-lines.ts';
import { logPods } from '../log-pods.ts';
import { logText } from '../print/text-width.ts';
import { statusError } from '../status-error.ts';

/** As in Kubernetes, what has run nowhere has no log, and that is no mistake. */
const runsNowhere = 204;

export default class Logs extends KithCommand {
  static override description =
    'Show what the containers of a pod, of a Deployment or of a selector have written.';
  static override examples = [
    '<%= config.bin %> logs -f deployment/hello',
    '<%= config.bin %> logs hello-7d9f-x2k4p --tail 20',
    '<%= config.bin %> logs hello-7d9f-x2k4p -p   # why did it crash?',
    '<%= config.bin %> logs -l app=hello --since 10m --timestamps',
  ];
  static override args = {
    from: Args.string({ description: 'POD, pod/NAME, deployment/NAME, replicaset/NAME or service/NAME' }),
  };
  static override flags = {
    namespace: namespaceFlag,
    selector: selectorFlag,
    follow: Flags.boolean({ char: 'f', description: 'go on with what is written' }),
    container: Flags.string({ char: 'c', description: 'container, where the pod has several' }),
    previous: Flags.boolean({ char: 'p', description: 'of the container that ran before' }),
    tail: Flags.integer({ description: 'last lines only', min: 0 }),
    since: Flags.string({ description: 'only what is younger: 30s, 10m, 1h30m' }),
    timestamps: Flags.boolean({ description: 'the time in front of each line' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Logs);
    this.endWithReader();
    const query: Record<string, string> = {};
    if (flags.follow) query['follow'] = 'true';
    if (flags.container) query['container'] = flags.container;
    if (flags.previous) query['previous'] = 'true';
    if (flags.timestamps) query['timestamps'] = 'true';
    if (flags.tail !== undefined) query['tailLines'] = String(flags.tail);
    if (flags.since) query['sinceSeconds'] = String(secondsOf('--since', flags.since));
    const { client, transport } = connect(new Home());
    try {
      const { namespace, selector } = flags;
      const { pods, more } = await logPods(client, { from: args.from, selector, namespace });
      if (more > 0) process.stderr.write(`${more} more pods are left out: name a pod, or a narrower -l.\n`);
      const isOne = pods.length === 1;
      const ends = await Promise.allSettled(
        pods.map((pod) => this.#print(transport, { namespace, pod }, query, isOne ? '' : `[${pod}] `)),
      );
      // The others are read to their end before one pod's failure is the command's.
      const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as Error] : []));
      for (const failure of failures.slice(1)) process.stderr.write(`Error: ${failure.message}\n`);
      if (failures[0]) throw failures[0];
    } finally {
      transport.close();
    }
  }

  async #print(
    transport: Transport,
    { namespace, pod }: { namespace: string; pod: string },
    query: Record<string, string>,
    prefix: string,
  ): Promise<void> {
    const path = withQuery(`/api/v1/namespaces/${namespace}/pods/${pod}/log`, query);
    const response = await transport.request({ method: 'GET', path });
    if (response.status >= 300) throw statusError(await textOf(response.body), response.status);
    if (response.status === runsNowhere)
      process.stderr.write(`${pod} is on no host yet: kith describe pod ${pod} says why.\n`);
    // A terminal obeys what is written to it; a file or a program gets the bytes as they are.
    const shown = process.stdout.isTTY ? logText : (line: string) => line;
    for await (const line of logLines(response.body)) await this.write(`${prefix}${shown(line)}\n`);
  }
}
