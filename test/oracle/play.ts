import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import type { Answer, Server } from './answer.ts';
import { protobufAnswer, protobufEvents } from './protobuf-answer.ts';
import { mask } from './mask.ts';
import type { Step, Topic } from './script/step.ts';

/** Who asks: managedFields name what stands before the slash. */
const userAgent = 'oracle/1.0';
/** A watch that has not brought its events by then brings none: the answer has what came. */
const headersThatCount = ['retry-after', 'allow', 'location'];

/** Of what a step sends and keeps: two that differ here may be answered differently. */
export function digestOf(step: Step): string {
  return createHash('sha256').update(JSON.stringify(step)).digest('hex').slice(0, 12);
}

/** Plays a topic's steps in order, in a namespace of its own; the answers are masked. */
export async function play(server: Server, topic: Topic): Promise<Answer[]> {
  await makeNamespace(server, topic.name);
  const raw = new Map<string, Answer>();
  const wholes = new Map<string, unknown>();
  for (const step of topic.steps) {
    if (raw.has(step.name)) throw new Error(`${topic.name} has two steps that are called "${step.name}"`);
    raw.set(step.name, await ask(server, step, raw, wholes));
  }
  const asked = JSON.stringify(topic.steps.map(({ body }) => body));
  // The volume of a pod's token is called so, with letters drawn.
  const bases = [
    'kube-api-access-',
    ...[...asked.matchAll(/"generateName":"([\w-]+)"/g)].map((match) => match[1]!),
  ];
  return mask([...raw.values()], bases);
}

/** No controllers run beside the original, so what they make is made here: the account that pods run under. */
async function makeNamespace(server: Server, name: string): Promise<void> {
  const send = (path: string, kind: string, its: string) =>
    server.exchange({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', accept: 'application/json', 'user-agent': userAgent },
      body: Buffer.from(JSON.stringify({ apiVersion: 'v1', kind, metadata: { name: its } })),
    });
  const { code, body } = await send('/api/v1/namespaces', 'Namespace', name);
  if (code !== 201) throw new Error(`the namespace ${name} could not be made: ${code} ${body.toString()}`);
  await send(`/api/v1/namespaces/${name}/serviceaccounts`, 'ServiceAccount', 'default');
}

async function ask(
  server: Server,
  step: Step,
  earlier: Map<string, Answer>,
  wholes: Map<string, unknown>,
): Promise<Answer> {
  const fill = (text: string) => filled(text, earlier, wholes);
  const { code, headers, body } = await server.exchange({
    method: step.method,
    path: fill(step.path),
    headers: { 'user-agent': userAgent, ...step.headers },
    ...bodyOf(step, fill),
    ...(step.events !== undefined && { lines: step.events }),
  });
  const type = text(headers['content-type']).replace(/;\s*charset=utf-8$/i, '');
  const warnings = [headers['warning'] ?? []].flat().flatMap((line) => line.split(/, (?=299 )/));
  const kept = headersThatCount.flatMap((name) => (headers[name] ? [[name, text(headers[name])]] : []));
  const read = readBody(body, type, step.events !== undefined && code === 200);
  wholes.set(step.name, read);
  return {
    step: step.name,
    code,
    type,
    ...(warnings.length > 0 && { warnings }),
    ...(kept.length > 0 && { headers: Object.fromEntries(kept) as Record<string, string> }),
    // Of a refusal all counts.
    body: step.keep && code < 400 ? at(read, step.keep) : read,
  };
}

function bodyOf({ body, bytes }: Step, fill: (text: string) => string): { body?: Buffer } {
  if (bytes !== undefined) return { body: Buffer.from(bytes, 'base64') };
  if (body === undefined) return {};
  return { body: Buffer.from(fill(typeof body === 'string' ? body : JSON.stringify(body))) };
}

function readBody(body: Buffer, type: string, isWatch: boolean): unknown {
  if (/protobuf/.test(type)) return isWatch ? protobufEvents(body) : protobufAnswer(body);
  const words = body.toString();
  const json = (line: string) => JSON.parse(line) as unknown;
  if (isWatch) return words.split('\n').filter(Boolean).map(json);
  if (/json/.test(type) && words.trim()) return json(words);
  if (/yaml/.test(type)) return parse(words) as unknown;
  return words;
}

function filled(template: string, earlier: Map<string, Answer>, wholes: Map<string, unknown>): string {
  return template.replace(/\{\{([^:}]+):([^}]+)\}\}/g, (_, step: string, path: string) => {
    const answer = earlier.get(step);
    if (!answer) throw new Error(`{{${step}:${path}}} names no earlier step`);
    if (path === '*') return JSON.stringify(wholes.get(step));
    // A server that lacks what the step needs is asked all the same, and says what it makes of it.
    return String(at(answer.body, path) ?? 'missing');
  });
}

/** `at(list, 'items.0.metadata.uid')` */
export function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (found, part) =>
        typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[part] : undefined,
      value,
    );
}

const text = (header: string | string[] | undefined) => [header ?? ''].flat().join(', ');
