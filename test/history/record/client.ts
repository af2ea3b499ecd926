import type { ConfigMap, Status } from '../../../api/types.ts';
import { randomInteger, type Random } from '../../../process/random.ts';
import type { Answer, Call, Operation, Page } from '../checker/history.ts';
import { NoAnswer, type Answered, type Connection, type Place } from './api.ts';
import { collection, configMap, itemOf, shownOf } from './objects.ts';
import { Workload } from './workload.ts';

/** While there is no server, a client knocks this often. */
const knockEveryMs = 20;

/** One client on a connection of its own: asks, waits for the answer, writes both down, asks again. */
export class RecordedClient {
  readonly operations: Operation[] = [];
  readonly #place: Place;
  readonly #client: number;
  readonly #random: Random;
  readonly #connection: Connection;
  #isStopped = false;

  constructor(place: Place, client: number, random: Random) {
    this.#place = place;
    this.#client = client;
    this.#random = random;
    this.#connection = place.connect();
  }

  /** Until `stop`; calls back after each answer. */
  async run(onOperation: () => void = () => {}): Promise<void> {
    const workload = new Workload(this.#client, this.#random);
    while (!this.#isStopped) {
      const call = workload.next();
      const answer = await this.ask(call);
      if (answer) workload.hear(call, answer);
      if (answer) onOperation();
      else await this.#place.sleep(knockEveryMs);
      // Now and then a moment of thought, so that clients do not march in step.
      if (this.#random.next() < 0.2) await this.#place.sleep(randomInteger(this.#random, 4));
    }
    this.#connection.close();
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Undefined where it was certainly not served. */
  async ask(call: Call): Promise<Answer | undefined> {
    const calledAt = this.#place.now();
    const answer = await (call.do === 'list' ? this.#list(call.limit) : this.#single(call)).catch(
      (error: unknown): Answer | undefined => {
        if (!(error instanceof NoAnswer)) throw error;
        return error.isUnsent ? undefined : { is: 'lost' };
      },
    );
    if (answer)
      this.operations.push({ client: this.#client, calledAt, returnedAt: this.#place.now(), call, answer });
    return answer;
  }

  async #single(call: Exclude<Call, { do: 'list' }>): Promise<Answer | undefined> {
    const path = `${collection}/${call.key}`;
    switch (call.do) {
      case 'create':
        return answerOf(call, await this.#send('POST', collection, configMap(call.key, call.a, call.b)));
      case 'get':
        return answerOf(call, await this.#connection.ask('GET', path));
      case 'update':
        return answerOf(
          call,
          await this.#send('PUT', path, configMap(call.key, call.a, call.b, call.version)),
        );
      case 'patch':
        return answerOf(
          call,
          await this.#send(
            'PATCH',
            path,
            { data: { [call.field]: call.value } },
            'application/merge-patch+json',
          ),
        );
      case 'delete': {
        const preconditions = call.version === undefined ? {} : { resourceVersion: String(call.version) };
        const options = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions };
        return answerOf(call, await this.#send('DELETE', path, options));
      }
    }
  }

  #send(method: string, path: string, value: unknown, type = 'application/json'): Promise<Answered> {
    return this.#connection.ask(method, path, { type, value });
  }

  async #list(limit: number | undefined): Promise<Answer | undefined> {
    const pages: Page[] = [];
    let token: string | undefined;
    do {
      const query = new URLSearchParams({
        ...(limit !== undefined && { limit: String(limit) }),
        ...(token !== undefined && { continue: token }),
      });
      let answered: Answered;
      try {
        answered = await this.#connection.ask('GET', `${collection}?${query}`);
      } catch (error) {
        if (pages.length === 0 || !(error instanceof NoAnswer)) throw error;
        return { is: 'listed', pages, complete: false };
      }
      const isExpired = answered.status === 410 && (answered.json as Status).reason === 'Expired';
      // A later life of the server does not remember what the list looked like.
      if (isExpired && pages.length > 0) return { is: 'listed', pages, complete: false };
      if (answered.status !== 200) {
        const refusal = answerOf({ do: 'get', key: '' }, answered);
        return pages.length > 0 ? { is: 'listed', pages, complete: false } : refusal;
      }
      const { metadata, items } = answered.json as {
        metadata: { resourceVersion: string; continue?: string };
        items: ConfigMap[];
      };
      pages.push({
        version: Number(metadata.resourceVersion),
        items: items.map(itemOf),
        returnedAt: this.#place.now(),
      });
      token = metadata.continue;
      if (token) await this.#place.sleep(randomInteger(this.#random, 8));
    } while (token);
    return { is: 'listed', pages, complete: true };
  }
}

/** @throws Error at what no such request is to be answered */
function answerOf(call: Exclude<Call, { do: 'list' }>, { status, json }: Answered): Answer | undefined {
  if (status === 200 || status === 201)
    return call.do === 'delete' ? { is: 'deleted' } : { is: 'shown', object: shownOf(json as ConfigMap) };
  const { reason } = json as Status;
  if (status === 404 && reason === 'NotFound') return { is: 'absent' };
  if (status === 409 && reason === 'AlreadyExists') return { is: 'present' };
  if (status === 409 && reason === 'Conflict') return { is: 'conflict' };
  // Told to come back: nothing was done.
  if (status === 429) return undefined;
  // Whether a write that failed has survived is unknown, as the server says itself.
  if (status >= 500) return { is: 'lost' };
  throw new Error(`${call.do} of ${call.key} was answered ${status}: ${JSON.stringify(json)}`);
}
