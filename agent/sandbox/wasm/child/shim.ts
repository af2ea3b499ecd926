/**
 * The pieces of preview2-shim's *browser* build that a component gets: it knows no host files, no sockets and no environment.
 * `runtime.ts` puts it beside this file, because under Node the package's own name leads to its Node build, which does.
 */
type Io = typeof import('@bytecodealliance/preview2-shim/io');
type PollableOf = ReturnType<Io['pollableCreate']>;
export type InputStream = ReturnType<Io['inputStreamCreate']>;
export type OutputStream = ReturnType<Io['outputStreamCreate']>;
export type Pollable = PollableOf;

/** Blocking reads may also answer with a promise: the bindings suspend the guest meanwhile (JSPI). */
export interface InputHandler {
  read(length: bigint): Uint8Array;
  blockingRead(length: bigint): Uint8Array | Promise<Uint8Array>;
  subscribe(): Pollable;
}
export interface OutputHandler {
  checkWrite(): bigint;
  write(bytes: Uint8Array): void;
  flush(): void;
  blockingFlush(): void | Promise<void>;
  blockingWriteAndFlush(bytes: Uint8Array): void | Promise<void>;
  subscribe(): Pollable;
}

const load = (name: string): Promise<unknown> => import(new URL(`./shim/${name}.js`, import.meta.url).href);

export const io = (await load('io')) as Io;
export const cli = (await load('cli')) as typeof import('@bytecodealliance/preview2-shim/cli');
export const clocks = (await load('clocks')) as typeof import('@bytecodealliance/preview2-shim/clocks');
export const filesystem = (await load(
  'filesystem',
)) as typeof import('@bytecodealliance/preview2-shim/filesystem');
export const http = (await load('http')) as typeof import('@bytecodealliance/preview2-shim/http');
export const random = (await load('random')) as typeof import('@bytecodealliance/preview2-shim/random');
export const sockets = (await load('sockets')) as typeof import('@bytecodealliance/preview2-shim/sockets');

export const pollableCreate = io.pollableCreate;
export const ioErrorCreate = io.ioErrorCreate;
export const inputStreamCreate = io.inputStreamCreate as unknown as (handler: InputHandler) => InputStream;
export const outputStreamCreate = io.outputStreamCreate as unknown as (
  handler: OutputHandler,
) => OutputStream;
