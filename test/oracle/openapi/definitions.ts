/** Definitions whose kinds both servers describe: every word of a schema that documents treat in a way of their own. */
export const definitions = [
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.things.example.com' },
    spec: {
      group: 'things.example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget', shortNames: ['wd'] },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: {
            status: {},
            scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
          },
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description: 'A widget.',
              required: ['spec'],
              properties: {
                spec: {
                  type: 'object',
                  description: 'What it is.',
                  'x-kubernetes-validations': [{ rule: 'self.replicas >= 0' }],
                  required: ['size', 'replicas'],
                  properties: {
                    replicas: { type: 'integer', format: 'int32', default: 1, nullable: true, minimum: 0 },
                    size: { type: 'string', enum: ['s', 'm'], pattern: '^[sm]$', maxLength: 1 },
                    share: { type: 'number', multipleOf: 0.5, maximum: 9, exclusiveMaximum: true },
                    port: {
                      'x-kubernetes-int-or-string': true,
                      anyOf: [{ type: 'integer' }, { type: 'string' }],
                    },
                    open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                    inner: {
                      type: 'object',
                      'x-kubernetes-embedded-resource': true,
                      'x-kubernetes-preserve-unknown-fields': true,
                    },
                    parts: {
                      type: 'array',
                      'x-kubernetes-list-type': 'map',
                      'x-kubernetes-list-map-keys': ['name'],
                      items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
                    },
                    names: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
                    map: { type: 'object', additionalProperties: { type: 'string' } },
                    whole: {
                      type: 'object',
                      'x-kubernetes-map-type': 'atomic',
                      default: { example: 'x' },
                      properties: { example: { type: 'string' } },
                    },
                    one: {
                      type: 'object',
                      properties: { a: { type: 'string' }, b: { type: 'string' } },
                      oneOf: [{ required: ['a'] }, { required: ['b'] }],
                      not: { required: ['c'] },
                    },
                  },
                },
                status: { type: 'object', properties: { replicas: { type: 'integer' } } },
              },
            },
          },
        },
      ],
    },
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'gizmos.things.example.com' },
    spec: {
      group: 'things.example.com',
      scope: 'Cluster',
      names: { plural: 'gizmos', singular: 'gizmo', kind: 'Gizmo' },
      versions: [
        {
          name: 'v1beta1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  },
];
