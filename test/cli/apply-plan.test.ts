import assert from 'node:assert/strict';
import { badRequest, notFound, unavailable } from '../../api/errors.ts';
import { parseManifests } from '../../api/manifests.ts';
import { applyPlan, type Planned } from '../../cli/apply-plan.ts';
import { describeError } from '../../cli/describe-error.ts';
import type { Client, KubeObject } from '../../client/client.ts';

const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

function planOf(...names: string[]): Planned[] {
  return parseManifests(names.map(configMap).join('---\n'), 'app.yaml').documents.map(
    ({ object, kind, file, lineOf }) => ({
      object: object as unknown as Planned['object'],
      kind,
      pinned: [],
      mistake: (field, reason) => ({ file, line: lineOf(field ?? ''), reason }),
    }),
  );
}

/** An API that has nothing, and takes all but the object called `refused`. */
function apiThatRefuses(refused: string, error: Error): Client {
  const client: Pick<Client, 'get' | 'create'> = {
    get: ({ name }) => Promise.reject(notFound('ConfigMap', name)),
    create: async <T extends KubeObject>(object: T) => {
      if (object.metadata?.name === refused) throw error;
      return object;
    },
  };
  return client as Client;
}

describe('a plan that the server refuses in its midst after all', () => {
  const said: string[] = [];
  const told = async (names: string[], refused: string, error: Error) => {
    said.length = 0;
    const applying = applyPlan(apiThatRefuses(refused, error), planOf(...names), {
      dryRun: false,
      say: (line) => said.push(line),
    });
    return applying.then(
      () => 'applied',
      (stopped: Error) => describeError(stopped).lines.join('\n'),
    );
  };

  it('tells the place of that object, what was applied before it and what was not tried', async () => {
    assert.equal(
      await told(['a', 'b', 'c', 'd'], 'c', unavailable('the store takes no writes')),
      [
        'Error (KITH_UNAVAILABLE): app.yaml:11: configmap/c was not applied: the store takes no writes',
        'Before it: configmap/a created, configmap/b created.',
        'Behind it 1 of the input was not tried.',
        'Try: the same command in a moment; kith top shows who is here',
      ].join('\n'),
    );
    assert.deepEqual(said, ['configmap/a created', 'configmap/b created']);
  });

  it('says so where it is the first', async () => {
    assert.match(
      await told(['a', 'b'], 'a', badRequest('no')),
      /KITH_BAD_REQUEST\): app\.yaml:1: .*\nNothing was applied before it\.\nBehind it 1 /,
    );
  });

  it('is applied whole where nothing is refused', async () => {
    assert.equal(await told(['a', 'b'], 'none', new Error()), 'applied');
    assert.deepEqual(said, ['configmap/a created', 'configmap/b created']);
  });
});
