import type { Kind } from '../kinds.ts';
import { fieldSet, noFields } from './field-set.ts';
import type { FieldSet } from './field-set.ts';
import { fieldElement } from './path-element.ts';

const paths = (...texts: string[]): FieldSet =>
  fieldSet(...texts.map((text) => text.split('.').map(fieldElement)));

const spec = paths('spec');
const status = paths('status');

/** Kinds whose writes reset more, or less, than the other half of the object. */
const resets: Record<string, Record<string, FieldSet>> = {
  CertificateSigningRequest: {
    '': paths('spec', 'status'),
    status: paths('spec', 'status.conditions'),
    approval: paths('spec', 'status.certificate'),
  },
  CustomResourceDefinition: { '': status, status: paths('spec', 'metadata') },
  Deployment: { status: paths('spec', 'metadata.labels') },
  Pod: { status: paths('spec', 'metadata.deletionTimestamp', 'metadata.ownerReferences') },
};

/**
 * What a write through this subresource cannot change, so that nobody owns it by such a write (`GetResetFields` of Kubernetes'
 * registry). The empty text is the object itself.
 */
export function resetFieldsOf(kind: Kind, subresource = ''): FieldSet {
  const own = resets[kind.type ?? '']?.[subresource];
  if (own) return own;
  switch (subresource) {
    case '':
    case 'finalize':
      return kind.subresources.includes('status') ? status : noFields;
    case 'status':
      return spec;
    default:
      return noFields;
  }
}
