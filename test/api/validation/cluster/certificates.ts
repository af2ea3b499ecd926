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
    } as never,
    wrong: [
      ['spec.request', 'eA=='],
      ['spec.usages', []],
      ['spec.usages', ['flying']],
      ['spec.usages', ['client auth', 'client auth']],
      ['spec.signerName', ''],
      ['spec.signerName', 'people'],
      ['spec.signerName', 'example/people'],
      ['spec.signerName', 'kubernetes.io/legacy-unknown'],
      ['spec.expirationSeconds', 599],
    ],
    rightUpdates: [['metadata.labels', { a: 'b' }]],
  },
];
