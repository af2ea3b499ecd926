import { internal, invalid } from '../../../api/errors.ts';
import { invalidValue } from '../../../api/field-errors.ts';
import { randomInteger, type Random } from '../../../process/random.ts';

/** Kubernetes' own range. No home opens them: they are given so that manifests and charts find what they know. */
const range = { first: 30_000, last: 32_767 };
const rangeSize = range.last - range.first + 1;

/** Which node ports are taken, and by which Service. Taking is synchronous, as with addresses (`cluster-ips.ts`). */
export class NodePorts {
  readonly #taken = new Map<number, string>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Any free port. */
  any(holder: string): number {
    if (this.#taken.size >= rangeSize)
      throw internal(
        `all node ports of ${range.first}-${range.last} are taken: delete a Service that has some`,
      );
    let port = range.first + randomInteger(this.#random, rangeSize);
    while (this.#taken.has(port)) port = port === range.last ? range.first : port + 1;
    this.#taken.set(port, holder);
    return port;
  }

  /** This port. `field` is where it is asked for. @throws ApiError Invalid, where another has it */
  this(holder: string, port: number, field: string): void {
    const refuse = (why: string) =>
      invalid('Service', holder.split('/').at(-1)!, [invalidValue(field, port, why)]);
    if (port < range.first || port > range.last)
      throw refuse(
        `provided port is not in the valid range. The range of valid ports is ${range.first}-${range.last}`,
      );
    if (this.#taken.has(port)) throw refuse('provided port is already allocated');
    this.#taken.set(port, holder);
  }

  /** What is stored has it, whatever was thought of it. */
  hold(holder: string, port: number): void {
    this.#taken.set(port, holder);
  }

  /** Frees the port if `holder` has it. */
  release(holder: string, port: number): void {
    if (this.#taken.get(port) === holder) this.#taken.delete(port);
  }

  get takenCount(): number {
    return this.#taken.size;
  }
}
