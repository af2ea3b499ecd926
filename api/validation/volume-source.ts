import { forbiddenField, invalidValue, notSupported, required, tooLong } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { child } from '../field-path.ts';
import type { PersistentVolumeSpec, SecretReference } from '../types.ts';
import { dnsLabel, dnsSubdomain } from './names.ts';
import { named } from './rules.ts';

/** Where a PersistentVolume's bytes are. Source: k8s.io/kubernetes/pkg/apis/core/validation/validation.go ValidatePersistentVolumeSpec */

type Rule<T> = (field: string, source: T, volumeName: string) => FieldError[];
type Rules = { [type in keyof PersistentVolumeSpec]?: Rule<NonNullable<PersistentVolumeSpec[type]>> };

const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

/** Fields that must be there and not empty. */
const needs =
  <T extends object>(...fields: (keyof T & string)[]): Rule<T> =>
  (field, source) =>
    fields.flatMap((name) => {
      const value: unknown = source[name];
      const isThere = Array.isArray(value) ? value.length > 0 : Boolean(value);
      return isThere ? [] : [required(child(field, name))];
    });

/** Old kinds of volumes are judged by what must be named; the fine print of each is its driver's. In Kubernetes' order. */
const rules: Rules = {
  hostPath: (field, { path, type }) =>
    path
      ? [
          ...withoutSteps(child(field, 'path'), path),
          ...(type === undefined || hostPathTypes.includes(type)
            ? []
            : [notSupported(child(field, 'type'), type, hostPathTypes)]),
        ]
      : [required(child(field, 'path'))],
  gcePersistentDisk: (_field, { pdName }) => (pdName ? [] : [required('spec.persistentDisk.pdName')]),
  awsElasticBlockStore: needs('volumeID'),
  glusterfs: needs('endpoints', 'path'),
  flocker: () => [],
  nfs: (field, { server, path = '' }) => [
    ...(server ? [] : [required(child(field, 'server'))]),
    ...(path ? [] : [required(child(field, 'path'))]),
    ...(path.startsWith('/') ? [] : [invalidValue(child(field, 'path'), path, 'must be an absolute path')]),
  ],
  rbd: needs('monitors', 'image'),
  quobyte: needs('registry', 'volume'),
  cephfs: needs('monitors'),
  iscsi: (field, { targetPortal, iqn, lun = 0 }) => [
    ...(targetPortal ? [] : [required(child(field, 'targetPortal'))]),
    ...(iqn
      ? /^(iqn|eui|naa)/.test(iqn)
        ? []
        : [invalidValue(child(field, 'iqn'), iqn, 'must be valid format')]
      : [required(child(field, 'iqn'))]),
    ...(lun < 0 || lun > 255
      ? [invalidValue(child(field, 'lun'), lun, 'must be between 0 and 255, inclusive')]
      : []),
  ],
  cinder: needs('volumeID'),
  fc: (field, { targetWWNs = [], wwids = [] }) =>
    targetWWNs.length + wwids.length > 0
      ? []
      : [required(child(field, 'targetWWNs'), 'must specify either targetWWNs or wwids, but not both')],
  flexVolume: needs('driver'),
  azureFile: needs('secretName', 'shareName'),
  vsphereVolume: needs('volumePath'),
  photonPersistentDisk: needs('pdID'),
  portworxVolume: needs('volumeID'),
  azureDisk: needs('diskName', 'diskURI'),
  scaleIO: needs('gateway', 'system', 'volumeName'),
  local: (field, { path }) =>
    path ? withoutSteps(child(field, 'path'), path) : [required(child(field, 'path'))],
  storageos: () => [],
  csi: (field, csi) => [
    ...validateDriver(child(field, 'driver'), csi.driver),
    ...(csi.volumeHandle ? [] : [required(child(field, 'volumeHandle'))]),
    ...(
      [
        'controllerPublishSecretRef',
        'controllerExpandSecretRef',
        'nodePublishSecretRef',
        'nodeExpandSecretRef',
      ] as const
    ).flatMap((name) => validateSecret(child(field, name), csi[name])),
  ],
};

const types = Object.keys(rules) as (keyof Rules)[];

/** The parts of a volume's spec that say where its bytes are. */
export function sourceOf(spec: PersistentVolumeSpec): Partial<PersistentVolumeSpec> {
  return Object.fromEntries(
    types.map((type) => [type, spec[type]]).filter(([, source]) => source !== undefined),
  );
}

export function validateVolumeSource(
  field: string,
  spec: PersistentVolumeSpec,
  volumeName: string,
): FieldError[] {
  const given = types.filter((type) => spec[type] !== undefined);
  if (given.length === 0) return [required(field, 'must specify a volume type')];
  const [first, ...more] = given;
  const rule = rules[first!] as Rule<object>;
  return [
    ...rule(child(field, first!), spec[first!] as object, volumeName),
    ...(first === 'local' && !spec.nodeAffinity
      ? [required(child(field, 'nodeAffinity'), 'Local volume requires node affinity')]
      : []),
    ...more.map((type) => forbiddenField(child(field, type), 'may not specify more than 1 volume type')),
  ];
}

function withoutSteps(field: string, path: string): FieldError[] {
  return path.split('/').includes('..') ? [invalidValue(field, path, "must not contain '..'")] : [];
}

/** Kubernetes' limit on the names of CSI drivers: they become labels. */
const driverBytesMax = 63;

function validateDriver(field: string, driver: string): FieldError[] {
  const problem = dnsSubdomain((driver ?? '').toLowerCase());
  return [
    ...(driver ? [] : [required(field)]),
    ...((driver ?? '').length > driverBytesMax ? [tooLong(field, driverBytesMax)] : []),
    ...(problem ? [invalidValue(field, driver ?? '', problem)] : []),
  ];
}

function validateSecret(field: string, reference: SecretReference | undefined): FieldError[] {
  if (!reference) return [];
  const { name, namespace } = reference;
  return [
    ...(name ? named(child(field, 'name'), name, dnsSubdomain) : [required(child(field, 'name'))]),
    ...(namespace
      ? named(child(field, 'namespace'), namespace, dnsLabel)
      : [required(child(field, 'namespace'))]),
  ];
}
