import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { isThere } from '../process/folder.ts';

/** A chart that comes with kith. */
export interface ShippedChart {
  name: string;
  description: string;
  path: string;
}

/** Those of the folder `charts/` beside the program. */
export function shippedCharts(): ShippedChart[] {
  // From the sources, and from what is built of them.
  const folder = ['../charts', '../../charts']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => isThere(join(path, 'web', 'Chart.yaml')));
  if (folder === undefined) return [];
  return readdirSync(folder)
    .toSorted()
    .map((name) => {
      const path = join(folder, name);
      const { description } = parse(readFileSync(join(path, 'Chart.yaml'), 'utf8')) as {
        description: string;
      };
      return { name, description, path };
    });
}

/** Flags of helm's that take no value: after any other one without `=` the next word is its value. */
const switches = new Set(
  `-g -h -i -q -A -a -d --all --all-namespaces --atomic --cleanup-on-fail --create-namespace --debug --dependency-update --devel
  --disable-openapi-validation --dry-run --enable-dns --force --force-conflicts --force-replace --generate-name --help --hide-notes
  --hide-secret --include-crds --insecure-skip-tls-verify --install --is-upgrade --keep-history --logs --no-hooks --pass-credentials
  --plain-http --quiet --recreate-pods --render-subchart-notes --replace --reset-then-reuse-values --reset-values --reuse-values
  --rollback-on-failure --skip-crds --skip-schema-validation --skip-tests --strict --take-ownership --validate --verify --wait
  --wait-for-jobs --with-subcharts`.split(/\s+/),
);

/** Of which positions of a command's words is a chart. */
const chartAt: Record<string, (positions: number[]) => number[]> = {
  install: (positions) => positions.slice(-1),
  upgrade: (positions) => positions.slice(1, 2),
  template: (positions) => positions.slice(-1),
  lint: (positions) => positions,
  show: (positions) => positions.slice(1, 2),
  package: (positions) => positions,
};

/**
 * helm's words for what a user typed after `kith chart`: a chart of kith's by its name becomes its path, and `install web` alone
 * makes a release of that name. All else is left as it is; what lies in a folder here is meant by `./web`.
 *
 * @param charts name → path
 */
export function helmWords(words: readonly string[], charts: ReadonlyMap<string, string>): string[] {
  const [verb = ''] = words;
  const found = chartAt[verb];
  if (!found) return [...words];
  const positions: number[] = [];
  for (let index = 1; index < words.length; index++) {
    const word = words[index]!;
    if (!word.startsWith('-') || word === '-') positions.push(index);
    else if (!word.includes('=') && !switches.has(word)) index += 1;
  }
  const places = new Set(found(positions));
  const out = words.map((word, index) => (places.has(index) ? (charts.get(word) ?? word) : word));
  const isNamed = words.some(
    (word) => word === '-g' || /^--generate-name(=|$)|^--name-template(=|$)/.test(word),
  );
  const only = positions.length === 1 ? words[positions[0]!]! : undefined;
  if (verb === 'install' && only !== undefined && charts.has(only) && !isNamed)
    out.splice(positions[0]!, 0, only);
  return out;
}

/** The environment for helm: this home's cluster, whatever the user's own settings point to. */
export function helmEnvironment(environment: NodeJS.ProcessEnv, kubeconfig: string): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !/^HELM_(KUBE|NAMESPACE$)/.test(name));
  return { ...Object.fromEntries(kept), KUBECONFIG: kubeconfig };
}
