import { collected, lifecycle, merged, named, selections, variants, withNames } from './kind.ts';
import { get, patch, post, put, remove, type Topic } from './step.ts';

const at = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
/** Made once with `openssl req -new -subj /O=team/CN=ann`; nobody has its key. */
const request =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIV01IOENBUUF3SFRFTk1Bc0dBMVVFQ2d3RWRHVmhiVEVNTUFv' +
  'R0ExVUVBd3dEWVc1dU1Ga3dFd1lIS29aSQp6ajBDQVFZSUtvWkl6ajBEQVFjRFFnQUVybHMreHRBa29JT29KamlBU05PRVFleXZw' +
  'dlZsZjIzOSsrVzgzRExOCnRRdnF4TlJidWFzd3VXYktuZjJpZjA3MHozSXBlWUhJbWh4aWxFa1ZwVzBQV3FBQU1Bb0dDQ3FHU000' +
  'OUJBTUMKQTBjQU1FUUNJREdIMzMvODRaSE02OU8rSjZNbUJicFB4VWhMV3gwbFpmTFA0Ung1cmxUYUFpQlhwRm5iSmd0SAprMElV' +
  'cmowVENNdlRURGNZOVR1NFlmdkVRU3FzOE40UU53PT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==';
const signing = {
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: {},
  spec: { request, signerName: 'example.org/s', usages: ['client auth'] },
};
const decided = (type: string, more: object = {}) => ({
  status: { conditions: [{ type, status: 'True', reason: 'Because', message: 'm', ...more }] },
});

/** Requests for certificates, how they are decided, and what a signer may write. */
export const signingRequests: Topic = {
  name: 'signing-requests',
  steps: [
    ...lifecycle(at, signing, 'csr-a'),
    ...collected(at, signing, 'csr-collected'),
    ...variants(
      at,
      signing,
      withNames('csr', {
        'a request that is none': { spec: { request: 'bm8=' } },
        'no signer': { spec: { signerName: null } },
        'a signer that is none': { spec: { signerName: 'nobody' } },
        'no usages': { spec: { usages: null } },
        'a usage that is none': { spec: { usages: ['fun'] } },
        'a usage twice': { spec: { usages: ['client auth', 'client auth'] } },
        'a short life': { spec: { expirationSeconds: 1 } },
        'a signer of Kubernetes': { spec: { signerName: 'kubernetes.io/kube-apiserver-client' } },
      }),
    ),
    post('create one to decide on', at, named(signing, 'csr-b')),
    ...selections(at, { 'spec.signerName': 'example.org/s' }),
    get('its approval', `${at}/csr-b/approval`),
    get('its status', `${at}/csr-b/status`),
    patch('another request', `${at}/csr-b`, 'merge', { spec: { signerName: 'example.org/t' } }),
    patch('approve by its status', `${at}/csr-b/status`, 'merge', decided('Approved')),
    patch('approve', `${at}/csr-b/approval`, 'merge', decided('Approved')),
    patch('approve and deny', `${at}/csr-b/approval`, 'merge', {
      status: {
        conditions: [...decided('Approved').status.conditions, ...decided('Denied').status.conditions],
      },
    }),
    patch(
      'approve by what is false',
      `${at}/csr-b/approval`,
      'merge',
      decided('Approved', { status: 'False' }),
    ),
    patch('take it back', `${at}/csr-b/approval`, 'merge', { status: { conditions: [] } }),
    patch('a certificate that is none', `${at}/csr-b/status`, 'merge', { status: { certificate: 'bm8=' } }),
    patch('it failed', `${at}/csr-b/status`, 'merge', {
      status: {
        conditions: [...decided('Approved').status.conditions, ...decided('Failed').status.conditions],
      },
    }),
    get('read', `${at}/csr-b`),
    put('replace the approval', `${at}/csr-b/approval`, '{{read:*}}', { keep: 'status.conditions.0.type' }),
    put('replace the status', `${at}/csr-b/status`, '{{read:*}}', { keep: 'status.conditions.0.type' }),
    put(
      'replace the approval of another state',
      `${at}/csr-b/approval`,
      merged(named(signing, 'csr-b'), { metadata: { resourceVersion: '1' } }),
    ),
    post('approve by POST', `${at}/csr-b/approval`, named(signing, 'csr-b')),
    post('create one to deny', at, named(signing, 'csr-c')),
    patch('deny', `${at}/csr-c/approval`, 'strategic', decided('Denied')),
    get('get what is not there, later', `${at}/none`),
    remove('take it away', `${at}/csr-b`),
  ],
};
