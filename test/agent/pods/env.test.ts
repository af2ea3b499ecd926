import assert from 'node:assert/strict';
import { expand, resolveEnv, type EnvSources } from '../../../agent/pods/env.ts';
import type { Container } from '../../../api/types.ts';
import { pod } from './support.ts';

const sources: EnvSources = {
  configMap: async (_namespace, name) =>
    name === 'theme' ? { metadata: { name }, data: { colour: 'green', size: 'l' } } : undefined,
  secret: async (_namespace, name) =>
    name === 'keys'
      ? { metadata: { name }, data: { token: Buffer.from('s3cret').toString('base64') } }
      : undefined,
};
const facts = {
  nodeName: 'attic',
  podIP: '10.244.3.2',
  hostIP: '10.244.3.1',
  allocatable: { cpuMillis: 1500, memoryBytes: 2 ** 30 },
};

async function resolve(container: Partial<Container>): Promise<Record<string, string>> {
  const owner = pod('web', { container });
  owner.metadata!.labels = { app: 'hello' };
  return resolveEnv(owner, owner.spec!.containers[0]!, facts, sources);
}
const from = (name: string, valueFrom: object) => ({ name, valueFrom });

describe('the environment of a container', () => {
  it('comes from values, ConfigMaps, Secrets, fields and resources', async () => {
    const env = await resolve({
      resources: { limits: { memory: '64Mi' } },
      env: [
        { name: 'PLAIN', value: 'x' },
        from('COLOUR', { configMapKeyRef: { name: 'theme', key: 'colour' } }),
        from('TOKEN', { secretKeyRef: { name: 'keys', key: 'token' } }),
        from('POD', { fieldRef: { fieldPath: 'metadata.name' } }),
        from('APP', { fieldRef: { fieldPath: "metadata.labels['app']" } }),
        from('IP', { fieldRef: { fieldPath: 'status.podIP' } }),
        from('NODE', { fieldRef: { fieldPath: 'spec.nodeName' } }),
        from('MEMORY', { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } }),
        from('CORES', { resourceFieldRef: { resource: 'limits.cpu' } }),
      ],
    });
    assert.deepEqual(env, {
      PLAIN: 'x',
      COLOUR: 'green',
      TOKEN: 's3cret',
      POD: 'web',
      APP: 'hello',
      IP: '10.244.3.2',
      NODE: 'attic',
      MEMORY: '64',
      CORES: '2',
    });
  });

  it('takes whole maps with a prefix, and env over them', async () => {
    const env = await resolve({
      envFrom: [{ configMapRef: { name: 'theme' }, prefix: 'T_' }, { secretRef: { name: 'keys' } }],
      env: [{ name: 'T_size', value: 'm' }],
    });
    assert.deepEqual(env, { T_colour: 'green', T_size: 'm', token: 's3cret' });
  });

  it('expands $(NAME) from what was defined before, and nothing else', async () => {
    const env = await resolve({
      env: [
        { name: 'HOST', value: 'shop' },
        { name: 'URL', value: 'http://$(HOST)/$(LATER)/$$(HOST)' },
        { name: 'LATER', value: 'x' },
      ],
    });
    assert.equal(env['URL'], 'http://shop/$(LATER)/$(HOST)');
    assert.equal(expand('$(constructor)', {}), '$(constructor)');
  });

  it('names what is missing, in the words of Kubernetes, unless it is optional', async () => {
    const optional = await resolve({
      envFrom: [{ configMapRef: { name: 'none', optional: true } }],
      env: [from('A', { secretKeyRef: { name: 'keys', key: 'none', optional: true } })],
    });
    assert.deepEqual(optional, {});
    for (const [valueFrom, message] of [
      [{ configMapKeyRef: { name: 'none', key: 'k' } }, 'configmap "none" not found'],
      [{ configMapKeyRef: { name: 'theme', key: 'k' } }, "couldn't find key k in ConfigMap default/theme"],
      [{ secretKeyRef: { name: 'none', key: 'k' } }, 'secret "none" not found'],
      [{ secretKeyRef: { name: 'keys', key: 'k' } }, "couldn't find key k in Secret default/keys"],
    ] as const)
      await assert.rejects(resolve({ env: [from('A', valueFrom)] }), {
        message,
        reason: 'CreateContainerConfigError',
      });
  });
});
