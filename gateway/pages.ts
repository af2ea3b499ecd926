import type { App, Directory } from './directory.ts';
import { appUrl } from './host.ts';

/** What the gateway's own pages say beside the apps. */
export interface Situation {
  port: number;
  /** Milliseconds since the controller was last heard; undefined while the directory is current. */
  staleMs: number | undefined;
}

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const html = (text: string) => text.replace(/[&<>"']/g, (letter) => escapes[letter]!);

/** The list of apps at the gateway's own address; `reasons` say why some have no ready replica. */
export function rootPage(
  directory: Directory,
  reasons: ReadonlyMap<App, string>,
  situation: Situation,
): string {
  const apps = Object.values(directory).sort((a, b) =>
    `${a.namespace}/${a.service}` < `${b.namespace}/${b.service}` ? -1 : 1,
  );
  const rows = apps.map((app) => {
    const url = appUrl(app.service, app.namespace, situation.port);
    const ready = app.endpoints.length;
    const state =
      ready > 0
        ? `<span class="ok">● ${ready} ready</span>`
        : '<span class="no">○ no replica is ready</span>';
    const open = app.openTo.includes('members')
      ? ''
      : ` <small>open to ${html(app.openTo.join(', ') || 'nobody')}</small>`;
    const waiting = app.waiting > 0 ? ` <small>${app.waiting} not ready</small>` : '';
    const reason = reasons.get(app);
    const why = reason === undefined ? '' : `<br><small>${html(reason)}</small>`;
    return `<tr><td><a href="${html(url)}">${html(app.service)}</a>${open}</td><td>${html(app.namespace)}</td><td>${state}${waiting}${why}</td></tr>`;
  });
  const list =
    rows.length > 0
      ? `<table><thead><tr><th>app</th><th>namespace</th><th>replicas</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
      : '<p>No app yet. Try: <code>kith apply -f manifests/hello.yaml</code></p>';
  return page('Apps of this swarm', `<h1>Apps of this swarm</h1>${stale(situation)}${list}`);
}

/** What a browser sees instead of an app that cannot answer. */
export function appPage(
  app: App,
  title: string,
  reason: string,
  details: string[],
  situation: Situation,
): string {
  const list =
    details.length > 0 ? `<ul>${details.map((line) => `<li>${html(line)}</li>`).join('')}</ul>` : '';
  return page(
    title,
    `<h1>${html(title)}</h1><p>${html(reason)}</p>${list}${stale(situation)}
<p>Try: <code>kith describe service ${html(app.service)} -n ${html(app.namespace)}</code>. This page tries again by itself.</p>`,
    5,
  );
}

export function plainPage(title: string, reason: string): string {
  return page(title, `<h1>${html(title)}</h1><p>${html(reason)}</p>`);
}

function stale({ staleMs }: Situation): string {
  if (staleMs === undefined) return '';
  return `<p class="no">The controller has been away for ${Math.round(staleMs / 1000)} s: this is what was known then.</p>`;
}

function page(title: string, body: string, refreshSeconds?: number): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${html(title)} · kith</title>
<meta name="viewport" content="width=device-width, initial-scale=1">${refreshSeconds ? `<meta http-equiv="refresh" content="${refreshSeconds}">` : ''}
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #8884}small{overflow-wrap:anywhere}
.ok{color:light-dark(#176f2c,#6fdc8c)}.no{color:light-dark(#a3331c,#ffa48e)}code{background:#8882;padding:.1rem .3rem;border-radius:.2rem}</style>
</head><body>${body}</body></html>
`;
}
