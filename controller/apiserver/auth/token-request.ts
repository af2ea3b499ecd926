import { ApiError, badRequest } from '../../../api/errors.ts';
import { fieldErrorBody, fieldErrorsText, invalidValue, type FieldError } from '../../../api/field-errors.ts';
import { kindNamed, type Kind } from '../../../api/kinds.ts';
import { timestamp } from '../../../api/conditions.ts';
import type { BoundObjectReference, Pod, ServiceAccount, TokenRequest } from '../../../api/types.ts';
import type { Resource } from '../resources/metadata.ts';
import type { Reader } from '../resources/reader.ts';
import { issuer, type AccountTokens, type BoundTo } from './account-tokens.ts';

/** What POST `serviceaccounts/<name>/token` carries: no kind of its own, for it is never stored. */
export const tokenRequestKind: Kind = {
  kind: 'TokenRequest',
  type: 'TokenRequest',
  group: 'authentication.k8s.io',
  version: 'v1',
  apiVersion: 'authentication.k8s.io/v1',
  plural: 'tokenrequests',
  singular: 'tokenrequest',
  shortNames: [],
  namespaced: true,
  subresources: [],
  categories: [],
  selectableFields: {},
};

const defaultSeconds = 3_600;
const lifeSeconds = { min: 600, max: 2 ** 32 };

/**
 * A token for an account, as the request asks. Source: k8s.io/kubernetes/pkg/registry/core/serviceaccount/storage/token.go
 *
 * @throws ApiError: not found, invalid, conflict
 */
export function answerTokenRequest(
  request: TokenRequest,
  about: { namespace: string; name: string; reader: Reader; tokens: AccountTokens; now: Date },
): Resource {
  const { namespace, name, reader, tokens, now } = about;
  const { metadata, spec = {} } = request;
  refuse(name, [
    ...(metadata?.name && metadata.name !== name
      ? [invalidValue('metadata.name', metadata.name, 'must match the service account name if specified')]
      : []),
    ...(metadata?.namespace && metadata.namespace !== namespace
      ? [
          invalidValue(
            'metadata.namespace',
            metadata.namespace,
            'must match the service account namespace if specified',
          ),
        ]
      : []),
  ]);
  const account = reader.get(kindNamed('ServiceAccount'), namespace, name) as ServiceAccount;
  const audiences = spec.audiences?.length ? spec.audiences : [issuer];
  const expirationSeconds = spec.expirationSeconds ?? defaultSeconds;
  const wrong = (why: string) => [invalidValue('spec.expirationSeconds', expirationSeconds, why)];
  refuse('', [
    ...(expirationSeconds < lifeSeconds.min ? wrong('may not specify a duration less than 10 minutes') : []),
    ...(expirationSeconds > lifeSeconds.max
      ? wrong('may not specify a duration larger than 2^32 seconds')
      : []),
  ]);
  const boundTo = spec.boundObjectRef && boundObject(spec.boundObjectRef, namespace, name, reader);
  const token = tokens.issue(account, { audiences, expirationSeconds, ...(boundTo && { boundTo }) });
  const { kind, apiVersion } = tokenRequestKind;
  return {
    kind,
    apiVersion,
    metadata: { ...metadata, name, namespace, creationTimestamp: timestamp(now) },
    spec: { audiences, expirationSeconds, boundObjectRef: spec.boundObjectRef ?? null },
    status: {
      token,
      expirationTimestamp: timestamp(new Date(now.getTime() + expirationSeconds * 1000)),
    },
  } as unknown as Resource;
}

function boundObject(
  { kind = '', apiVersion = '', name = '', uid }: BoundObjectReference,
  namespace: string,
  account: string,
  reader: Reader,
): BoundTo {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  if (group !== '' || (kind !== 'Pod' && kind !== 'Secret' && kind !== 'Node'))
    throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`);
  const object = reader.get(kindNamed(kind), kind === 'Node' ? undefined : namespace, name);
  if (kind === 'Pod' && (object as Pod).spec?.serviceAccountName !== account)
    throw badRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`,
    );
  const found = object.metadata?.uid ?? '';
  if (uid && uid !== found) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    const message = `Operation cannot be fulfilled on ${kind} ${JSON.stringify(name)}: ${why}`;
    throw new ApiError(409, 'Conflict', message, { name, kind });
  }
  return { kind, object };
}

function refuse(name: string, errors: FieldError[]): void {
  if (errors.length === 0) return;
  const { kind, group } = tokenRequestKind;
  const message = `${kind}.${group} ${JSON.stringify(name)} is invalid: ${fieldErrorsText(errors)}`;
  throw new ApiError(422, 'Invalid', message, {
    ...(name && { name }),
    group,
    kind,
    causes: errors.map((error) => ({
      reason: error.type,
      message: fieldErrorBody(error),
      field: error.field,
    })),
  });
}
