import { ApiError, badRequest } from '../../../api/errors.ts';
import { fieldErrorBody, fieldErrorsText, invalidValue, type FieldError } from '../../../api/field-errors.ts';
import { nothing } from '../../../api/go-value.ts';
import type { Kind } from '../../../api/kinds.ts';
import type {
  LocalSubjectAccessReview,
  ObjectMeta,
  ResourceAttributes,
  SelfSubjectAccessReview,
  SelfSubjectRulesReview,
  SubjectAccessReview,
  SubjectAccessReviewSpec,
  TokenReview,
} from '../../../api/types.ts';
import { timestamp } from '../../../api/conditions.ts';
import type { Resource } from '../resources/metadata.ts';
import type { User } from '../users.ts';
import type { Authenticator } from './authenticator.ts';
import type { Authorizer } from './authorizer.ts';
import { rulesReview } from './rules-review.ts';
import type { Attributes, PathAttributes } from './rule.ts';

export interface ReviewParts {
  user: User;
  namespace: string | undefined;
  authorizer: Authorizer;
  authenticator: Authenticator;
  now: Date;
}

/**
 * The answer to a question of `authorization.k8s.io` or `authentication.k8s.io`: the question with its status.
 *
 * @throws ApiError: invalid, or a bad request
 */
export function review(kind: Kind, question: Resource, parts: ReviewParts): Resource {
  const { user, authorizer } = parts;
  switch (kind.type) {
    case 'SelfSubjectReview':
      return selfReview(kind, parts);
    case 'TokenReview':
      return tokenReview(question as TokenReview, parts);
    case 'SelfSubjectRulesReview': {
      const { namespace } = (question as SelfSubjectRulesReview).spec ?? {};
      if (!namespace) throw badRequest('no namespace on request');
      return answered(kind, { spec: {}, status: rulesReview(authorizer, user, namespace) });
    }
    case 'SelfSubjectAccessReview': {
      const { spec, metadata } = question as SelfSubjectAccessReview;
      refuse(kind, [...oneQuestion(spec), ...noMetadata(metadata)]);
      return accessReview(kind, question, attributesOf(user, spec), parts);
    }
    case 'SubjectAccessReview': {
      const { spec, metadata } = question as SubjectAccessReview;
      refuse(kind, [...oneQuestion(spec), ...somebody(spec), ...noMetadata(metadata)]);
      return accessReview(kind, question, attributesOf(subjectOf(spec), spec), parts);
    }
    default:
      return localReview(kind, question as LocalSubjectAccessReview, parts);
  }
}

function localReview(kind: Kind, question: LocalSubjectAccessReview, parts: ReviewParts): Resource {
  const { spec, metadata = {} } = question;
  const { namespace = '', ...others } = metadata;
  const asked = spec?.resourceAttributes?.namespace ?? '';
  refuse(kind, [
    ...oneQuestion(spec),
    ...somebody(spec),
    ...noMetadata(others, 'must be empty except for namespace'),
    ...(spec?.resourceAttributes && asked !== namespace
      ? [invalidValue('spec.resourceAttributes.namespace', asked, 'must match metadata.namespace')]
      : []),
    ...(spec?.nonResourceAttributes
      ? [
          invalidValue(
            'spec.nonResourceAttributes',
            spec.nonResourceAttributes,
            'disallowed on this kind of request',
          ),
        ]
      : []),
  ]);
  if (namespace !== parts.namespace)
    throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${parts.namespace}`);
  return accessReview(kind, question as Resource, attributesOf(subjectOf(spec), spec), parts);
}

function accessReview(
  kind: Kind,
  question: Resource,
  attributes: Attributes | PathAttributes,
  { authorizer }: ReviewParts,
): Resource {
  const { allowed, reason } = authorizer.decide(attributes);
  const { spec, metadata } = question as SubjectAccessReview;
  return answered(kind, { metadata, spec, status: { allowed, ...(reason && { reason }) } });
}

function tokenReview({ spec, metadata }: TokenReview, { authenticator }: ReviewParts): Resource {
  if (!spec?.token) throw badRequest('token is required for TokenReview in authentication');
  const found = authenticator.ofToken(spec.token, spec.audiences?.length ? spec.audiences : undefined);
  const kind = { kind: 'TokenReview', apiVersion: 'authentication.k8s.io/v1' };
  if ('error' in found) return answered(kind, { metadata, spec, status: { user: {}, error: found.error } });
  const { audiences = spec.audiences?.length ? spec.audiences : undefined } = found;
  const status = {
    authenticated: true,
    user: userInfo(found.user),
    ...(audiences?.length && { audiences: [...audiences] }),
  };
  return answered(kind, { metadata, spec, status });
}

function selfReview(kind: Kind, { user, now }: ReviewParts): Resource {
  return answered(kind, {
    metadata: { creationTimestamp: timestamp(now) },
    status: { userInfo: userInfo(user) },
  });
}

function answered(
  { kind, apiVersion }: Pick<Kind, 'kind' | 'apiVersion'>,
  { metadata, ...rest }: { metadata?: ObjectMeta | undefined; spec?: unknown; status: unknown },
): Resource {
  // Kubernetes writes the time that nothing was created at.
  return {
    kind,
    apiVersion,
    metadata: { creationTimestamp: null, ...metadata },
    ...rest,
  } as unknown as Resource;
}

function userInfo({ name, uid, groups, extra }: User): object {
  const isTold = extra && Object.keys(extra).length > 0;
  return { username: name, ...(uid && { uid }), groups, ...(isTold && { extra }) };
}

type Asked = Pick<SubjectAccessReviewSpec, 'resourceAttributes' | 'nonResourceAttributes'> | undefined;

function oneQuestion(spec: Asked): FieldError[] {
  const { resourceAttributes, nonResourceAttributes } = spec ?? {};
  if (resourceAttributes && nonResourceAttributes)
    return [
      invalidValue(
        'spec.nonResourceAttributes',
        nonResourceAttributes,
        'cannot be specified in combination with resourceAttributes',
      ),
    ];
  if (resourceAttributes || nonResourceAttributes) return [];
  const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
  return [invalidValue('spec.resourceAttributes', nothing, why)];
}

function somebody(spec: SubjectAccessReviewSpec | undefined): FieldError[] {
  if (spec?.user || spec?.groups?.length) return [];
  return [invalidValue('spec.user', '', 'at least one of user or group must be specified')];
}

function noMetadata(metadata: ObjectMeta | undefined, why = 'must be empty'): FieldError[] {
  const { creationTimestamp: _at, managedFields: _fields, ...given } = metadata ?? {};
  return Object.values(given).some((value) => value !== undefined)
    ? [invalidValue('metadata', given, why)]
    : [];
}

/** Kubernetes names neither the kind nor the object here. @throws ApiError (invalid) */
function refuse({ group }: Kind, errors: FieldError[]): void {
  if (errors.length === 0) return;
  throw new ApiError(422, 'Invalid', `.${group} "" is invalid: ${fieldErrorsText(errors)}`, {
    group,
    causes: errors.map((error) => ({
      reason: error.type,
      message: fieldErrorBody(error),
      field: error.field,
    })),
  });
}

function subjectOf(spec: SubjectAccessReviewSpec | undefined): User {
  const { user = '', groups = [], uid, extra } = spec ?? {};
  return {
    name: user,
    groups,
    ...(uid && { uid }),
    ...(extra && { extra: extra as Record<string, string[]> }),
  };
}

function attributesOf(user: User, spec: Asked): Attributes | PathAttributes {
  const { resourceAttributes, nonResourceAttributes } = spec ?? {};
  if (!resourceAttributes)
    return { user, verb: nonResourceAttributes?.verb ?? '', path: nonResourceAttributes?.path ?? '' };
  const { verb = '', group = '', resource = '', subresource, namespace, name } = resourceAttributes;
  return {
    user,
    verb,
    group,
    resource,
    subresource: subresource || undefined,
    namespace: namespace || undefined,
    name: name || undefined,
    fieldSelector: fieldSelectorOf(resourceAttributes),
  };
}

/** A node sees what it selects by its own name: the question must be able to say so. */
function fieldSelectorOf({ fieldSelector }: ResourceAttributes): string | undefined {
  if (!fieldSelector) return undefined;
  if (fieldSelector.rawSelector) return fieldSelector.rawSelector;
  const terms = (fieldSelector.requirements ?? [])
    .filter(({ operator, values }) => operator === 'In' && values?.length === 1)
    .map(({ key, values }) => `${key}=${values![0]!.replace(/[\\,=]/g, '\\$&')}`);
  return terms.length > 0 ? terms.join(',') : undefined;
}
