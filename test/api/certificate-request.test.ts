import assert from 'node:assert/strict';
import fc from 'fast-check';
import { certificateRequestProblem } from '../../api/certificate-request.ts';
import { someRequest } from './validation/cluster/certificates.ts';

/** Made by openssl: an Ed25519 key, and an RSA key of 2,048 bits. */
const ed25519 =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlHTU1FQUNBUUF3RFRFTE1Ba0dBMVVFQXd3Q1pXUXdLakFGQmdNclpYQURJUURXVDgrWTRpakxsVXRXbzBhRwptZWJ3MEZMT1hJUFNTa3VBQUxVR2dZMHFhcUFBTUFVR0F5dGxjQU5CQU95UHpkREpLNWtXMFNtd2I2NVdVSmhzCjVNSmx6ZnAxcllhSG11bVBFVXV2NmJqY2FxanZWSVBkcWNpZmV0Z00wT3NYSmptVk1SdERobTFqbHl3VlpBMD0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==';
const rsa =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQ1V6Q0NBVHNDQVFBd0RqRU1NQW9HQTFVRUF3d0Rjbk5oTUlJQklqQU5CZ2txaGtpRzl3MEJBUUVGQUFPQwpBUThBTUlJQkNnS0NBUUVBc2VJdlFZejVZNllaakhEbWozZW5TM1o3UkVVRjVxNHNrSDRPV01uN1cwamxuOXFqCmQyNVp6OTVyL0xLcy8zVTJYeHZOVlR1QzFrV2R4MFJjNm13QmdQd3ZLQ256Mk5tWXlibkMxeHltZzNHUjArUDMKdjRGWG5PS3RyOCtWQlpuNVNxaHhUV2YzTjlJcG5RcU9JL2RDaVJsUUc0amtKdVM2MmlXOUI4b2J0L3lwNTc3Tgo0Ukhydng2SHp2OUxwUEU2WW5BUmYxcWthK0RBNkY3THdBWjFrUWZhNzdWTVRCcTNWZzNHbmFLaThzVE1aWmhwClZpUzN3Ri9UbHVEdWZpZHpEcVdiK1F6VlNVaDlpblFWeTllVlhYNzUwQ25nS0I3aVlTYnZmYXFKWXJnY1p4V1YKMFZybFhKWk5XZnNKRFlLd2N0cTRtT1Q1Wm9wNW5oMGlUSWpPZ1FJREFRQUJvQUF3RFFZSktvWklodmNOQVFFTApCUUFEZ2dFQkFJSHVaRGtHK0t1RDg0b29ieFFKN0JleGJQYTYyNVJOL0tsMXhOVXl1eUFiaHdFR3pWcWlnY3JLCkM1TnVhOEdOM05JM2FxNVFCM3pZeVpPY0c3aURRQlEremxCOEJERnJuQmYrUkJHd3ErYWhSNFU3dE9ZOVoxSFcKa1VuWlhhRmhXTWl4c1daMjZNd3JETjU3MSt2amxiTGJHZE5IbElXQ0lUM2s2YW9UWkd5VFBVRmV1WklkdmF5NQpDQUJIQXA1MzlHUzZScDNwSlhETGxBOWhLOWROZG1BK2ZqQWJaSUlvTUJEalBYdXZRajhzUHR5cXd0S015VC9hCmVDR29jTDRsTlV3UXByVjB1ZEYzUWNCUGlGYXNtMW1Wa2o0VzZWS0xPUDBNN3NKV0hJWkUzcjMzUFlmUGd3cWUKYXRuMlF1ZlBiby82K3pJNlN5ZksrdDY0eW9RN1YzWT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==';

const pem = (der: Buffer, type = 'CERTIFICATE REQUEST') =>
  Buffer.from(`-----BEGIN ${type}-----\n${der.toString('base64')}\n-----END ${type}-----\n`).toString(
    'base64',
  );
const derOf = (request: string) =>
  Buffer.from(
    Buffer.from(request, 'base64')
      .toString()
      .replaceAll(/-----[^-]+-----|\s/g, ''),
    'base64',
  );

describe('a certificate request', () => {
  it('is one where the key that it names has signed it, of whatever kind the key is', () => {
    for (const request of [someRequest, ed25519, rsa])
      assert.equal(certificateRequestProblem(request), undefined);
  });

  it('is none where anything of it was changed after it was signed', () => {
    for (const request of [someRequest, ed25519, rsa]) {
      const der = derOf(request);
      const at = der.indexOf(Buffer.from(request === someRequest ? 'ann' : request === rsa ? 'rsa' : 'ed'));
      der[at] = der[at]! ^ 1;
      assert.equal(certificateRequestProblem(pem(der)), 'x509: invalid signature');
    }
  });

  it('is none under another name, or as anything else', () => {
    const wrongBlock = 'PEM block type must be CERTIFICATE REQUEST';
    assert.equal(certificateRequestProblem(pem(derOf(rsa), 'CERTIFICATE')), wrongBlock);
    assert.equal(certificateRequestProblem(''), wrongBlock);
    assert.match(certificateRequestProblem(pem(Buffer.from('3000', 'hex')))!, /^asn1: structure error/);
  });

  it('never makes its reader fail, whatever bytes it is made of', () => {
    const der = derOf(someRequest);
    const spoilt = fc
      .array(fc.tuple(fc.nat(der.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
      .map((changes) => {
        const copy = Buffer.from(der);
        for (const [at, byte] of changes) copy[at] = byte;
        return copy;
      });
    const anything = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(spoilt, anything), (bytes) => {
        const problem = certificateRequestProblem(pem(bytes));
        assert.ok(problem === undefined ? bytes.equals(der) : problem.length > 0);
      }),
      { numRuns: 300 },
    );
  });
});
