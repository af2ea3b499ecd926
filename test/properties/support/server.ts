import assert from 'node:assert/strict';
import { refuseInvalid } from '../../../controller/apiserver/resources/decoding.ts';
import type { Resource } from '../../../controller/apiserver/resources/metadata.ts';
import {
  testCluster,
  type Answer,
  type AskOptions,
  type TestCluster,
} from '../../controller/apiserver/cluster.ts';
import type { Sample } from './samples.ts';

/** A server is made anew after so many cases: what one leaves behind is not to disturb all others. */
const casesOfOne = 50;

/** The API as a caller meets it: whole requests, without a wire. */
export class PropertyServer {
  #cluster: TestCluster | undefined;
  #cases = 0;

  /** For the next case. */
  async begin(): Promise<void> {
    if (this.#cases++ % casesOfOne === 0) await this.renew();
  }

  async renew(): Promise<void> {
    await this.close();
    this.#cluster = await testCluster();
  }

  async close(): Promise<void> {
    await this.#cluster?.close();
    this.#cluster = undefined;
  }

  get cluster(): TestCluster {
    return this.#cluster!;
  }

  /** One request, whose answer is one that an API server gives: what it wants, or a Status with code and reason. */
  async ask(method: string, path: string, options?: AskOptions): Promise<Answer> {
    const answer = await this.cluster.ask(method, path, options);
    soundAnswer(answer);
    return answer;
  }

  /** Creates an object; where one of its name is there from an earlier case, on a server of its own. */
  async create(sample: Sample, options?: AskOptions, query = ''): Promise<Answer> {
    const send = () => this.ask('POST', sample.collection + query, { body: sample.object, ...options });
    const answer = await send();
    if (answer.json.reason !== 'AlreadyExists') return answer;
    await this.renew();
    return send();
  }

  /** What was stored is valid when it is read back, and writing it back changes nothing. */
  async soundlyStored({ kind, collection, object }: Sample, answer: Answer): Promise<void> {
    const name = pathOf(collection, answer);
    const read = await this.ask('GET', name);
    // Its controller works inside the API server, at once.
    const isTended = kind.type === 'CustomResourceDefinition' || 'aggregationRule' in object;
    if (!isTended) assert.deepEqual(read.json, answer.json);
    refuseInvalid(kind, read.json as Resource);
    const again = await this.ask('PUT', `${name}?fieldValidation=Strict`, { body: read.text });
    if (isTended && again.status === 409) return;
    assert.equal(again.status, 200, `what was stored is refused: ${again.json.message}`);
    if (!isTended) assert.deepEqual(again.json, read.json);
  }

  async remove({ collection }: Sample, answer: Answer): Promise<void> {
    await this.ask(
      'DELETE',
      `${pathOf(collection, answer)}?gracePeriodSeconds=0&propagationPolicy=Background`,
    );
  }
}

export function pathOf(collection: string, { json }: Answer): string {
  return `${collection}/${encodeURIComponent((json['metadata'] as { name: string }).name)}`;
}

/** 2xx, or a Status that says of itself what it is. */
export function soundAnswer({ status, json, text }: Answer): void {
  if (status < 300) return;
  // So it is in the original: what an apply says in wrong types is no object to merge.
  const isUntyped =
    status === 500 &&
    /^failed to create (?:typed patch object|manager for existing)/.test(json.message ?? '');
  assert.ok(isUntyped || (status >= 400 && status < 500), `${status}: ${text.slice(0, 300)}`);
  assert.equal(json['kind'], 'Status', text.slice(0, 300));
  assert.equal(json['code'], status);
  assert.equal(json['status'], 'Failure');
  assert.ok(typeof json.message === 'string' && json.message !== '');
  assert.ok(text.length < 100_000, `a refusal of ${text.length} characters`);
}

/** An object without what differs from one creation of it to the next. */
export function withoutIdentity(answer: Answer): unknown {
  const drawn = new Set([
    'uid',
    'resourceVersion',
    'creationTimestamp',
    'clusterIP',
    'clusterIPs',
    'controller-uid',
    'batch.kubernetes.io/controller-uid',
    'time',
  ]);
  return JSON.parse(answer.text, (key, value: unknown) => {
    if (key !== 'metadata' || typeof value !== 'object' || value === null || !('generateName' in value))
      return drawn.has(key) ? undefined : value;
    const { name: _drawn, ...rest } = value as { name?: string };
    return rest;
  }) as unknown;
}
