import { readFile, realpath, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { isMap, isSeq, parseDocument, YAMLMap, YAMLSeq, type Document, type ToStringOptions } from 'yaml';
import { makePrivateFolder, writeFileAtomically } from '../process/folder.ts';

/** One way into one cluster, as kubectl keeps it: a cluster, a user and a context, all of one name. */
export interface KubeContext {
  name: string;
  /** `https://127.0.0.1:5484`. */
  server: string;
  /** PEM. */
  ca: string;
  token: string;
  namespace?: string;
}

/** One way into one cluster by a client certificate: what `kith kubeconfig --user` gives out. */
export interface CertificateContext extends Omit<KubeContext, 'token'> {
  /** PEM. */
  certificate: string;
  key: string;
}

/** What is there is no kubeconfig: it was left as it is. The message says what to do. */
export class KubeconfigBroken extends Error {
  readonly code = 'KITH_BAD_KUBECONFIG';
  override readonly name = 'KubeconfigBroken';
}

/** The file that kubectl would write to: the first of `$KUBECONFIG`, else `~/.kube/config`, never one in the current folder. */
export function kubeconfigPath(environment: NodeJS.ProcessEnv = process.env): string {
  const [first] = (environment['KUBECONFIG'] ?? '').split(delimiter).filter(Boolean);
  return first ?? join(environment['HOME'] || userInfo().homedir, '.kube', 'config');
}

/**
 * Puts a context into a kubeconfig, in place of one of the same name. Everything else in the file, comments too, stays as it
 * is. It becomes the current one where `makeCurrent` says so, or where there is none.
 *
 * @throws KubeconfigBroken naming the file, where what is there is not a kubeconfig: it is left alone
 */
export async function writeContext(
  path: string,
  context: KubeContext | CertificateContext,
  options: { makeCurrent?: boolean } = {},
): Promise<void> {
  await change(path, (text) => withContext(text, context, options));
}

/** The context of this name, or the current one; undefined where there is none of that kind. */
export function contextIn(text: string, name?: string): KubeContext | undefined {
  const config = (parsed(text).toJS() ?? {}) as {
    'current-context'?: string;
    contexts?: { name: string; context: { cluster: string; user: string; namespace?: string } }[];
    clusters?: { name: string; cluster: { server?: string; 'certificate-authority-data'?: string } }[];
    users?: { name: string; user: { token?: string } }[];
  };
  const wanted = name ?? config['current-context'];
  const context = config.contexts?.find((each) => each.name === wanted)?.context;
  const cluster = config.clusters?.find((each) => each.name === context?.cluster)?.cluster;
  const user = config.users?.find((each) => each.name === context?.user)?.user;
  if (!wanted || !context || !cluster?.server || !user?.token) return undefined;
  return {
    name: wanted,
    server: cluster.server,
    ca: Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64').toString(),
    token: user.token,
    ...(context.namespace && { namespace: context.namespace }),
  };
}

/** The kubeconfig `text` with the context in it; an empty text is a new file. */
export function withContext(
  text: string,
  context: KubeContext | CertificateContext,
  { makeCurrent = false } = {},
): string {
  const { name, server, ca, namespace } = context;
  const document = parsed(text);
  if (!document.contents) document.contents = document.createNode({ apiVersion: 'v1', kind: 'Config' });
  if (!document.has('apiVersion')) document.set('apiVersion', 'v1');
  if (!document.has('kind')) document.set('kind', 'Config');
  const certificate = Buffer.from(ca).toString('base64');
  put(document, 'clusters', { name, cluster: { server, 'certificate-authority-data': certificate } });
  put(document, 'users', { name, user: credentialsOf(context) });
  put(document, 'contexts', {
    name,
    context: { cluster: name, user: name, ...(namespace && { namespace }) },
  });
  if (makeCurrent || !document.get('current-context')) document.set('current-context', name);
  return document.toString(styleOf(text));
}

function credentialsOf(context: KubeContext | CertificateContext): object {
  if ('token' in context) return { token: context.token };
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return {
    'client-certificate-data': base64(context.certificate),
    'client-key-data': base64(context.key),
  };
}

/** Written as it was: lists indented, and braces padded, only where the file has them so. kubectl does neither. */
function styleOf(text: string): ToStringOptions {
  return {
    lineWidth: 0,
    indentSeq: /^ +- /m.test(text) && !/^- /m.test(text),
    flowCollectionPadding: text.includes('{ '),
  };
}

function parsed(text: string): Document {
  const document = parseDocument(text, { keepSourceTokens: true });
  const [error] = document.errors;
  if (error) throw new Error(`it is not YAML: ${error.message}`);
  if (document.contents && !isMap(document.contents))
    throw new Error('it is not a kubeconfig: it must be a map');
  return document as Document;
}

function put(document: Document, list: string, item: { name: string; [part: string]: unknown }): void {
  let items = document.get(list);
  if (!isSeq(items)) {
    items = new YAMLSeq();
    document.set(list, items);
  }
  const sequence = items as YAMLSeq;
  // kubectl writes `clusters: []` where there are none; a list that is to hold something reads better as a block.
  sequence.flow = false;
  const node = document.createNode(item);
  const at = sequence.items.findIndex((each) => isNamed(each, item.name));
  if (at < 0) sequence.items.push(node);
  else sequence.items[at] = node;
}

const isNamed = (item: unknown, name: string) => item instanceof YAMLMap && item.get('name') === name;

async function change(path: string, compute: (text: string) => string): Promise<void> {
  let text = '';
  let target = path;
  try {
    // Where the file is a link (dotfiles do that), the file it leads to is replaced, not the link.
    target = await realpath(path);
    text = await readFile(target, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  let next: string;
  try {
    next = compute(text);
  } catch (error) {
    throw new KubeconfigBroken(
      `${path} was left as it is, because ${(error as Error).message}. Mend it, or name another file with KUBECONFIG.`,
      { cause: error },
    );
  }
  if (next === text) return;
  const folder = dirname(target);
  if (!(await stat(folder).catch(() => undefined))) makePrivateFolder(folder);
  await writeFileAtomically(target, next);
}
