import { readFileSync, writeSync } from 'node:fs';

/**
 * The program that turns a component (first argument) into JavaScript and core modules, in a sandbox of its own: the component
 * comes from a stranger, and so does whatever it makes the transpiler do. Writes one line of JSON, `{files: [[name, bytes]…]}`, then
 * the files' bytes, to its standard output; an error goes to standard error with exit code 1.
 */
interface Bindgen {
  $init: Promise<void>;
  generate(
    component: Uint8Array,
    options: Record<string, unknown>,
  ): { files: [string, Uint8Array][]; imports: string[]; exports: [string, string][] };
}

/** These may wait; the bindings then suspend the guest's stack (JSPI). The list is jco's `ASYNC_WASI_IMPORTS`. */
const suspendingImports = [
  'wasi:io/poll#poll',
  'wasi:io/poll#[method]pollable.block',
  'wasi:io/streams#[method]input-stream.blocking-read',
  'wasi:io/streams#[method]input-stream.blocking-skip',
  'wasi:io/streams#[method]output-stream.blocking-flush',
  'wasi:io/streams#[method]output-stream.blocking-write-and-flush',
  'wasi:io/streams#[method]output-stream.blocking-write-zeroes-and-flush',
  'wasi:io/streams#[method]output-stream.blocking-splice',
];

const standardOutput = 1;

try {
  const { $init, generate } = (await import(
    new URL('./transpiler/component.js', import.meta.url).href
  )) as Bindgen;
  await $init;
  const { files } = generate(readFileSync(process.argv[2]!), {
    name: 'component',
    map: [],
    instantiation: { tag: 'async' },
    asyncMode: {
      tag: 'jspi',
      val: { imports: suspendingImports, exports: ['wasi:http/incoming-handler#handle'] },
    },
    noTypescript: true,
    noNodejsCompat: true,
    noComponentErrorWrapping: true,
    // Nothing inline: modules as files can be compiled without a second copy in the JavaScript heap.
    base64Cutoff: 0,
  });
  const line = JSON.stringify({ files: files.map(([name, bytes]) => [name, bytes.length]) });
  writeWhole(Buffer.from(`${line}\n`));
  for (const [, bytes] of files) writeWhole(bytes);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

function writeWhole(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(standardOutput, bytes, at);
}
