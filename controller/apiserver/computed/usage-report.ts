import type { Use, UsageReport } from '../../../api/metrics.ts';
import { badRequest } from '../../../api/errors.ts';
import { isPlainObject } from '../../../api/plain-objects.ts';

/** A host says how it is each quarter of a minute; what tells of a longer time is no measure of now. */
const windowMs = { min: 1_000, max: 120_000 };
/** More than any host has: what is said beyond is no measurement. */
const cpuMillisMax = 10_000_000;
const memoryBytesMax = 2 ** 50;
/** As many as the largest host may hold, and some that have just ended. */
const podsMax = 512;
const containersMax = 64;

/**
 * Reads what a host reports; a host is not to be trusted.
 *
 * @throws ApiError (bad request) that names the field
 */
export function readUsageReport(body: unknown): UsageReport {
  if (!isPlainObject(body)) throw badRequest('a report of use must be an object');
  const { windowMs: window, node, pods } = body;
  if (!Array.isArray(pods) || pods.length > podsMax)
    throw badRequest(`pods must be a list of at most ${podsMax}`);
  return {
    windowMs: inBounds('windowMs', window, windowMs.min, windowMs.max),
    node: readUse('node', node),
    pods: pods.map((pod: unknown, index) => readPod(`pods[${index}]`, pod)),
  };
}

function readPod(field: string, pod: unknown): UsageReport['pods'][number] {
  if (!isPlainObject(pod) || typeof pod['uid'] !== 'string' || !isPlainObject(pod['containers']))
    throw badRequest(`${field} must have a uid and containers`);
  const containers = Object.entries(pod['containers']);
  if (containers.length > containersMax)
    throw badRequest(`${field}.containers must be at most ${containersMax}`);
  const uses = containers.map(([name, use]) => [name, readUse(`${field}.containers.${name}`, use)] as const);
  return { uid: pod['uid'], containers: Object.fromEntries(uses) };
}

function readUse(field: string, use: unknown): Use {
  if (!isPlainObject(use)) throw badRequest(`${field} must have cpuMillis and memoryBytes`);
  return {
    cpuMillis: inBounds(`${field}.cpuMillis`, use['cpuMillis'], 0, cpuMillisMax),
    memoryBytes: inBounds(`${field}.memoryBytes`, use['memoryBytes'], 0, memoryBytesMax),
  };
}

function inBounds(field: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw badRequest(`${field} must be a number from ${min} to ${max}`);
}
