import { randomInteger, type Random } from '../../process/random.ts';

type Json = Record<string, unknown>;

/** One request of one writer, to an object or one of its subresources. */
export interface Write {
  method: string;
  path: string;
  type: string;
  body: Json;
  /** The object's own path. */
  object: string;
}

const managers = ['a', 'b', 'c', 'kubectl'];
const types = {
  json: 'application/json',
  apply: 'application/apply-patch+yaml',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

/** A kind of custom resources that has a list of each type. */
export const widgets: Json = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.org' },
  spec: {
    group: 'example.org',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  size: { type: 'integer', default: 1 },
                  parts: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['id', 'side'],
                    items: {
                      type: 'object',
                      required: ['id'],
                      properties: {
                        id: { type: 'integer' },
                        side: { type: 'string', default: 'left' },
                        colour: { type: 'string' },
                      },
                    },
                  },
                  tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
                  steps: { type: 'array', items: { type: 'string' } },
                  whole: {
                    type: 'object',
                    'x-kubernetes-map-type': 'atomic',
                    additionalProperties: { type: 'string' },
                  },
                  shared: { type: 'object', additionalProperties: { type: 'string' } },
                  open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                },
              },
              status: { type: 'object', properties: { replicas: { type: 'integer' } } },
            },
          },
        },
      },
    ],
  },
};

/** Draws what several writers do to an object: ConfigMaps, Services, Deployments and Widgets, of few names, so that writers meet. */
export class RandomWriters {
  readonly #random: Random;
  readonly #namespace: string;

  constructor(random: Random, namespace: string) {
    this.#random = random;
    this.#namespace = namespace;
  }

  /** The writes of one object, from its making on. */
  run(name: string, steps: number): Write[] {
    const kind = this.#pick(['ConfigMap', 'Service', 'Deployment', 'Widget']);
    return Array.from({ length: steps }, (_, step) => this.#write(kind, name, step === 0));
  }

  #write(kind: string, name: string, isFirst: boolean): Write {
    const group = { Deployment: 'apps', Widget: 'example.org' }[kind];
    const apiVersion = group ? `${group}/v1` : 'v1';
    const root = group ? `/apis/${group}/v1` : '/api/v1';
    const collection = `${root}/namespaces/${this.#namespace}/${kind.toLowerCase()}s`;
    const object = `${collection}/${name}`;
    const query = `?fieldManager=${this.#pick(managers)}`;
    const dryRun = !isFirst && this.#chance(0.05) ? '&dryRun=All' : '';
    const force = this.#chance(0.6) ? '&force=true' : '';
    const make = (isWhole: boolean): Json =>
      withoutUndefined({ apiVersion, kind, metadata: this.#metadata(name), ...this.#content(kind, isWhole) });
    const send = (method: string, path: string, type: keyof typeof types, body: Json): Write => ({
      method,
      path,
      type: types[type],
      body,
      object,
    });
    const verbs = [
      'apply',
      'apply',
      'apply',
      'update',
      'merge',
      ...(kind === 'Service' || kind === 'Widget' ? [] : ['strategic']),
    ];
    if (kind === 'Deployment') verbs.push('scale', 'scale by apply', 'status');
    if (kind === 'Widget') verbs.push('status');
    switch (isFirst ? this.#pick(['create', 'apply']) : this.#pick(verbs)) {
      case 'create':
        return send('POST', collection + query, 'json', make(true));
      case 'apply':
        return send('PATCH', object + query + force + dryRun, 'apply', make(isFirst || this.#chance(0.5)));
      case 'update':
        return send('PUT', object + query + dryRun, 'json', make(true));
      case 'merge':
        return send('PATCH', object + query + dryRun, 'merge', this.#mergePatch(kind, name));
      case 'strategic':
        return send('PATCH', object + query + dryRun, 'strategic', withoutOwners(make(false)));
      case 'scale':
        return send('PATCH', `${object}/scale${query}`, 'merge', {
          spec: { replicas: this.#pick([4, 5, 6]) },
        });
      case 'scale by apply': {
        const spec = { replicas: this.#pick([4, 5, 6]) };
        const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name }, spec };
        return send('PATCH', `${object}/scale${query}&force=true`, 'apply', scale);
      }
      default: {
        const conditions = this.#some(['Available', 'Progressing']).map((type) => ({
          type,
          status: this.#pick(['True', 'False']),
        }));
        const status = { replicas: this.#pick([1, 2]), ...(kind === 'Deployment' && { conditions }) };
        const type = this.#pick(['merge', 'apply'] as const);
        return send('PATCH', `${object}/status${query}`, type, {
          apiVersion,
          kind,
          metadata: { name },
          status,
        });
      }
    }
  }

  #mergePatch(kind: string, name: string): Json {
    const managedFields = this.#maybe(() => this.#pick<unknown>([[], [{}]]), 0.1);
    const spec = {
      ...(kind === 'Deployment' && { replicas: this.#pick([1, 2, 3]) }),
      ...(kind === 'Service' && { sessionAffinity: this.#pick(['None', 'ClientIP']) }),
      ...(kind === 'Widget' && { size: this.#pick([1, 2, 3]), tags: this.#some(['x', 'y']) }),
    };
    const { ownerReferences: _owners, ...metadata } = this.#metadata(name);
    return withoutUndefined({
      metadata: { ...metadata, managedFields },
      ...(kind === 'ConfigMap' ? { data: this.#map() } : { spec }),
    });
  }

  #metadata(name: string): Json {
    return {
      name,
      labels: this.#maybe(() => this.#map()),
      annotations: this.#maybe(() => this.#map(), 0.3),
      finalizers: this.#maybe(() => this.#some(['x.org/a', 'x.org/b']), 0.25),
      ownerReferences: this.#maybe(
        () =>
          this.#some(['u1', 'u2']).map((uid) => ({ apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid })),
        0.15,
      ),
    };
  }

  #content(kind: string, isWhole: boolean): Json {
    if (kind === 'ConfigMap') return { data: this.#maybe(() => this.#map(), 0.8) };
    if (kind === 'Widget') return { spec: this.#maybe(() => this.#widget(), 0.9) };
    return { spec: kind === 'Service' ? this.#service(isWhole) : this.#deployment(isWhole) };
  }

  #service(isWhole: boolean): Json {
    const ports = isWhole ? [80, ...this.#some([81])] : this.#some([80, 81, 82]);
    return {
      selector: this.#maybe(() => this.#map()),
      sessionAffinity: this.#maybe(() => this.#pick(['None', 'ClientIP']), 0.3),
      ports: ports.map((port) => ({
        port,
        name: `p${port}`,
        protocol: this.#maybe(() => 'TCP'),
        targetPort: this.#maybe(() => this.#pick([1, 2])),
      })),
    };
  }

  #widget(): Json {
    const parts = this.#some([1, 2, 10]).flatMap((id) =>
      this.#some(['left', 'right']).map((side) => ({
        id,
        side: side === 'left' ? this.#maybe(() => side) : side,
        colour: this.#maybe(() => this.#pick(['red', 'blue'])),
      })),
    );
    return {
      size: this.#maybe(() => this.#pick([1, 2]), 0.3),
      parts: this.#maybe(() => parts),
      tags: this.#maybe(() => this.#some(['x', 'y', 'z'])),
      steps: this.#maybe(() => this.#some(['1', '2']), 0.3),
      whole: this.#maybe(() => this.#map(), 0.3),
      shared: this.#maybe(() => this.#map(), 0.3),
      open: this.#maybe(() => ({ deep: this.#map(), list: this.#some([1, 2]) }), 0.3),
    };
  }

  #deployment(isWhole: boolean): Json {
    const strategies: Json[] = [
      { type: 'Recreate' },
      { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } },
    ];
    return {
      replicas: this.#maybe(() => this.#pick([1, 2, 3])),
      paused: this.#maybe(() => this.#chance(0.5), 0.2),
      strategy: this.#maybe(() => this.#pick(strategies), 0.2),
      selector: isWhole ? { matchLabels: { app: 'w' } } : undefined,
      template: isWhole || this.#chance(0.5) ? this.#template(isWhole) : undefined,
    };
  }

  #template(isWhole: boolean): Json {
    const names = isWhole ? ['c1', ...this.#some(['c2', 'c3'])] : this.#some(['c1', 'c2']);
    return {
      metadata: { labels: isWhole ? { app: 'w', ...this.#map() } : this.#maybe(() => this.#map()) },
      spec: {
        containers: names.map((name) => this.#container(name, isWhole)),
        nodeSelector: this.#maybe(() => this.#map(), 0.2),
        volumes: this.#maybe(() => this.#some(['v1', 'v2']).map((name) => ({ name, emptyDir: {} })), 0.3),
        tolerations: this.#maybe(() => [{ key: this.#pick(['k', 'l']), operator: 'Exists' }], 0.2),
      },
    };
  }

  #container(name: string, isWhole: boolean): Json {
    const ports = this.#some([9, 80, 81]).flatMap((containerPort) =>
      this.#some(['TCP', 'UDP']).map((protocol) => ({ containerPort, protocol })),
    );
    return {
      name,
      image: isWhole || this.#chance(0.7) ? this.#pick(['i:1', 'i:2']) : undefined,
      command: this.#maybe(() => this.#some(['x', 'y']), 0.3),
      env: this.#maybe(() =>
        this.#some(['A', 'B', 'C']).map((each) => ({
          name: each,
          value: this.#maybe(() => this.#pick(['1', '2'])),
        })),
      ),
      ports: this.#maybe(() => ports, 0.4),
      resources: this.#maybe(
        () => ({ limits: this.#maybe(() => ({ cpu: this.#pick(['100m', '1', '0.5']) })) }),
        0.4,
      ),
      securityContext: this.#maybe(() => ({ runAsNonRoot: this.#maybe(() => true) }), 0.2),
    };
  }

  #map(): Json {
    return Object.fromEntries(this.#some(['k', 'l', 'm']).map((key) => [key, this.#pick(['1', '2'])]));
  }

  #chance(share: number): boolean {
    return this.#random.next() < share;
  }

  #pick<T>(items: readonly T[]): T {
    return items[randomInteger(this.#random, items.length)]!;
  }

  #some<T>(items: readonly T[]): T[] {
    return items.filter(() => this.#chance(0.5));
  }

  #maybe<T>(make: () => T, share = 0.5): T | undefined {
    return this.#chance(share) ? make() : undefined;
  }
}

const withoutUndefined = (value: Json): Json => JSON.parse(JSON.stringify(value)) as Json;

function withoutOwners({ metadata, ...rest }: Json): Json {
  const { ownerReferences: _owners, ...kept } = metadata as Json;
  return { ...rest, metadata: kept };
}
