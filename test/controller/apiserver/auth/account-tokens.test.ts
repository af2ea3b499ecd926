import assert from 'node:assert/strict';
import { createHmac, createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { newAccountKey } from '../../../../controller/apiserver/auth/account-key.ts';
import { issuer } from '../../../../controller/apiserver/auth/account-tokens.ts';
import { signToken } from '../../../../controller/apiserver/auth/json-web-token.ts';
import { VirtualClock } from '../../../../process/virtual-clock.ts';
import { pod, testCluster, type TestCluster } from '../cluster.ts';

const accounts = '/api/v1/namespaces/default/serviceaccounts';

describe('the tokens of service accounts', () => {
  const key = newAccountKey();
  let clock: VirtualClock;
  let cluster: TestCluster;
  beforeEach(async () => {
    clock = new VirtualClock();
    cluster = await testCluster(clock, { accountKey: key });
    await cluster.client.create(account());
  });
  afterEach(() => cluster.close());

  const account = () => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'robot', namespace: 'default' },
  });
  const request = (spec: object = {}) => cluster.ask('POST', `${accounts}/robot/token`, { body: { spec } });
  async function token(spec: object = {}): Promise<string> {
    const { status, json, text } = await request(spec);
    assert.equal(status, 201, text);
    return (json as unknown as { status: { token: string } }).status.token;
  }
  const bearer = (text: string) => cluster.apiServer.authenticator.ofHeader(`Bearer ${text}`);
  const why = (text: string, audiences?: string[]) => {
    const found = cluster.apiServer.authenticator.ofToken(text, audiences);
    return 'error' in found ? found.error : undefined;
  };
  const claimsOf = (text: string) =>
    JSON.parse(Buffer.from(text.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('say which account, in its groups, and are checked by the published key', async () => {
    const text = await token();
    const { metadata } = await cluster.client.get({
      kind: 'ServiceAccount',
      namespace: 'default',
      name: 'robot',
    });
    assert.deepEqual(bearer(text)!.user, {
      name: 'system:serviceaccount:default:robot',
      uid: metadata!.uid,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${String(claimsOf(text)['jti'])}`] },
    });
    const { json, headers } = await cluster.ask('GET', '/openid/v1/jwks');
    assert.equal(headers['content-type'], 'application/jwk-set+json');
    const [jwk] = (json as unknown as { keys: JsonWebKey[] }).keys;
    const [head, body, signature] = text.split('.');
    const publicKey = createPublicKey({ key: jwk!, format: 'jwk' });
    const bytes = Buffer.from(signature!, 'base64url');
    const checked = { key: publicKey, dsaEncoding: 'ieee-p1363' as const };
    assert.ok(verify('sha256', Buffer.from(`${head}.${body}`), checked, bytes));
    const page = await cluster.ask('GET', '/.well-known/openid-configuration', {
      headers: { host: 'localhost:1' },
    });
    assert.equal(page.json['issuer'], claimsOf(text)['iss']);
    assert.equal(page.json['jwks_uri'], 'https://localhost:1/openid/v1/jwks');
  });

  it('count no more once they expire', async () => {
    const text = await token({ expirationSeconds: 600 });
    await clock.advance(599_000);
    assert.ok(bearer(text));
    await clock.advance(1_000);
    assert.equal(bearer(text), undefined);
    assert.equal(why(text), '[invalid bearer token, service account token has expired]');
  });

  it('of another key, changed, or signed by nothing, are not known', async () => {
    const good = await token();
    const [head, body, signature] = good.split('.') as [string, string, string];
    const claims = claimsOf(good);
    const stronger = { ...claims, sub: 'system:serviceaccount:kube-system:default' };
    const publicPem = String(key.publicKey.export({ format: 'pem', type: 'spki' }));
    const hmac = `${encode({ alg: 'HS256', kid: key.id })}.${body}`;
    const bad = {
      'signed by another key': signToken(newAccountKey(), claims),
      "another key under this one's name": signToken({ ...newAccountKey(), id: key.id }, claims),
      'claims changed': `${head}.${encode(stronger)}.${signature}`,
      'signature changed': `${head}.${body}.${signature.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A'))}`,
      'alg none': `${encode({ alg: 'none', kid: key.id })}.${body}.`,
      'alg none with the signature': `${encode({ alg: 'none', kid: key.id })}.${body}.${signature}`,
      'the public key as a secret': `${hmac}.${createHmac('sha256', publicPem).update(hmac).digest('base64url')}`,
      'no signature': `${head}.${body}`,
      'a part too many': `${good}.x`,
      'spelt otherwise': `${good}==`,
    };
    for (const [what, text] of Object.entries(bad)) {
      assert.equal(bearer(text), undefined, what);
      assert.equal(why(text), 'invalid bearer token', what);
    }
    assert.ok(bearer(good), 'the control');
    const foreign = signToken(key, { ...claims, iss: 'https://another.example' });
    assert.equal(why(foreign), 'invalid bearer token', 'another issuer');
    assert.ok(bearer(signToken(key, { ...claims, iss: issuer })));
  });

  it('count for whom they are meant', async () => {
    const text = await token({ audiences: ['vault'] });
    assert.equal(bearer(text), undefined);
    assert.equal(
      why(text),
      `[invalid bearer token, token audiences ["vault"] is invalid for the target audiences ["${issuer}"]]`,
    );
    const review = (spec: object) =>
      cluster.ask('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { body: { spec } });
    const status = (await review({ token: text, audiences: ['vault', 'other'] })).json['status'] as object;
    assert.partialDeepStrictEqual(status, { authenticated: true, audiences: ['vault'] });
    assert.partialDeepStrictEqual((await review({ token: text })).json['status'] as object, { user: {} });
    assert.equal((await review({})).json.message, 'token is required for TokenReview in authentication');
  });

  it('end with the account, also where another of its name takes its place', async () => {
    const text = await token();
    const live = bearer(text)!;
    assert.ok(live.isStillGood());
    await cluster.client.delete({ kind: 'ServiceAccount', namespace: 'default', name: 'robot' });
    assert.equal(bearer(text), undefined);
    assert.ok(!live.isStillGood());
    await cluster.client.create(account());
    assert.match(why(text)!, /service account UID \(.*\) does not match claim/);
    assert.ok(bearer(await token()), 'the control');
  });

  it('end with the pod or the Secret that they are bound to', async () => {
    const { client } = cluster;
    const made = await client.create(pod('web', { serviceAccountName: 'robot', nodeName: 'attic' }));
    await client.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'default' } });
    const bound = (kind: string, name: string) => token({ boundObjectRef: { apiVersion: 'v1', kind, name } });
    const ofPod = await bound('Pod', 'web');
    const ofSecret = await bound('Secret', 's');
    assert.deepEqual(bearer(ofPod)!.user.extra!['authentication.kubernetes.io/pod-name'], ['web']);
    assert.deepEqual(bearer(ofPod)!.user.extra!['authentication.kubernetes.io/pod-uid'], [
      made.metadata!.uid,
    ]);
    assert.deepEqual(bearer(ofPod)!.user.extra!['authentication.kubernetes.io/node-name'], ['attic']);
    assert.ok(bearer(ofSecret));
    await client.delete({ kind: 'Pod', namespace: 'default', name: 'web' }, { gracePeriodSeconds: 0 });
    await client.delete({ kind: 'Secret', namespace: 'default', name: 's' });
    for (const text of [ofPod, ofSecret])
      assert.equal(why(text), '[invalid bearer token, service account token has been invalidated]');
    assert.ok(bearer(await token()), 'the account is still good');
  });

  it('are asked for as Kubernetes lets them be', async () => {
    const wrong = async (spec: object, code: number, words: RegExp) => {
      const { status, json, text } = await request(spec);
      assert.equal(status, code, text);
      assert.match(json.message!, words);
    };
    await wrong(
      { expirationSeconds: 60 },
      422,
      /^TokenRequest\.authentication\.k8s\.io "" is invalid: spec\.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes$/,
    );
    await wrong(
      { boundObjectRef: { apiVersion: 'v1', kind: 'ConfigMap', name: 'x' } },
      400,
      /^cannot bind token to object of type \/v1, Kind=ConfigMap$/,
    );
    await wrong(
      { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'x' } },
      404,
      /^pods "x" not found$/,
    );
    await cluster.client.create(pod('other'));
    await wrong(
      { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'other' } },
      400,
      /different serviceaccount name/,
    );
    const gone = await cluster.ask('POST', `${accounts}/nobody/token`, { body: {} });
    assert.equal(gone.json.message, 'serviceaccounts "nobody" not found');
    const { json } = await request();
    assert.partialDeepStrictEqual(json, {
      kind: 'TokenRequest',
      metadata: { name: 'robot', namespace: 'default' },
      spec: { audiences: [issuer], expirationSeconds: 3600 },
    });
  });
});
