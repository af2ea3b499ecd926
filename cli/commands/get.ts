import { existsSync } from 'node:fs';
import { Args, Flags } from '@oclif/core';
import type { Kind } from '../../api/kinds.ts';
import { systemClock } from '../../process/clock.ts';
import type { KubeObject, ListOptions } from '../../client/client.ts';
import { KithCommand } from '../command.ts';
import { connect, type Connection } from '../connection.ts';
import { customKinds } from '../custom-kinds.ts';
import { CliError, exitCodes } from '../errors.ts';
import { fetchTable } from '../fetch-table.ts';
import { allNamespacesFlag, namespaceFlag, selectorFlag } from '../flags.ts';
import { Home } from '../home.ts';
import { byLastSeen } from '../last-seen.ts';
import { typeName } from '../print/object-name.ts';
import { objectPrinter, type ObjectFormat } from '../print/objects.ts';
import { TablePrinter } from '../print/table.ts';
import { namedResources, type Named } from '../resources.ts';
import { watchTable } from '../watch-table.ts';

type GetFlags = {
  output?: string | undefined;
  watch: boolean;
  'no-headers': boolean;
};

export default class Get extends KithCommand {
  static override description = 'Show objects of the cluster.';
  static override examples = [
    '<%= config.bin %> get pods -o wide',
    '<%= config.bin %> get deploy,svc -A',
    '<%= config.bin %> get pod/hello-7d9f-x2k4p -o yaml',
    '<%= config.bin %> get all -l app=hello',
    '<%= config.bin %> get pods -w',
  ];
  static override strict = false;
  static override args = {
    type: Args.string({ required: true, description: 'TYPE[,TYPE] [NAME …], TYPE/NAME …, or all' }),
  };
  static override flags = {
    namespace: namespaceFlag,
    'all-namespaces': allNamespacesFlag,
    selector: selectorFlag,
    'field-selector': Flags.string({ description: 'spec.nodeName=attic' }),
    output: Flags.string({
      char: 'o',
      options: ['wide', 'json', 'yaml', 'name'],
      description: 'more columns, whole objects, or names only',
    }),
    watch: Flags.boolean({ char: 'w', description: 'go on with what changes' }),
    'no-headers': Flags.boolean({ description: 'the rows only' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Get);
    this.endWithReader();
    const { wanted, custom } = await wantedOf(argv as string[]);
    const options: ListOptions = {
      ...(flags['all-namespaces'] ? {} : { namespace: flags.namespace }),
      ...(flags.selector ? { labelSelector: flags.selector } : {}),
      ...(flags['field-selector'] ? { fieldSelector: flags['field-selector'] } : {}),
    };
    refuseContradictions(wanted, options, flags);
    const connection = connect(new Home());
    connection.customKinds.push(...custom);
    try {
      if (flags.output && flags.output !== 'wide')
        await this.#objects(connection, wanted, options, flags.output as ObjectFormat, flags.watch);
      else await this.#tables(connection, wanted, options, flags);
    } finally {
      connection.transport.close();
    }
  }

  async #objects(
    { client }: Connection,
    wanted: Named[],
    options: ListOptions,
    format: ObjectFormat,
    watch: boolean,
  ): Promise<void> {
    const print = await objectPrinter(format);
    const found: KubeObject[] = [];
    let resourceVersion = '';
    for (const { kind, names } of wanted) {
      const scope = scopeOf({ kind, names }, options);
      if (names.length > 0 && !watch)
        found.push(
          ...(await Promise.all(
            names.map((name) =>
              client.get({ kind: wordOf(kind), name, namespace: scope.namespace ?? 'default' }),
            ),
          )),
        );
      else {
        const { items, metadata } = await client.list(wordOf(kind), scope);
        found.push(...(kind.kind === 'Event' ? byLastSeen(items, (item) => item) : items));
        resourceVersion = metadata.resourceVersion;
      }
    }
    if (!watch) {
      const isSingle = wanted.length === 1 && wanted[0]!.names.length === 1;
      return this.write(isSingle ? print.one(found[0]!) : print.all(found));
    }
    const [{ kind, names }] = wanted as [Named];
    for (const object of found) await this.write(print.next(object));
    const { signal } = new AbortController();
    const events = client.watch(wordOf(kind), {
      ...scopeOf({ kind, names }, options),
      resourceVersion,
      signal,
    });
    for await (const { type, object } of events)
      if (type !== 'BOOKMARK' && type !== 'ERROR') await this.write(print.next(object));
  }

  async #tables(
    { transport }: Connection,
    wanted: Named[],
    options: ListOptions,
    flags: GetFlags,
  ): Promise<void> {
    let printed = 0;
    for (const { kind, names } of wanted) {
      const scope = scopeOf({ kind, names }, options);
      const printer = new TablePrinter({
        wide: flags.output === 'wide',
        namespaced: kind.namespaced && !options.namespace,
        header: !flags['no-headers'],
        ...(wanted.length > 1 ? { prefix: typeName(kind) } : {}),
      });
      const table = await fetchTable(transport, kind, flags.watch ? [] : names, scope);
      const lines = printer.lines(table);
      if (lines.length > 0) {
        if (printed > 0) await this.write('\n');
        await this.write(`${lines.join('\n')}\n`);
        printed += lines.length;
      }
      if (flags.watch)
        await watchTable(
          { transport, clock: systemClock },
          kind,
          scope,
          table.metadata?.resourceVersion ?? '',
          (change) =>
            this.write(
              printer
                .lines(change)
                .map((line) => `${line}\n`)
                .join(''),
            ),
        );
    }
    if (printed > 0) return;
    const isNamespaced = wanted.some(({ kind }) => kind.namespaced) && options.namespace;
    process.stderr.write(`No resources found${isNamespaced ? ` in ${options.namespace} namespace` : ''}.\n`);
  }
}

/** What a line names; a word that kith does not know itself is asked of the cluster, which may have a definition of it. */
async function wantedOf(words: string[]): Promise<{ wanted: Named[]; custom: Kind[] }> {
  try {
    return { wanted: namedResources(words), custom: [] };
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== 'KITH_UNKNOWN_KIND') throw error;
    const home = new Home();
    // Without a cluster, the word is what is wrong.
    if (!existsSync(home.kubeconfig)) throw error;
    const { transport } = connect(home);
    try {
      const custom = await customKinds(transport);
      return { wanted: namedResources(words, custom), custom };
    } finally {
      transport.close();
    }
  }
}

/** How the client finds a kind: a built-in one by its name, a custom one by its plural and group. */
const wordOf = ({ type, kind, plural, group }: Kind) => (type ? kind : `${plural}.${group}`);

/** Where to look for these; a single name that is watched is a list of one. */
function scopeOf({ kind, names }: Named, { namespace, ...options }: ListOptions): ListOptions {
  return {
    ...options,
    ...(kind.namespaced && namespace ? { namespace } : {}),
    ...(names.length === 1 ? { fieldSelector: `metadata.name=${names[0]}` } : {}),
  };
}

function refuseContradictions(wanted: Named[], options: ListOptions, { watch }: GetFlags): void {
  const names = wanted.flatMap((each) => each.names);
  const refuse = (message: string, next: string) => {
    throw new CliError('KITH_BAD_ARGUMENT', message, { next, exit: exitCodes.wrongInput });
  };
  if (names.length > 0 && (options.labelSelector || options.fieldSelector))
    refuse('names and a selector exclude each other', 'one of them');
  if (names.length > 0 && !options.namespace && wanted.some(({ kind }) => kind.namespaced))
    refuse('a name alone is not looked for in all namespaces', 'kith get TYPE NAME -n NAMESPACE');
  if (watch && (wanted.length > 1 || names.length > 1))
    refuse('only one type, with one name or none, can be watched at once', 'kith get pods -w, or kith top');
}
