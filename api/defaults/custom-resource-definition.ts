import type { CustomResourceDefinition } from '../types.ts';

/** Source: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/defaults.go */
export function defaultCustomResourceDefinition(object: CustomResourceDefinition): CustomResourceDefinition {
  const { spec, status } = object;
  if (!spec?.names) return object;
  const { names, versions = [] } = spec;
  const stored = versions.find(({ storage }) => storage)?.name;
  return {
    ...object,
    spec: {
      ...spec,
      names: {
        ...names,
        ...(!names.singular && names.kind && { singular: names.kind.toLowerCase() }),
        ...(!names.listKind && names.kind && { listKind: `${names.kind}List` }),
      },
      conversion: spec.conversion ?? { strategy: 'None' },
    },
    ...(!status?.storedVersions?.length && stored && { status: { ...status, storedVersions: [stored] } }),
  };
}
