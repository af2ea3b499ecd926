import { isApiError, isBadRequest, isInvalid } from '../api/errors.ts';
import { resourceOf } from '../api/kinds.ts';
import type { ManifestError } from '../api/manifests.ts';
import type { Service } from '../api/types.ts';
import type { Client } from '../client/client.ts';
import { applyObject } from './apply-object.ts';
import { toldOf } from './describe-error.ts';
import { CliError } from './errors.ts';
import type { Written } from './manifests.ts';
import { objectName } from './print/object-name.ts';

/** One object of the input as it will be sent, and what is to be said of the images in it. */
export type Planned = Written & { pinned: string[] };

/**
 * What no dry run can see, because it judges each object alone: one object written twice (the second would change the first, or
 * fail on a field that may not change), and two Services that ask for one address.
 */
export function mistakesBetween(plan: readonly Planned[]): ManifestError[] {
  const mistakes: ManifestError[] = [];
  const objects = new Map<string, Planned>();
  const addresses = new Map<string, Planned>();
  for (const each of plan) {
    const { kind, object } = each;
    const { namespace = '', name } = object.metadata;
    const key = `${resourceOf(kind)}/${namespace}/${name}`;
    const same = objects.get(key);
    if (same) {
      const reason = `${objectName(kind, name)} is in the input twice: ${placeOf(same)} has it too`;
      mistakes.push(each.mistake('metadata.name', reason));
      continue;
    }
    objects.set(key, each);
    const address = kind.kind === 'Service' ? addressOf(object as Service) : undefined;
    if (!address) continue;
    const holder = addresses.get(address);
    if (holder) {
      const reason = `${address} is asked for twice: ${placeOf(holder)}, ${objectName(kind, holder.object.metadata.name)}, wants it too`;
      mistakes.push(each.mistake('spec.clusterIP', reason));
    } else addresses.set(address, each);
  }
  return mistakes;
}

/** What the server refuses of the whole input (immutable fields, addresses, kinds of a namespace …), before anything is written. */
export async function mistakesOf(client: Client, plan: readonly Planned[]): Promise<ManifestError[]> {
  const mistakes: ManifestError[] = [];
  for (const each of plan)
    try {
      await attempt(client, each, plan, true);
    } catch (error) {
      if (!isApiError(error) || error.status.code >= 500 || error.status.code === 401) throw error;
      const causes = isInvalid(error) || isBadRequest(error) ? error.status.details?.causes : undefined;
      if (!causes?.length) mistakes.push(each.mistake(undefined, error.message));
      for (const { field, message } of causes ?? [])
        mistakes.push(each.mistake(field, message ?? error.message));
    }
  return mistakes;
}

/**
 * Writes the plan in its order, and says each outcome.
 *
 * @throws CliError where an object could not be written after all: its place in the input, what was written before it, and how
 *   many were not tried
 */
export async function applyPlan(
  client: Client,
  plan: readonly Planned[],
  { dryRun, say }: { dryRun: boolean; say: (line: string) => void },
): Promise<void> {
  const done: string[] = [];
  for (const each of plan) {
    const name = objectName(each.kind, each.object.metadata.name);
    let outcome: string;
    try {
      outcome = await attempt(client, each, plan, dryRun);
    } catch (error) {
      throw stoppedAt(each, error as Error, done, plan.length - done.length - 1);
    }
    done.push(`${name} ${outcome}${dryRun ? ' (dry run)' : ''}`);
    say(done.at(-1)!);
    for (const line of each.pinned) say(`  ${line}`);
  }
}

/** The same error, told with its place and with what had been done: the input is half applied, and its writer must know how far. */
function stoppedAt(each: Planned, error: Error, done: readonly string[], untried: number): CliError {
  const { code, text, next, exit } = toldOf(error);
  const lines = [
    `${placeOf(each)}: ${objectName(each.kind, each.object.metadata.name)} was not applied: ${text}`,
    done.length > 0 ? `Before it: ${done.join(', ')}.` : 'Nothing was applied before it.',
  ];
  if (untried > 0)
    lines.push(`Behind it ${untried} of the input ${untried === 1 ? 'was' : 'were'} not tried.`);
  return new CliError(code, lines.join('\n'), { ...(next && { next }), exit, cause: error });
}

async function attempt(client: Client, each: Planned, plan: readonly Planned[], dryRun: boolean) {
  const { object, kind } = each;
  const isNamespaceToCome =
    dryRun &&
    kind.namespaced &&
    plan.some(
      (other) => other.kind.kind === 'Namespace' && other.object.metadata.name === object.metadata.namespace,
    );
  return applyObject(client, object, kind, { dryRun, isNamespaceToCome });
}

function placeOf(each: Planned): string {
  const { file, line } = each.mistake(undefined, '');
  return `${file}:${line}`;
}

/** The address that a Service asks for, in one spelling. */
function addressOf({ spec }: Service): string | undefined {
  const wanted = spec?.clusterIP || spec?.clusterIPs?.[0];
  if (!wanted || wanted === 'None' || spec?.type === 'ExternalName') return undefined;
  return /^[\d.]+$/.test(wanted) ? wanted.split('.').map(Number).join('.') : wanted;
}
