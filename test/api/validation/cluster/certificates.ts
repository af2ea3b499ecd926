import type { Spoilt } from '../spoil.ts';

/** Made by openssl for /O=people/CN=ann. */
export const someRequest =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIYU1JR0JBZ0VBTUI4eER6QU5CZ05WQkFvTUJuQmxiM0JzWlRFTU1Bb0dBMVVFQXd3RFlXNXVNRmt3RXdZSApLb1pJemowQ0FRWUlLb1pJemowREFRY0RRZ0FFbDNjczFsT05SaGFsbXEyZlNFd1BUaFM0Y2FsVnY0SEgwdVVUCjBPRjRtZTJzV01lVGsrY2F6WDkwMy81eC9PNSsxb2xZK09uTlUybk5NSCtiZFRvbFU2QUFNQW9HQ0NxR1NNNDkKQkFNQ0EwZ0FNRVVDSUFlTVJOTWpUUktHUzZBSnM3Sno0YVZPZHp2K2RwYWtYNWlubEFsZFlkdTNBaUVBNVBpcApZV1A4cU5LcDVEcTFJUWRscG01a3JwZkZMM3YzL0R4ckFPNzlVSjA9Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=';

export const certificates: Spoilt[] = [
  {
    object: {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: 'ann' },
      spec: { request: someRequest, signerName: 'example.com/people', usages: ['client auth'] },
    },
    wrong: [
      [
        'spec.request',
        'eA==',
        'spec.request: Invalid value: []byte{0x78}: PEM block type must be CERTIFICATE REQUEST',
      ],
      ['spec.usages', [], 'spec.usages: Required value'],
      [
        'spec.usages',
        ['flying'],
        'spec.usages[0]: Unsupported value: "flying": supported values: "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment", "decipher only", "digital signature", "email protection", "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime", "server auth", "signing", "timestamping"',
      ],
      ['spec.usages', ['client auth', 'client auth'], 'spec.usages[1]: Duplicate value: "client auth"'],
      ['spec.signerName', '', 'spec.signerName: Required value'],
      [
        'spec.signerName',
        'people',
        'spec.signerName: Invalid value: "people": must be a fully qualified domain and path of the form \'example.com/signer-name\'',
      ],
      [
        'spec.signerName',
        'example/people',
        'spec.signerName: Invalid value: "example": should be a domain with at least two segments separated by dots',
      ],
      [
        'spec.signerName',
        'kubernetes.io/legacy-unknown',
        'spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version',
      ],
      [
        'spec.expirationSeconds',
        599,
        'spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)',
      ],
    ],
    rightUpdates: [['metadata.labels', { a: 'b' }]],
  },
];
