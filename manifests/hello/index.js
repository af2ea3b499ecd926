// A web app as you would write it for any runtime with web standards. Build it into an image with:
//
//     kith image build manifests/hello --tag hello:v1

import { page } from './page.js';

let served = 0;

export default {
  /**
   * @param {Request} request
   * @param {Record<string, string>} env the container's environment
   */
  fetch(request, env) {
    const { pathname } = new URL(request.url);
    const headers = { 'x-pod-name': env.POD_NAME ?? 'unknown' };

    if (pathname === '/healthz') return new Response('ok\n', { headers });
    if (pathname === '/echo') return new Response(request.body, { headers });
    if (pathname !== '/') return new Response('Nothing here.\n', { status: 404, headers });

    served += 1;
    // What an app prints is its log: kith logs deployment/hello
    if (served % 100 === 1) console.log(`${served} served`);
    const facts = {
      greeting: env.GREETING ?? 'Hello',
      pod: env.POD_NAME ?? 'unknown',
      node: env.NODE_NAME ?? 'unknown',
      served,
      // Shows that the Secret arrived, not what is in it.
      secret: env.API_TOKEN ? 'present' : 'absent',
    };

    const accept = request.headers.get('accept') ?? '';
    if (accept.includes('application/json')) return Response.json(facts, { headers });
    if (accept.includes('text/html'))
      return new Response(page(facts), {
        headers: { ...headers, 'content-type': 'text/html; charset=utf-8' },
      });
    return new Response(`${facts.greeting} from ${facts.pod} on ${facts.node} (secret ${facts.secret})\n`, {
      headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' },
    });
  },
};
