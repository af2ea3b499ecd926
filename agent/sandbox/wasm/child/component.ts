import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { hostImports } from './host.ts';
import { exchange } from './http.ts';

type Exchange = ReturnType<typeof exchange>;
interface Exports {
  incomingHandler?: {
    handle(request: Exchange['request'], outparam: Exchange['outparam']): Promise<void>;
  };
}
interface CoreInstance {
  exports: Record<string, unknown>;
}
type InstantiateCore = (module: WebAssembly.Module, imports: object) => Promise<CoreInstance>;
type Instantiate = (
  core: (name: string) => Promise<WebAssembly.Module>,
  imports: Record<string, unknown>,
  instantiateCore: InstantiateCore,
) => Promise<Exports>;
interface CoreMemory {
  buffer: ArrayBuffer;
}

// Declared here because @types/node knows only the namespace's types.
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<WebAssembly.Module>;
  instantiate: InstantiateCore;
  Memory: new () => CoreMemory;
};

/** One running copy of the component: its own memory, and one request at a time (a WASI 0.2 export cannot be entered twice). */
export interface Instance {
  handle(request: Exchange['request'], outparam: Exchange['outparam']): Promise<void>;
  /** What its memory has grown to; a wasm memory never shrinks. */
  memoryBytes(): number;
}

/**
 * Set here and not on the command line, where any flag that changes V8's code makes Node compile its own library anew (+30 ms).
 * A function is then checked when it is first called: 40 ms less of a start.
 */
function setUpEngine(wasmPagesMax: number): void {
  setFlagsFromString('--wasm-lazy-validation');
  setFlagsFromString(`--wasm-max-mem-pages=${wasmPagesMax}`);
}

/** Compiles the transpiled component in `folder` (an URL that ends in `/`) once; each call of the result is a fresh instance. */
export async function loadComponent(
  folder: URL,
  options: { env: Record<string, string>; wasmPagesMax: number },
  write: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void,
): Promise<() => Promise<Instance>> {
  setUpEngine(options.wasmPagesMax);
  const { instantiate } = (await import(new URL('component.js', folder).href)) as {
    instantiate: Instantiate;
  };
  const modules = new Map<string, Promise<WebAssembly.Module>>();
  const core = (name: string) => {
    let module = modules.get(name);
    if (!module) {
      module = readFile(new URL(name, folder)).then((bytes) => WebAssembly.compile(bytes));
      modules.set(name, module);
    }
    return module;
  };
  return async () => {
    const memories = new Set<CoreMemory>();
    const { incomingHandler } = await instantiate(
      core,
      hostImports(options.env, write),
      async (module, imports) => {
        const instance = await WebAssembly.instantiate(module, imports);
        for (const each of Object.values(instance.exports))
          if (each instanceof WebAssembly.Memory) memories.add(each);
        return instance;
      },
    );
    if (!incomingHandler)
      throw new Error(
        'The component does not export wasi:http/incoming-handler, so nothing can ask it anything. Build it with `kith image build`.',
      );
    return {
      handle: (request, outparam) => incomingHandler.handle(request, outparam),
      memoryBytes: () => [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
    };
  };
}
