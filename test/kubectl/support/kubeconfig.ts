import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** A kubeconfig as it stands in its file. */
export interface Kubeconfig {
  'current-context': string;
  contexts: { name: string; context: { cluster: string; user: string; namespace?: string } }[];
  clusters: { name: string; cluster: Record<string, string> }[];
  users: { name: string; user: { token: string } }[];
}

export async function load(path: string): Promise<Kubeconfig> {
  return parse(await readFile(path, 'utf8')) as Kubeconfig;
}
