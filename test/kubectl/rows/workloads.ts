import assert from 'node:assert/strict';
import type { Deployment, Pod } from '../../../api/types.ts';
import { boxImage } from '../../support/podman.ts';
import { row } from '../support/row.ts';

const webSpec = {
  replicas: 1,
  selector: { matchLabels: { app: 'web' } },
  template: {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'web', image: 'hello:v1' }] },
  },
};
/** A deployment as it is created, by the API and not by kubectl. */
export const web = (replicas = 1): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { ...webSpec, replicas },
});

export const workloads = [
  row('create deployment', '--image, --replicas, --port', async (trial) => {
    await trial.kubectl('create deployment web --image=hello:v1 --replicas=2 --port=8080');
    const { spec: made } = await trial.get<Deployment>('Deployment', 'web');
    assert.equal(made!.replicas, 2);
    assert.deepEqual(made!.template.spec!.containers[0]!.ports, [{ containerPort: 8080, protocol: 'TCP' }]);
    await trial.becomes<Deployment>(
      'Deployment',
      'web',
      'both are ready',
      ({ status }) => status?.readyReplicas === 2,
    );
  }),
  row(
    'run',
    'with a command, in podman',
    async (trial) => {
      const overrides = '--overrides={"spec":{"runtimeClassName":"podman"}}';
      await trial.kubectl(`run one --image=${boxImage} --restart=Never ${overrides} --command -- true`);
      const { spec } = await trial.becomes<Pod>(
        'Pod',
        'one',
        'it succeeds',
        ({ status }) => status?.phase === 'Succeeded',
      );
      assert.deepEqual(spec!.containers[0]!.command, ['true']);
    },
    { needs: 'podman' },
  ),
  row('scale', '--replicas', async (trial) => {
    await trial.create(web(0));
    await trial.kubectl('scale deployment web --replicas=3');
    assert.equal((await trial.get<Deployment>('Deployment', 'web')).spec!.replicas, 3);
  }),
];
