import { reviewKinds } from '../../../api/kinds.ts';
import type { TokenRequest } from '../../../api/types.ts';
import type { Clock } from '../../../process/clock.ts';
import type { AccountTokens } from '../auth/account-tokens.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { review } from '../auth/reviews.ts';
import { answerTokenRequest, tokenRequestKind } from '../auth/token-request.ts';
import { decode } from '../resources/decoding.ts';
import { ownedByCreator } from '../resources/ownership.ts';
import type { Resource } from '../resources/metadata.ts';
import type { Registry } from '../resources/registry.ts';
import type { User } from '../users.ts';
import { negotiate } from './accept.ts';
import { objectAnswer } from './answers.ts';
import { decodeBody, readBody } from './body.ts';
import type { ApiServerRequest, ApiServerResponse } from './exchange.ts';
import { expectedBody } from './protobuf/expected.ts';
import type { RequestInfo } from './request-info.ts';
import type { WriteBudget } from './write-budget.ts';
import { writeContextOf } from './write-options.ts';

export interface ReviewOptions {
  registry: Registry;
  clock: Clock;
  budget: WriteBudget;
  authenticator: Authenticator;
  accountTokens: AccountTokens;
}

/** Whether the request asks something and stores nothing. */
export function isReview({ kind, subresource }: RequestInfo): boolean {
  return reviewKinds.includes(kind) || (kind.type === 'ServiceAccount' && subresource === 'token');
}

/** Answers a review, or gives out a token. */
export async function serveReview(
  info: RequestInfo,
  request: ApiServerRequest & { user: User },
  query: URLSearchParams,
  { registry, clock, budget, authenticator, accountTokens }: ReviewOptions,
): Promise<ApiServerResponse> {
  const { verb, kind, namespace, name, subresource } = info;
  const representation = negotiate(request.headers['accept'], { of: 'object' });
  const warnings: string[] = [];
  const context = writeContextOf(verb, request, query, warnings);
  const bytes = await readBody(request, clock);
  budget.spend(request.user, bytes.length, kind.kind);
  const body = await decodeBody(bytes, request, expectedBody(info));
  const now = clock.date();
  const answer = (value: object) => objectAnswer(201, value, representation, warnings);
  if (subresource === 'token') {
    const asked = decode(tokenRequestKind, body, context) as TokenRequest;
    const about = { namespace: namespace!, name: name!, reader: registry.reader, tokens: accountTokens, now };
    return answer(answerTokenRequest(asked, about));
  }
  const asked = decode(kind, body, context);
  const owned = ownedByCreator(kind, asked, asked, { fieldManager: context.fieldManager, now });
  const question = kind.namespaced ? inNamespace(owned, namespace) : owned;
  const { authorizer } = registry;
  return answer(review(kind, question, { user: request.user, namespace, authorizer, authenticator, now }));
}

/** A question that names no namespace is asked in that of its path. */
function inNamespace(question: Resource, namespace: string | undefined): Resource {
  const { metadata } = question;
  return metadata?.namespace
    ? question
    : { ...question, metadata: { ...metadata, ...(namespace && { namespace }) } };
}
