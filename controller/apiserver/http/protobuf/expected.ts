import { tokenRequestKind } from '../../auth/token-request.ts';
import type { RequestInfo } from '../request-info.ts';
import type { Expected } from './envelope.ts';

/** What is posted or put where another object is asked something, by its subresource. */
const ofSubresources: Readonly<Record<string, Expected>> = {
  binding: { kind: 'Binding', apiVersion: 'v1' },
  eviction: { kind: 'Eviction', apiVersion: 'policy/v1' },
  scale: { kind: 'Scale', apiVersion: 'autoscaling/v1' },
  token: tokenRequestKind,
};
const deleteOptions: Expected = { kind: 'DeleteOptions', apiVersion: 'v1' };

/** What the body of a request is to be; undefined where that has no form in protobuf, as custom resources have none. */
export function expectedBody({ verb, kind, subresource }: RequestInfo): Expected | undefined {
  if (verb === 'delete' || verb === 'deletecollection') return deleteOptions;
  const ofSubresource = subresource === undefined ? undefined : ofSubresources[subresource];
  return ofSubresource ?? (kind.custom ? undefined : kind);
}
