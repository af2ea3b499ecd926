import { textAnswer } from './answers.ts';
import type { ApiServerResponse } from './exchange.ts';

/** Something that must be so: undefined where it is, else why not. */
export interface HealthCheck {
  name: string;
  problem(): string | undefined;
}

const always: HealthCheck = { name: 'ping', problem: () => undefined };

/** What each page looks at: who lives may yet be unable to take writes. */
export function healthChecks(
  hasStoreTrouble: () => boolean,
): Readonly<Record<string, readonly HealthCheck[]>> {
  const store: HealthCheck = {
    name: 'store',
    problem: () => (hasStoreTrouble() ? 'the store takes no writes' : undefined),
  };
  return { livez: [always], healthz: [always, store], readyz: [always, store] };
}

/**
 * `/livez`, `/healthz` and `/readyz` with `?verbose` and `?exclude=`, and one check alone: `/readyz/store`. Undefined where the path is
 * none of these. Source: k8s.io/apiserver/pkg/server/healthz
 */
export function healthPage(
  path: string,
  query: URLSearchParams,
  pages: Readonly<Record<string, readonly HealthCheck[]>>,
): ApiServerResponse | undefined {
  const [, page = '', one, ...more] = path.split('/');
  const checks = Object.hasOwn(pages, page) ? pages[page] : undefined;
  if (!checks || more.length > 0) return undefined;
  if (one !== undefined) return oneCheck(checks.find(({ name }) => name === one));
  const excluded = query.getAll('exclude');
  const results = checks.map(({ name, problem }) => {
    if (excluded.includes(name)) return { line: `[+]${name} excluded: ok`, failed: false };
    const why = problem();
    return why === undefined
      ? { line: `[+]${name} ok`, failed: false }
      : { line: `[-]${name} failed: ${why}`, failed: true };
  });
  const unknown = excluded.filter((name) => !checks.some((check) => check.name === name));
  const lines = [
    ...results.map(({ line }) => line),
    ...(unknown.length > 0
      ? [
          `warn: some health checks cannot be excluded: no matches for ${unknown.map((name) => JSON.stringify(name)).join(',')}`,
        ]
      : []),
  ];
  if (results.some(({ failed }) => failed))
    return textAnswer(500, [...lines, `${page} check failed\n`].join('\n'));
  return textAnswer(200, query.has('verbose') ? [...lines, `${page} check passed\n`].join('\n') : 'ok');
}

function oneCheck(check: HealthCheck | undefined): ApiServerResponse | undefined {
  if (!check) return undefined;
  const why = check.problem();
  return why === undefined ? textAnswer(200, 'ok') : textAnswer(500, `internal server error: ${why}\n`);
}
