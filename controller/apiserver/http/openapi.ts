import { createHash } from 'node:crypto';
import { kinds as builtIn, unstoredKinds, type Kind, type KindSet } from '../../../api/kinds.ts';
import { kindsByDocument, openApiDocument, type OpenApiDocument } from '../openapi/document.ts';
import { readPublishedTypes, type PublishedTypes } from '../openapi/published-types.ts';
import { swaggerOf } from '../openapi/swagger.ts';
import { preferredType } from './accept.ts';
import type { Clock, Timer } from '../../../process/clock.ts';
import { jsonAnswer } from './answers.ts';
import type { ApiServerResponse } from './exchange.ts';

const json = 'application/json';
const protobufType = (version: 'v2' | 'v3') =>
  `application/com.github.proto-openapi.spec.${version}.v1.0+protobuf`;
/** What clients ask for; the `@` that they write is no token of a header, which is why answers have a dot. */
const askedAs = (version: 'v2' | 'v3') => [
  json,
  protobufType(version),
  `application/com.github.proto-openapi.spec.${version}@v1.0+protobuf`,
];
/** A document under its hash never changes. */
const forever = 'public, immutable';
const toBeAsked = 'no-cache, private';

/** Clients that start one after another ask for the same; an idle controller keeps none of it. */
const keptMs = 60_000;

interface Asked {
  accept: string | undefined;
  ifNoneMatch: string | undefined;
}

/**
 * `/openapi/v2` and `/openapi/v3`. Documents are made when they are asked for, and nothing but their hashes is kept, which the index tells:
 * clients ask for it whenever they start, and for a document when its hash is new to them.
 */
export class OpenApiPages {
  readonly #clock: Clock;
  readonly #hashes = new Map<string, { members: readonly Kind[]; hash: string }>();
  /** What was sent lately, by its hash and form. */
  readonly #sent = new Map<string, { body: Buffer; forget: Timer }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  close(): void {
    for (const { forget } of this.#sent.values()) forget.cancel();
  }

  /** Which documents there are: `{paths: {"apis/apps/v1": {serverRelativeURL}}}`. */
  async index(kinds: KindSet): Promise<ApiServerResponse> {
    const hashes = await this.#hashesOf(kinds);
    const paths = Object.fromEntries(
      [...hashes].map(([path, hash]) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }]),
    );
    return jsonAnswer(200, { paths });
  }

  /**
   * The document of one group's version; undefined where there is none.
   *
   * @param path `apis/apps/v1`
   * @param hash what the caller knows of it, from the index
   */
  async document(
    kinds: KindSet,
    path: string,
    hash: string | null,
    asked: Asked,
  ): Promise<ApiServerResponse | undefined> {
    const members = kindsByDocument(kinds).get(path);
    if (!members) return undefined;
    const current = (await this.#hashesOf(kinds, path)).get(path)!;
    if (hash !== null && hash !== current)
      return {
        status: 301,
        headers: { location: `/openapi/v3/${path}?hash=${current}` },
        body: Buffer.alloc(0),
      };
    return this.#answer('v3', asked, current, hash === null ? toBeAsked : forever, async () =>
      documentOf(members, await readPublishedTypes()),
    );
  }

  /** All documents as one of OpenAPI v2. */
  async swagger(kinds: KindSet, asked: Asked): Promise<ApiServerResponse> {
    const hashes = [...(await this.#hashesOf(kinds)).values()];
    return this.#answer('v2', asked, hashOf(hashes.join()), toBeAsked, async () => {
      const published = await readPublishedTypes();
      return swaggerOf([...kindsByDocument(kinds).values()].map((members) => documentOf(members, published)));
    });
  }

  async #answer(
    version: 'v2' | 'v3',
    { accept, ifNoneMatch }: Asked,
    hash: string,
    caching: string,
    make: () => Promise<object>,
  ): Promise<ApiServerResponse> {
    const type = preferredType(accept, askedAs(version));
    const headers = { 'cache-control': caching, vary: 'Accept' };
    if (!type) return { status: 406, headers, body: Buffer.alloc(0) };
    const isJson = type === json;
    const etag = `"${hash}"`;
    const known = (ifNoneMatch ?? '').split(',').map((each) => each.trim().replace(/^W\//, ''));
    if (known.includes(etag) || known.includes('*'))
      return { status: 304, headers: { ...headers, etag }, body: Buffer.alloc(0) };
    const key = `${hash} ${isJson ? 'json' : version}`;
    let sent = this.#sent.get(key);
    if (!sent) {
      const body = await bytesOf(await make(), isJson ? 'json' : version);
      // Another may have made it meanwhile.
      this.#sent.get(key)?.forget.cancel();
      sent = { body, forget: this.#clock.after(keptMs, () => this.#sent.delete(key)) };
      this.#sent.set(key, sent);
    }
    return {
      status: 200,
      headers: { ...headers, etag, 'content-type': isJson ? json : protobufType(version) },
      body: sent.body,
    };
  }

  /** The hash of each document, or of one alone; worked out where its kinds are others than they were. */
  async #hashesOf(kinds: KindSet, only?: string): Promise<Map<string, string>> {
    const documents = kindsByDocument(kinds);
    for (const path of this.#hashes.keys()) if (!documents.has(path)) this.#hashes.delete(path);
    const found = new Map<string, string>();
    let published: PublishedTypes | undefined;
    for (const [path, members] of documents) {
      if (only !== undefined && path !== only) continue;
      const known = this.#hashes.get(path);
      if (known && isSame(known.members, members)) {
        found.set(path, known.hash);
        continue;
      }
      published ??= await readPublishedTypes();
      const hash = hashOf(JSON.stringify(documentOf(members, published)));
      this.#hashes.set(path, { members, hash });
      found.set(path, hash);
    }
    return found;
  }
}

const isSame = (a: readonly Kind[], b: readonly Kind[]) =>
  a.length === b.length && a.every((kind, index) => kind === b[index]);

const everyBuiltIn = [...builtIn, ...unstoredKinds];

/** What is of every group is said of the built-in ones, so that a definition changes no document but its own. */
function documentOf(members: readonly Kind[], published: PublishedTypes): OpenApiDocument {
  return openApiDocument(members, [...everyBuiltIn, ...members.filter((kind) => kind.custom)], published);
}

function hashOf(text: string): string {
  return createHash('sha512').update(text).digest('hex').toUpperCase();
}

async function bytesOf(document: object, form: 'json' | 'v2' | 'v3'): Promise<Buffer> {
  if (form === 'json') return Buffer.from(JSON.stringify(document));
  const { gnosticBytes } = await import('../openapi/gnostic/encode.ts');
  if (form === 'v2') return gnosticBytes(document, (await import('../openapi/gnostic/v2.ts')).gnosticV2);
  return gnosticBytes(document, (await import('../openapi/gnostic/v3.ts')).gnosticV3);
}
