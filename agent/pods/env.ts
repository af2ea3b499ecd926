import { milli, parseQuantity } from '../../api/quantity.ts';
import type { ConfigMap, Container, EnvVar, Pod, Quantity, Secret } from '../../api/types.ts';

/** Where environment comes from beside the pod itself. Each resolves to undefined where the object does not exist. */
export interface EnvSources {
  configMap(namespace: string, name: string): Promise<ConfigMap | undefined>;
  secret(namespace: string, name: string): Promise<Secret | undefined>;
}

/** What the pod may ask about where it runs. */
export interface PodFacts {
  nodeName: string;
  podIP: string;
  hostIP: string;
  /** Stands in for limits that the container does not set. */
  allocatable: { cpuMillis: number; memoryBytes: number };
}

/** The container cannot be configured as things are; it is tried again, since the missing thing may appear. */
export class ContainerConfigError extends Error {
  readonly reason = 'CreateContainerConfigError';
  override readonly name = 'ContainerConfigError';
}

/**
 * The container's whole environment: `envFrom` first, `env` over it, `$(NAME)` expanded from what was defined before.
 * @throws ContainerConfigError naming the missing ConfigMap, Secret or key, worded as the kubelet does
 */
export async function resolveEnv(
  pod: Pod,
  container: Container,
  facts: PodFacts,
  sources: EnvSources,
): Promise<Record<string, string>> {
  const cached = oncePerName(sources);
  const env: Record<string, string> = {};
  for (const source of container.envFrom ?? []) {
    const prefix = source.prefix ?? '';
    const namespace = namespaceOf(pod);
    if (source.configMapRef) {
      const { name = '', optional } = source.configMapRef;
      const found = await cached.configMap(namespace, name);
      if (!found && !optional) throw new ContainerConfigError(`configmap "${name}" not found`);
      for (const [key, value] of Object.entries(found?.data ?? {})) env[prefix + key] = value;
    }
    if (source.secretRef) {
      const { name = '', optional } = source.secretRef;
      const found = await cached.secret(namespace, name);
      if (!found && !optional) throw new ContainerConfigError(`secret "${name}" not found`);
      for (const [key, value] of Object.entries(found?.data ?? {})) env[prefix + key] = decode(value);
    }
  }
  for (const variable of container.env ?? []) {
    const value = variable.valueFrom
      ? await valueFrom(pod, container, variable, facts, cached)
      : expand(variable.value ?? '', env);
    if (value !== undefined) env[variable.name] = value;
  }
  return env;
}

/** `$(NAME)` becomes the variable's value where it is defined, `$$` a dollar; anything else stays as it is. */
export function expand(text: string, env: Record<string, string>): string {
  return text.replace(/\$(\$|\(([^()]*)\))/g, (whole, inner: string, name: string | undefined) => {
    if (inner === '$') return '$';
    return Object.hasOwn(env, name!) ? env[name!]! : whole;
  });
}

async function valueFrom(
  pod: Pod,
  container: Container,
  variable: EnvVar,
  facts: PodFacts,
  sources: EnvSources,
): Promise<string | undefined> {
  const source = variable.valueFrom!;
  const namespace = namespaceOf(pod);
  if (source.configMapKeyRef) {
    const { name = '', key, optional } = source.configMapKeyRef;
    const found = await sources.configMap(namespace, name);
    if (!found && !optional) throw new ContainerConfigError(`configmap "${name}" not found`);
    const value = found?.data?.[key];
    if (value === undefined && !optional)
      throw new ContainerConfigError(`couldn't find key ${key} in ConfigMap ${namespace}/${name}`);
    return value;
  }
  if (source.secretKeyRef) {
    const { name = '', key, optional } = source.secretKeyRef;
    const found = await sources.secret(namespace, name);
    if (!found && !optional) throw new ContainerConfigError(`secret "${name}" not found`);
    const value = found?.data?.[key];
    if (value === undefined && !optional)
      throw new ContainerConfigError(`couldn't find key ${key} in Secret ${namespace}/${name}`);
    return value === undefined ? undefined : decode(value);
  }
  if (source.fieldRef) return fieldOf(pod, source.fieldRef.fieldPath, facts);
  if (source.resourceFieldRef) {
    const { containerName, resource, divisor } = source.resourceFieldRef;
    const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
    const named = containerName ? all.find(({ name }) => name === containerName) : container;
    if (!named)
      throw new ContainerConfigError(`env ${variable.name}: there is no container "${containerName}"`);
    return resourceOf(named, resource, divisor, facts);
  }
  throw new ContainerConfigError(
    `env ${variable.name}: valueFrom.${Object.keys(source)[0] ?? '{}'} is not supported; use configMapKeyRef, secretKeyRef, fieldRef or resourceFieldRef`,
  );
}

function fieldOf(pod: Pod, path: string, facts: PodFacts): string {
  const subscript = /^metadata\.(labels|annotations)\['([^']*)'\]$/.exec(path);
  if (subscript) return pod.metadata?.[subscript[1] as 'labels' | 'annotations']?.[subscript[2]!] ?? '';
  const fields: Record<string, string | undefined> = {
    'metadata.name': pod.metadata?.name,
    'metadata.namespace': namespaceOf(pod),
    'metadata.uid': pod.metadata?.uid,
    'spec.nodeName': facts.nodeName,
    'spec.serviceAccountName': pod.spec?.serviceAccountName ?? 'default',
    'status.podIP': facts.podIP,
    'status.podIPs': facts.podIP,
    'status.hostIP': facts.hostIP,
    'status.hostIPs': facts.hostIP,
  };
  if (!Object.hasOwn(fields, path)) throw new ContainerConfigError(`fieldRef ${path} is not supported`);
  return fields[path] ?? '';
}

/** `limits.cpu` in whole cores, `limits.memory` in bytes, in units of `divisor`, rounded up, as the downward API has it. */
function resourceOf(
  container: Container,
  resource: string,
  divisor: Quantity | undefined,
  facts: PodFacts,
): string {
  const [kind, name] = resource.split('.', 2);
  const set = container.resources?.[kind as 'limits' | 'requests']?.[name!];
  const unit = divisor !== undefined && parseQuantity(divisor) > 0 ? divisor : 1;
  if (name === 'cpu') {
    const millis = set !== undefined ? milli(set) : kind === 'limits' ? facts.allocatable.cpuMillis : 0;
    return String(Math.ceil(millis / milli(unit)));
  }
  if (name === 'memory') {
    const bytes =
      set !== undefined ? parseQuantity(set) : kind === 'limits' ? facts.allocatable.memoryBytes : 0;
    return String(Math.ceil(bytes / parseQuantity(unit)));
  }
  throw new ContainerConfigError(
    `resourceFieldRef ${resource} is not supported; use limits or requests of cpu or memory`,
  );
}

function namespaceOf(pod: Pod): string {
  return pod.metadata?.namespace ?? 'default';
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

/** One container asks for the same object once, so that all its variables come from one version of it. */
function oncePerName(sources: EnvSources): EnvSources {
  const seen = new Map<string, Promise<ConfigMap | Secret | undefined>>();
  const once = <T extends ConfigMap | Secret>(key: string, get: () => Promise<T | undefined>) => {
    if (!seen.has(key)) seen.set(key, get());
    return seen.get(key) as Promise<T | undefined>;
  };
  return {
    configMap: (namespace, name) => once(`c/${name}`, () => sources.configMap(namespace, name)),
    secret: (namespace, name) => once(`s/${name}`, () => sources.secret(namespace, name)),
  };
}
