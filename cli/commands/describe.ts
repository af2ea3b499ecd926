import { Args } from '@oclif/core';
import type { EndpointSlice, Event, Pod } from '../../api/types.ts';
import type { Client, KubeObject } from '../../client/client.ts';
import { systemClock } from '../../process/clock.ts';
import { KithCommand } from '../command.ts';
import { connect } from '../connection.ts';
import { describe, type Surroundings } from '../describe/describe.ts';
import { namespaceFlag, selectorFlag } from '../flags.ts';
import { Home } from '../home.ts';
import { namedResources } from '../resources.ts';

export default class Describe extends KithCommand {
  static override description =
    'Show one object in full, with its conditions and events: why is this pod pending?';
  static override examples = [
    '<%= config.bin %> describe pod hello-7d9f-x2k4p',
    '<%= config.bin %> describe node attic',
  ];
  static override strict = false;
  static override args = {
    type: Args.string({ required: true, description: 'TYPE [NAME …] or TYPE/NAME …' }),
  };
  static override flags = { namespace: namespaceFlag, selector: selectorFlag };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Describe);
    const { client, transport } = connect(new Home());
    try {
      let first = true;
      for (const { kind, names } of namedResources(argv as string[])) {
        const namespace = kind.namespaced ? flags.namespace : undefined;
        const objects =
          names.length > 0
            ? await Promise.all(
                names.map((name) => client.get<KubeObject>({ kind: kind.kind, namespace, name })),
              )
            : (await client.list<KubeObject>(kind.kind, { namespace, labelSelector: flags.selector })).items;
        for (const object of objects) {
          const whole = { apiVersion: kind.apiVersion, kind: kind.kind, ...object };
          if (!first) this.log('\n');
          first = false;
          for (const line of describe(whole, await surroundings(client, whole))) this.log(line);
        }
      }
    } finally {
      transport.close();
    }
  }
}

async function surroundings(client: Client, { kind, metadata }: KubeObject): Promise<Surroundings> {
  const { name, namespace, uid } = metadata!;
  // Events about things without a namespace, such as nodes, lie in default.
  const events = await client.list<Event>('Event', {
    namespace: namespace ?? 'default',
    fieldSelector: `involvedObject.name=${name},involvedObject.kind=${kind}`,
  });
  return {
    now: systemClock.date(),
    events: events.items.filter(
      ({ involvedObject }) => !involvedObject.uid || !uid || involvedObject.uid === uid || kind === 'Node',
    ),
    ...(kind === 'Node'
      ? { pods: (await client.list<Pod>('Pod', { fieldSelector: `spec.nodeName=${name}` })).items }
      : {}),
    ...(kind === 'Service'
      ? {
          slices: (
            await client.list<EndpointSlice>('EndpointSlice', {
              namespace,
              labelSelector: `kubernetes.io/service-name=${name}`,
            })
          ).items,
        }
      : {}),
  };
}
