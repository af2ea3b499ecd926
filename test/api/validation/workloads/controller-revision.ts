import type { SpoiltTable } from './spoilt.ts';

export const controllerRevisions: SpoiltTable = {
  collection: '/apis/apps/v1/namespaces/default/controllerrevisions',
  good: {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: { name: 'web', namespace: 'default' },
    data: { a: 1 },
    revision: 1,
  },
  spoilt: [
    [{ revision: -1 }, 'revision: Invalid value: -1: must be greater than or equal to 0'],
    [{ data: undefined }, 'data: Required value: data is mandatory'],
    [{ data: 'text' }, 'data: Required value: data must be a valid JSON object'],
    [{ data: [1] }, 'data: Required value: data must be a valid JSON object'],
    [{ data: null }, 'data: Required value: data is mandatory'],
  ],
  changes: [
    [{ revision: 2 }],
    [{ revision: -2 }, 'revision: Invalid value: -2: must be greater than or equal to 0'],
  ],
  statuses: [],
};
