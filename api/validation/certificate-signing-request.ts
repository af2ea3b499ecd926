import { X509Certificate } from 'node:crypto';
import { certificateRequestProblem } from '../certificate-request.ts';
import { duplicate, forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { GoValue } from '../go-value.ts';
import { sameJson } from '../plain-objects.ts';
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '../types.ts';
import { dnsLabel, dnsSubdomain } from './names.ts';

/** Which part of a request a write may change: the decision, the certificate, or neither. */
export type SigningPart = 'approval' | 'status';

const usages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];
const decisions = ['Approved', 'Denied'];
const lasting = [...decisions, 'Failed'];
const legacySigner = 'kubernetes.io/legacy-unknown';
/** Ten minutes: what lives shorter is over before it is used. */
const expirationSecondsMin = 600;

/** Source: k8s.io/kubernetes/pkg/apis/certificates/validation/validation.go */
export function validateSigningRequest(
  request: CertificateSigningRequest,
  old?: CertificateSigningRequest,
  part?: SigningPart,
): FieldError[] {
  const { spec, status } = request;
  const { expirationSeconds, usages: given = [], signerName = '' } = spec ?? {};
  const problem = certificateRequestProblem(spec?.request ?? '');
  const isLegacy = signerName === legacySigner && old?.spec.signerName !== legacySigner;
  return [
    ...(problem ? [invalidValue('spec.request', goBytes(spec?.request ?? ''), problem)] : []),
    ...(given.length === 0 ? [required('spec.usages')] : []),
    ...given.flatMap((usage, index) =>
      usages.includes(usage) ? [] : [notSupported(at('spec.usages', index), usage, usages)],
    ),
    ...given.flatMap((usage, index) =>
      given.indexOf(usage) < index ? [duplicate(at('spec.usages', index), usage)] : [],
    ),
    ...(isLegacy
      ? [
          invalidValue(
            'spec.signerName',
            signerName,
            'the legacy signerName is not allowed via this API version',
          ),
        ]
      : validateSignerName('spec.signerName', signerName)),
    ...(expirationSeconds !== undefined && expirationSeconds < expirationSecondsMin
      ? [
          invalidValue(
            'spec.expirationSeconds',
            expirationSeconds,
            'may not specify a duration less than 600 seconds (10 minutes)',
          ),
        ]
      : []),
    ...validateConditions('status.conditions', status?.conditions ?? []),
    ...(status?.certificate && status.certificate !== old?.status?.certificate
      ? validateCertificate(status.certificate)
      : []),
    ...(old ? validateUpdate(request, old, part) : []),
  ];
}

function validateSignerName(field: string, name: string): FieldError[] {
  if (name === '') return [required(field)];
  const [domain = '', path = '', ...more] = name.split('/');
  if (path === '' || more.length > 0)
    return [
      invalidValue(
        field,
        name,
        "must be a fully qualified domain and path of the form 'example.com/signer-name'",
      ),
    ];
  const labels = domain.split('.');
  const wrongOf = (value: string, parts: string[], rule: typeof dnsLabel) => {
    const part = parts.find((each) => rule(each));
    return part === undefined
      ? []
      : [invalidValue(field, value, `validating label ${JSON.stringify(part)}: ${rule(part)}`)];
  };
  return [
    ...wrongOf(domain, labels, dnsLabel),
    ...(labels.length < 2
      ? [invalidValue(field, domain, 'should be a domain with at least two segments separated by dots')]
      : []),
    ...wrongOf(path, path.split('.'), dnsSubdomain),
  ];
}

function validateConditions(field: string, conditions: CertificateSigningRequestCondition[]): FieldError[] {
  const types = conditions.map(({ type }) => type);
  return conditions.flatMap(({ type, status }, index) => {
    const own = at(field, index);
    const statuses = lasting.includes(type) ? ['True'] : ['False', 'True', 'Unknown'];
    const errors = type ? [] : [required(child(own, 'type'))];
    if (!status) errors.push(required(child(own, 'status')));
    else if (!statuses.includes(status)) errors.push(notSupported(child(own, 'status'), status, statuses));
    const earlier = types.slice(0, index);
    if (decisions.includes(type) && earlier.some((each) => each !== type && decisions.includes(each)))
      errors.push(
        invalidValue(child(own, 'type'), type, 'Approved and Denied conditions are mutually exclusive'),
      );
    if (earlier.includes(type)) errors.push(duplicate(child(own, 'type'), type));
    return errors;
  });
}

const certificateBlock = /-----BEGIN ([^-\n]+)-----[\s\S]*?-----END \1-----/g;

function validateCertificate(certificate: string): FieldError[] {
  const wrong = (why: string) => [invalidValue('status.certificate', '<certificate data>', why)];
  const blocks = [...Buffer.from(certificate, 'base64').toString('latin1').matchAll(certificateBlock)];
  if (blocks.length === 0) return wrong('must contain at least one CERTIFICATE PEM block');
  for (const [pem, type] of blocks) {
    if (type !== 'CERTIFICATE')
      return wrong(`only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(type)}`);
    const problem = certificateProblem(pem);
    if (problem) return wrong(problem);
  }
  return [];
}

function certificateProblem(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).raw.length > 0 ? undefined : 'x509: malformed certificate';
  } catch (error) {
    return (error as Error).message;
  }
}

function validateUpdate(
  { status }: CertificateSigningRequest,
  { status: before }: CertificateSigningRequest,
  part: SigningPart | undefined,
): FieldError[] {
  const field = 'status.conditions';
  const of = (conditions: CertificateSigningRequestCondition[] | undefined, type: string) =>
    (conditions ?? []).filter((each) => each.type === type);
  const errors: FieldError[] = [];
  for (const type of lasting)
    if (of(status?.conditions, type).length < of(before?.conditions, type).length)
      errors.push(forbiddenField(field, `updates may not remove a condition of type "${type}"`));
  if (part !== 'approval')
    for (const type of decisions) {
      const [now, then] = [of(status?.conditions, type), of(before?.conditions, type)];
      if (now.length > then.length)
        errors.push(forbiddenField(field, `updates may not add a condition of type "${type}"`));
      else if (now.length === then.length && !sameJson(now, then))
        errors.push(forbiddenField(field, `updates may not modify a condition of type "${type}"`));
    }
  if ((status?.certificate ?? '') === (before?.certificate ?? '')) return errors;
  if (part !== 'status')
    errors.push(forbiddenField('status.certificate', 'updates may not set certificate content'));
  else if (before?.certificate)
    errors.push(forbiddenField('status.certificate', 'updates may not modify existing certificate content'));
  return errors;
}

/** Enough of the bytes for the reader to know them again: messages show no more of a value. */
const shownBytesMax = 64;

function goBytes(base64: string): GoValue {
  const bytes = [...Buffer.from(base64, 'base64').subarray(0, shownBytesMax)];
  return new GoValue(`[]byte{${bytes.map((byte) => `0x${byte.toString(16)}`).join(', ')}}`);
}
