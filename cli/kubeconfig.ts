import { readFileSync } from 'node:fs';
import { kubeconfigPath, writeContext as writeInto, type KubeContext } from '../client/kubeconfig.ts';
import { isThere } from '../process/folder.ts';
import { CliError, exitCodes } from './errors.ts';
import type { ClusterRecord, Home } from './home.ts';

/** The context `kith-<cluster>`, from what the controller of this home keeps. */
export function contextOf(home: Home, record: ClusterRecord): KubeContext {
  const caFile = home.file('controller', 'tls', 'ca.pem');
  const tokenFile = home.file('controller', 'token');
  if (!record.ports.api || !isThere(caFile) || !isThere(tokenFile))
    throw new CliError('KITH_NO_API', `the controller of "${record.name}" has never served in ${home.path}`, {
      next: 'kith up',
      exit: exitCodes.wrongInput,
    });
  return {
    name: `kith-${record.name}`,
    server: `https://127.0.0.1:${record.ports.api}`,
    ca: readFileSync(caFile, 'utf8'),
    token: readFileSync(tokenFile, 'utf8').trim(),
  };
}

/** The context of this home: the controller's own where it runs one, else that of its `kith join`. */
export async function contextOfHome(home: Home, record: ClusterRecord): Promise<KubeContext> {
  if (record.role === 'founder') return contextOf(home, record);
  const { forwardedContext } = await import('./forwarding.ts');
  return forwardedContext(home, record);
}

/** Adds or renews the context in the home's own kubeconfig and in the user's, whose other contexts stay as they are. */
export async function writeContext(
  home: Home,
  record: ClusterRecord,
): Promise<{ name: string; file: string }> {
  const context = await contextOfHome(home, record);
  const file = kubeconfigPath();
  await writeInto(home.kubeconfig, context, { makeCurrent: true });
  if (file !== home.kubeconfig) await writeInto(file, context);
  return { name: context.name, file };
}
