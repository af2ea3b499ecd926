import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { testCluster, type TestCluster } from '../cluster.ts';
import { definitionsPath, established } from './widgets.ts';

const run = promisify(execFile);

/** Three operators that many people use, as their Go modules carry them. */
const operators = [
  {
    module: 'github.com/cert-manager/cert-manager@v1.19.1',
    definitions: ['deploy/crds'],
    samples: ['test/fixtures'],
    atLeast: { definitions: 6, samples: 3 },
  },
  {
    module: 'sigs.k8s.io/gateway-api@v1.3.0',
    definitions: ['config/crd/experimental'],
    samples: ['examples/standard', 'examples/experimental'],
    atLeast: { definitions: 11, samples: 60 },
  },
  {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.83.0',
    definitions: ['example/prometheus-operator-crd'],
    // Beside these it has parts of objects, to be completed by who reads its pages.
    samples: [
      'example/user-guides/alerting',
      'example/user-guides/getting-started',
      'example/shards',
      'example/thanos',
      'example/storage',
    ],
    atLeast: { definitions: 10, samples: 15 },
  },
];

interface Manifest {
  apiVersion?: string;
  kind?: string;
  metadata?: { name?: string; namespace?: string };
  spec?: object;
}

describe('the definitions of operators', () => {
  for (const { module, definitions, samples, atLeast } of operators)
    it(`of ${module} apply unmodified, and its sample objects are valid`, async function () {
      this.timeout(120_000);
      const folder = await moduleFolder(module);
      if (!folder) {
        console.log(`      skipped: go is not here, so ${module} cannot be had`);
        this.skip();
      }
      const cluster = await testCluster();
      try {
        const defined = await manifestsIn(
          definitions.map((each) => join(folder, each)),
          /CustomResourceDefinition/,
        );
        assert.ok(defined.length >= atLeast.definitions, `${defined.length} definitions`);
        for (const definition of defined) {
          const path = `${definitionsPath}?fieldValidation=Strict`;
          const { status, text, headers } = await cluster.ask('POST', path, { body: definition });
          assert.equal(status, 201, `${definition.metadata?.name}: ${text}`);
          assert.equal(headers['warning'], undefined);
          await established(cluster, definition.metadata!.name!);
        }
        const groups = new Set(defined.map((each) => (each as { spec: { group: string } }).spec.group));
        const objects = await manifestsIn(
          samples.map((each) => join(folder, each)),
          /^/,
        );
        const own = objects.filter(({ apiVersion = '' }) => groups.has(apiVersion.split('/')[0]!));
        assert.ok(own.length >= atLeast.samples, `${own.length} samples`);
        let accepted = 0;
        for (const object of own) if (await accepts(cluster, object)) accepted++;
        assert.ok(accepted >= atLeast.samples, `${accepted} samples are of kinds that are served`);
      } finally {
        await cluster.close();
      }
    });
});

/** Where the module lies, fetched where it is not there yet; undefined without go. */
async function moduleFolder(module: string): Promise<string | undefined> {
  try {
    const { stdout } = await run('go', ['mod', 'download', '-json', module], { maxBuffer: 2 ** 22 });
    return (JSON.parse(stdout) as { Dir: string }).Dir;
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    return undefined;
  }
}

async function manifestsIn(folders: readonly string[], kind: RegExp): Promise<Manifest[]> {
  const found: Manifest[] = [];
  for (const folder of folders)
    for (const file of await readdir(folder, { recursive: true })) {
      if (!/\.ya?ml$/.test(file) || file.endsWith('kustomization.yaml')) continue;
      const text = await readFile(join(folder, file), 'utf8');
      for (const document of parseAllDocuments(text)) {
        const value = document.toJS() as Manifest | null;
        if (value?.kind && kind.test(value.kind)) found.push(value);
      }
    }
  return found;
}

async function accepts(cluster: TestCluster, object: Manifest): Promise<boolean> {
  const { apiVersion = '', kind = '', metadata } = object;
  const served = cluster.apiServer.registry.kinds.of(apiVersion, kind);
  // A sample may be of a version that the operator serves no more, or a part to be completed.
  if (!served || !metadata?.name) return false;
  const namespace = served.namespaced ? `/namespaces/${metadata?.namespace ?? 'default'}` : '';
  const path = `/apis/${apiVersion}${namespace}/${served.plural}?dryRun=All&namespaceToCome=true&fieldValidation=Strict`;
  const { status, text } = await cluster.ask('POST', path, { body: object });
  assert.equal(status, 201, `${kind} ${metadata?.name}: ${text}`);
  // The control: the same with a field too many is not valid.
  const spoilt = { ...object, spec: { ...object.spec, kith: true } };
  assert.equal((await cluster.ask('POST', path, { body: spoilt })).status, 400, `${kind} ${metadata.name}`);
  return true;
}
