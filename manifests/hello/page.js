const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text) => String(text).replace(/[&<>"']/g, (letter) => escapes[letter]);

/** The page that browsers see. Everything in it comes from the environment, so everything is escaped. */
export const page = ({ greeting, pod, node, served, secret }) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(greeting)}</title>
<style>
  :root { color-scheme: light dark; font: 1.1rem/1.6 system-ui, sans-serif; }
  body { min-height: 100vh; margin: 0; display: grid; place-items: center;
    background: linear-gradient(160deg, light-dark(#fdf6e3, #1d2b36), light-dark(#e3f0e8, #14212b)); }
  main { padding: 2.5rem 3rem; border-radius: 1.25rem; background: light-dark(#fffc, #0006); box-shadow: 0 1rem 3rem #0002; }
  h1 { margin: 0 0 1rem; font-size: 2.2rem; }
  dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1.25rem; margin: 0; }
  dt { opacity: .65; } dd { margin: 0; font-family: ui-monospace, monospace; }
  p { margin: 1.5rem 0 0; opacity: .65; font-size: .9rem; }
</style>
<main>
  <h1>${escape(greeting)}</h1>
  <dl>
    <dt>pod</dt><dd>${escape(pod)}</dd>
    <dt>host</dt><dd>${escape(node)}</dd>
    <dt>answers given</dt><dd>${escape(served)}</dd>
    <dt>secret</dt><dd>${escape(secret)}</dd>
  </dl>
  <p>Reload, and another pod may answer. End its host, and one soon takes its place.</p>
</main>
`;
