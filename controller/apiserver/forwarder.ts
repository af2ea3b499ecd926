import { join } from 'node:path';
import { ApiError, unauthorized, unavailable } from '../../api/errors.ts';
import type { Transport } from '../../client/transport.ts';
import type { Clock } from '../../process/clock.ts';
import { Authenticator } from './auth/authenticator.ts';
import { keptToken, Tokens } from './auth/tokens.ts';
import { jsonAnswer } from './http/answers.ts';
import { readBody } from './http/body.ts';
import type { ApiServerRequest, ApiServerResponse } from './http/exchange.ts';
import { servingCertificate } from './tls/serving-certificate.ts';
import { tlsListener, type TlsListener } from './tls-listener.ts';
import { ownerHeader, type User } from './users.ts';

/** Whoever bears the forwarder's token; who that is on the other side, the controller says. */
const bearer: User = { name: 'kith-forwarder', groups: [] };

/** Answers that say their length are handed on whole: 5,000 pods are some 20 MiB. */
const answerBytesMax = 96 * 1024 * 1024;

const forwarded = /^(accept|content-type|user-agent|impersonate-.*)$/;
const answered = new Set(['content-type', 'cache-control', 'warning', 'retry-after', 'www-authenticate']);

/** Where a forwarder keeps its certificate and the token of its kubeconfig. */
export const forwarderFiles = (folder: string) => ({
  ca: join(folder, 'tls', 'ca.pem'),
  token: join(folder, 'token'),
});

/**
 * The API on the loopback of a machine that joined: TLS with a token of its own, each request handed on over the machine's link to
 * the controller, as the person who owns the machine. What streams streams; connections that leave HTTP (exec) do not get through.
 */
export async function startForwarder(options: {
  transport: Transport;
  /** The forwarder's own. */
  folder: string;
  port: number;
  clock: Clock;
}): Promise<TlsListener> {
  const { transport, folder, port, clock } = options;
  const certificate = await servingCertificate(join(folder, 'tls'), clock);
  const tokens = new Tokens().add(await keptToken(forwarderFiles(folder).token), bearer);
  const handle = (request: ApiServerRequest) =>
    forward(request, transport, clock).catch((error: unknown) => refused(error));
  return tlsListener({
    apiServer: { handle, authenticator: new Authenticator([]) },
    certificate,
    tokens,
    port,
    clock,
  });
}

async function forward(
  request: ApiServerRequest,
  transport: Transport,
  clock: Clock,
): Promise<ApiServerResponse> {
  if (!request.user) throw unauthorized();
  if (request.upgrade)
    throw new ApiError(
      501,
      'NotImplemented',
      "exec, attach and port-forward do not go through a joined machine's listener yet: use the founder's machine",
    );
  const headers: Record<string, string> = { [ownerHeader]: 'true' };
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined && forwarded.test(name)) headers[name] = value;
  const body = await readBody(request, clock);
  const isHead = request.method === 'HEAD';
  const answer = await transport
    .request({
      method: (isHead ? 'GET' : request.method) as 'GET',
      path: request.path,
      headers,
      ...(body.length > 0 && { body }),
      signal: request.signal,
    })
    .catch((error: Error) => {
      throw unavailable(`the controller cannot be reached from here at the moment: ${error.message}`, 1);
    });
  const kept = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => answered.has(name)));
  const isStream = answer.headers['content-length'] === undefined;
  const stream = answer.body as AsyncIterable<Buffer>;
  return { status: answer.status, headers: kept, body: isStream && !isHead ? stream : await whole(stream) };
}

/** An answer that says how long it is, in one piece. */
async function whole(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > answerBytesMax)
      throw unavailable(`an answer of more than ${answerBytesMax} bytes is not forwarded`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function refused(error: unknown): ApiServerResponse {
  const { status } =
    error instanceof ApiError ? error : unavailable(`the answer broke off: ${(error as Error).message}`, 1);
  return jsonAnswer(status.code, status);
}
