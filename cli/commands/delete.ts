import { Args, Flags } from '@oclif/core';
import { isNotFound } from '../../api/errors.ts';
import type { Kind } from '../../api/kinds.ts';
import type { Client, KubeObject } from '../../client/client.ts';
import { systemClock } from '../../process/clock.ts';
import { KithCommand } from '../command.ts';
import { connect } from '../connection.ts';
import { CliError, exitCodes } from '../errors.ts';
import { filesFlag, namespaceFlag, selectorFlag } from '../flags.ts';
import { Home } from '../home.ts';
import { loadManifests } from '../manifests.ts';
import { objectName, typeName } from '../print/object-name.ts';
import { namedResources } from '../resources.ts';

/** Longer than any pod's default grace: what still stands then is stuck. */
const waitMsMax = 60_000;
const askMs = 100;

interface Target {
  kind: Kind;
  namespace?: string;
  name: string;
}

export default class Delete extends KithCommand {
  static override description = 'Delete objects: those of manifests, or by type and name.';
  static override examples = [
    '<%= config.bin %> delete -f manifests/hello.yaml',
    '<%= config.bin %> delete pod hello-7d9f-x2k4p',
    '<%= config.bin %> delete pods -l app=hello',
  ];
  static override strict = false;
  static override args = { type: Args.string({ description: 'TYPE NAME … or TYPE/NAME …' }) };
  static override flags = {
    filename: filesFlag,
    namespace: namespaceFlag,
    selector: selectorFlag,
    all: Flags.boolean({ description: 'all objects of that type in the namespace' }),
    'ignore-not-found': Flags.boolean({
      description: 'already gone is success, as it always is with -f',
    }),
    'grace-period': Flags.integer({ description: 'seconds for pods to end', min: 0 }),
    wait: Flags.boolean({ description: 'until they are gone', default: true, allowNo: true }),
  };

  async run(): Promise<void> {
    const { argv, flags, metadata } = await this.parse(Delete);
    const words = argv as string[];
    if (flags.filename?.length && words.length > 0)
      throw badArgument('-f and names cannot be given together', 'one of them');
    const given = !metadata.flags['namespace']?.setFromDefault;
    // What was applied last goes first: a namespace after what is in it.
    const ofFiles = flags.filename?.length
      ? loadManifests(flags.filename, { name: flags.namespace, given }, 'deleted').toReversed()
      : undefined;
    const { client, transport } = connect(new Home());
    try {
      const targets =
        ofFiles?.map(({ kind, object }) => targetOf(kind, object)) ?? (await named(client, words, flags));
      if (targets.length === 0) process.stderr.write('No resources found.\n');
      const isGoneFine = flags['ignore-not-found'] || ofFiles !== undefined;
      const failures: Error[] = [];
      const going: { target: Target; uid: string | undefined }[] = [];
      for (const target of targets)
        try {
          going.push({ target, uid: await this.#delete(client, target, flags['grace-period']) });
          this.log(`${typeName(target.kind)} "${target.name}" deleted`);
        } catch (error) {
          if (!isNotFound(error)) failures.push(error as Error);
          else if (isGoneFine) this.log(`${typeName(target.kind)} "${target.name}" was not there`);
          else failures.push(error);
        }
      if (flags.wait) await waitUntilGone(client, going);
      // One that is missing does not keep the others; the last word says that something was.
      for (const failure of failures.slice(1)) process.stderr.write(`Error: ${failure.message}\n`);
      if (failures[0]) throw failures[0];
    } finally {
      transport.close();
    }
  }

  /** @returns the uid of what goes */
  async #delete(client: Client, target: Target, grace: number | undefined): Promise<string | undefined> {
    const { metadata } = await client.get(refOf(target));
    await client.delete(refOf(target), {
      propagationPolicy: 'Background',
      ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    });
    return metadata?.uid;
  }
}

async function named(
  client: Client,
  words: string[],
  { namespace, selector, all }: { namespace: string; selector?: string | undefined; all: boolean },
): Promise<Target[]> {
  if (words.length === 0)
    throw new CliError('KITH_NO_INPUT', 'delete needs -f, or TYPE NAME', {
      next: 'kith delete -f FILE',
      exit: exitCodes.wrongInput,
    });
  const targets: Target[] = [];
  for (const { kind, names } of namedResources(words)) {
    if (names.length > 0 && (selector || all))
      throw badArgument('names, -l and --all exclude each other', 'one of them');
    if (names.length === 0 && !selector && !all)
      throw badArgument('which ones? Neither names, -l nor --all are given', 'kith delete TYPE NAME');
    const scope = kind.namespaced ? { namespace } : {};
    if (names.length > 0) targets.push(...names.map((name) => ({ kind, name, ...scope })));
    else {
      const { items } = await client.list(kind.kind, {
        ...scope,
        ...(selector && { labelSelector: selector }),
      });
      targets.push(...items.map((object) => targetOf(kind, object)));
    }
  }
  return targets;
}

function targetOf(kind: Kind, { metadata }: KubeObject): Target {
  return { kind, name: metadata!.name!, ...(metadata?.namespace && { namespace: metadata.namespace }) };
}

const refOf = ({ kind, ...rest }: Target) => ({ kind: kind.kind, ...rest });

const badArgument = (message: string, next: string) =>
  new CliError('KITH_BAD_ARGUMENT', message, { next, exit: exitCodes.wrongInput });

async function waitUntilGone(
  client: Client,
  going: { target: Target; uid: string | undefined }[],
): Promise<void> {
  const deadline = systemClock.now() + waitMsMax;
  for (const { target, uid } of going)
    while (await isThere(client, target, uid)) {
      if (systemClock.now() > deadline)
        throw new CliError(
          'KITH_STILL_THERE',
          `${objectName(target.kind, target.name)} is still ending after ${waitMsMax / 1000} s`,
          { next: `kith describe ${objectName(target.kind, target.name)}` },
        );
      await systemClock.sleep(askMs);
    }
}

/** Whether it is still there: another one of that name, made since, is not it. */
async function isThere(client: Client, target: Target, uid: string | undefined): Promise<boolean> {
  try {
    const { metadata } = await client.get(refOf(target));
    return metadata?.uid === uid;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
