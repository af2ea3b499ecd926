import { conditionOf, type AnyCondition } from '../api/conditions.ts';
import { isAlreadyExists, isNotFound } from '../api/errors.ts';
import type { Client, KubeObject, Subresource } from '../client/client.ts';
import type { EventRecorder } from './events.ts';
import type { Action, Said } from './reconciler.ts';
import type { CachedWorld } from './world.ts';

export interface Hands {
  client: Client;
  world: CachedWorld;
  events: EventRecorder;
  /** Who acts, as Events name it. */
  component: string;
}

/**
 * Carries out what a reconciler has decided, in order; a run of creates or deletes goes out together. Throws the first failure, after
 * which nothing further is begun: the next look at the key decides afresh.
 *
 * Creates start slowly (1, 2, 4 …), as in Kubernetes: if the API refuses one, it would refuse the hundred behind it as well.
 */
export async function act(actions: readonly Action[], hands: Hands): Promise<void> {
  for (let index = 0, batch = 1; index < actions.length;) {
    const together = actions.slice(index, index + runLength(actions, index, batch));
    const results = await Promise.allSettled(together.map((action) => actOnce(action, hands)));
    const failed = results.findIndex(({ status }) => status === 'rejected');
    if (failed >= 0) {
      const { reason } = results[failed] as PromiseRejectedResult;
      await tellFailure(together[failed]!, reason as Error, hands);
      throw reason;
    }
    index += together.length;
    batch = actions[index]?.do === together[0]!.do ? batch * 2 : 1;
  }
}

/** How many actions from `index` on are of one kind that may go out together: deletes all, creates `batch`, others one. */
function runLength(actions: readonly Action[], index: number, batch: number): number {
  const what = actions[index]!.do;
  if (what !== 'create' && what !== 'delete') return 1;
  const end = actions.findIndex((action, at) => at > index && action.do !== what);
  const length = (end < 0 ? actions.length : end) - index;
  return what === 'create' ? Math.min(batch, length) : length;
}

async function actOnce(action: Action, hands: Hands): Promise<void> {
  const { client, world } = hands;
  switch (action.do) {
    case 'create':
      return create(action.object, action.onDone, hands);
    case 'update':
      return world.learn(kinded(await client.update(action.object, options(action)), action.object));
    case 'patch':
      return world.learn(
        kinded(await client.patch(action.ref, action.type, action.patch, options(action)), action.ref),
      );
    case 'delete':
      return remove(action.object, action.options, action.onDone, hands);
    case 'collect':
      return collect(action, hands);
    case 'purge':
      return purge(action, client);
    case 'event':
      return hands.events.record(action.about, action.said, hands.component, action.once);
    case 'again':
      return undefined;
  }
}

async function create(object: KubeObject, onDone: Said | undefined, hands: Hands): Promise<void> {
  try {
    const created = kinded(await hands.client.create(object), object);
    hands.world.learn(created);
    say(onDone, created, hands);
  } catch (error) {
    // A fixed name that exists already: the world will show it in a moment, and then it is decided whether it is ours.
    if (onDone?.about && !isAlreadyExists(error)) {
      const message = `Error creating: ${(error as Error).message}`;
      hands.events.record(
        onDone.about,
        { type: 'Warning', reason: 'FailedCreate', message },
        hands.component,
      );
    }
    throw error;
  }
}

async function tellFailure(action: Action, { message }: Error, { client, world }: Hands): Promise<void> {
  if (action.do !== 'create' || !action.onFailed) return;
  const { about, condition } = action.onFailed;
  const { conditions } = ((about as { status?: object }).status ?? {}) as { conditions?: AnyCondition[] };
  if (conditionOf(conditions, condition.type)) return;
  const status = { conditions: [...(conditions ?? []), { ...condition, message }] };
  const patched = await found(client.patch(refOf(about), 'merge', { status }, { subresource: 'status' }));
  if (patched) world.learn(kinded(patched, about));
}

async function remove(
  object: KubeObject,
  deleteOptions: Extract<Action, { do: 'delete' }>['options'],
  onDone: Said | undefined,
  { client, world, events, component }: Hands,
): Promise<void> {
  const { uid } = object.metadata ?? {};
  try {
    await client.delete(refOf(object), {
      ...deleteOptions,
      preconditions: { uid, ...deleteOptions?.preconditions },
    });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return;
  }
  world.learnDeleted(object);
  say(onDone, object, { client, world, events, component });
}

async function collect(action: Extract<Action, { do: 'collect' }>, hands: Hands): Promise<void> {
  for (const { ref, uid } of action.owners) {
    const owner = await found(hands.client.get(ref));
    if (owner && (uid === undefined || owner.metadata?.uid === uid)) return;
  }
  await remove(action.object, action.options, undefined, hands);
}

async function purge(
  { kind, namespace, expectEmpty }: Extract<Action, { do: 'purge' }>,
  client: Client,
): Promise<void> {
  const { items } = await client.list(kind, { namespace });
  for (const item of items) {
    await found(client.delete({ kind, namespace, name: item.metadata?.name ?? '' }));
  }
  if (expectEmpty && items.length > 0) {
    throw new Error(
      `namespace ${namespace} still held ${items.length} of kind ${kind}; they are being deleted`,
    );
  }
}

/** The answer, or undefined where there is no such object. */
async function found<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function say(said: Said | undefined, object: KubeObject, { events, component }: Hands): void {
  if (!said) return;
  const message = said.message.replace('{name}', object.metadata?.name ?? '');
  events.record(said.about ?? object, { ...said, message }, component);
}

function options(action: { subresource?: Subresource }) {
  return action.subresource ? { subresource: action.subresource } : {};
}

function refOf(object: KubeObject) {
  const { namespace, name = '' } = object.metadata ?? {};
  return { kind: object.kind ?? '', namespace, name };
}

function kinded(object: KubeObject, like: { kind?: string }): KubeObject {
  return object.kind ? object : { ...object, kind: like.kind };
}
