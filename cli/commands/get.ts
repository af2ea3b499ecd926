import { Args, Flags } from '@oclif/core';
import { stringify } from 'yaml';
import type { KubeObject, ListOptions } from '../../client/client.ts';
import { textOf } from '../../client/body.ts';
import { collectionPath, listQuery, withQuery } from '../../client/paths.ts';
import type { Kind } from '../../api/kinds.ts';
import { statusError } from '../status-error.ts';
import { KithCommand } from '../command.ts';
import { connect, type Connection } from '../connection.ts';
import { allNamespacesFlag, namespaceFlag, selectorFlag } from '../flags.ts';
import { Home } from '../home.ts';
import { tableText, type ServerTable } from '../print/table.ts';
import { namedResources, type Named } from '../resources.ts';
import { watchTable } from '../watch-table.ts';

const tableType = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

export default class Get extends KithCommand {
  static override description = 'Show objects of the cluster.';
  static override examples = [
    '<%= config.bin %> get pods -o wide',
    '<%= config.bin %> get deploy,svc -A',
    '<%= config.bin %> get pod/hello-7d9f-x2k4p -o yaml',
    '<%= config.bin %> get pods -w',
  ];
  static override strict = false;
  static override args = {
    type: Args.string({ required: true, description: 'TYPE[,TYPE] [NAME …] or TYPE/NAME …' }),
  };
  static override flags = {
    namespace: namespaceFlag,
    'all-namespaces': allNamespacesFlag,
    selector: selectorFlag,
    'field-selector': Flags.string({ description: 'spec.nodeName=attic' }),
    output: Flags.string({ char: 'o', options: ['wide', 'json', 'yaml', 'name'] }),
    watch: Flags.boolean({ char: 'w', description: 'go on with what changes' }),
    'no-headers': Flags.boolean(),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Get);
    const connection = connect(new Home());
    const wanted = namedResources(argv as string[]);
    const options: ListOptions = {
      ...(flags['all-namespaces'] ? {} : { namespace: flags.namespace }),
      ...(flags.selector ? { labelSelector: flags.selector } : {}),
      ...(flags['field-selector'] ? { fieldSelector: flags['field-selector'] } : {}),
    };
    try {
      if (flags.output && flags.output !== 'wide')
        await this.#objects(connection, wanted, options, flags.output);
      else await this.#tables(connection, wanted, options, flags);
    } finally {
      connection.transport.close();
    }
  }

  async #objects(
    { client }: Connection,
    wanted: Named[],
    options: ListOptions,
    output: string,
  ): Promise<void> {
    const found: KubeObject[] = [];
    for (const { kind, names } of wanted) {
      const namespace = kind.namespaced ? options.namespace : undefined;
      for (const name of names)
        found.push(await client.get({ kind: kind.kind, namespace: namespace ?? 'default', name }));
      if (names.length > 0) continue;
      const { items } = await client.list(
        kind.kind,
        kind.namespaced ? options : { ...options, namespace: undefined },
      );
      found.push(...items.map((item) => ({ apiVersion: kind.apiVersion, kind: kind.kind, ...item })));
    }
    if (output === 'name') {
      for (const object of found) this.log(`${object.kind?.toLowerCase()}/${object.metadata?.name}`);
      return;
    }
    const single = wanted.length === 1 && wanted[0]!.names.length === 1;
    const whole = single ? found[0] : { apiVersion: 'v1', kind: 'List', items: found };
    process.stdout.write(output === 'json' ? `${JSON.stringify(whole, null, 2)}\n` : stringify(whole));
  }

  async #tables(
    connection: Connection,
    wanted: Named[],
    options: ListOptions,
    flags: { output?: string | undefined; watch: boolean; 'no-headers': boolean },
  ): Promise<void> {
    let printed = 0;
    for (const { kind, names } of wanted) {
      const scoped = kind.namespaced ? options : { ...options, namespace: undefined };
      const queries =
        names.length > 0
          ? names.map((name) => ({ ...scoped, fieldSelector: `metadata.name=${name}` }))
          : [scoped];
      for (const [index, query] of queries.entries()) {
        const table = await fetchTable(connection, kind, query);
        const rows = table.rows?.length ?? 0;
        if (names.length > 0 && rows === 0)
          await connection.client.get({
            kind: kind.kind,
            namespace: scoped.namespace ?? 'default',
            name: names[index]!,
          });
        if (rows === 0 && !flags.watch) continue;
        const print = {
          wide: flags.output === 'wide',
          namespaced: kind.namespaced && !options.namespace,
          header: !flags['no-headers'] && index === 0,
          ...(wanted.length > 1 ? { prefix: `${kind.singular}${kind.group ? `.${kind.group}` : ''}` } : {}),
        };
        if (flags.watch) return watchTable(connection, kind, query, table, print, (line) => this.log(line));
        if (printed > 0 && wanted.length > 1) this.log('');
        for (const line of tableText(table, print)) this.log(line);
        printed += rows;
      }
    }
    if (printed === 0)
      process.stderr.write(
        `No resources found${options.namespace ? ` in ${options.namespace} namespace` : ''}.\n`,
      );
  }
}

async function fetchTable(
  { transport }: Connection,
  kind: Kind,
  options: ListOptions,
): Promise<ServerTable & { metadata?: { resourceVersion?: string } }> {
  const path = withQuery(collectionPath(kind, options.namespace), listQuery(options));
  const response = await transport.request({ method: 'GET', path, headers: { accept: tableType } });
  const text = await textOf(response.body);
  if (response.status >= 300) throw statusError(text, response.status);
  return JSON.parse(text) as ServerTable;
}
