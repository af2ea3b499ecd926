import assert from 'node:assert/strict';
import { chooseSandbox } from '../../../agent/sandbox/choose.ts';
import type { Sandbox } from '../../../agent/sandbox/sandbox.ts';

const driver = (name: string, isolation: 'os' | 'none'): Sandbox => ({
  name,
  capabilities: {
    exec: false,
    stats: true,
    ports: 'tcp',
    sharedLoopback: true,
    isolation,
    enforces: { memory: true, cpu: false },
  },
  create: () => Promise.reject(new Error('not asked')),
  recover: async () => [],
  close: async () => {},
});

describe('choosing a sandbox', () => {
  const drivers = [driver('wasm', 'os'), driver('podman', 'os'), driver('process', 'none')];

  it('follows the image’s kind', () => {
    assert.equal(chooseSandbox('wasm', undefined, drivers, false).name, 'wasm');
    assert.equal(chooseSandbox('oci', undefined, drivers, false).name, 'podman');
  });

  it('follows runtimeClassName before that', () => {
    assert.equal(chooseSandbox('oci', 'wasm', drivers, false).name, 'wasm');
    assert.equal(chooseSandbox('oci', 'kith-process', drivers, true).name, 'process');
  });

  it('says what is missing, and what there is', () => {
    assert.throws(
      () => chooseSandbox('oci', undefined, [drivers[0]!], false),
      /needs the sandbox podman.*has: wasm/,
    );
    assert.throws(
      () => chooseSandbox('wasm', 'gvisor', drivers, true),
      /gvisor names no sandbox.*wasm, podman/,
    );
  });

  it('runs others’ apps only where the operating system holds them; the owner’s own run anywhere', () => {
    const open = [driver('wasm', 'none')];
    assert.throws(
      () => chooseSandbox('wasm', undefined, open, false),
      /only its owner's own apps.*bubblewrap/,
    );
    assert.equal(chooseSandbox('wasm', undefined, open, true).name, 'wasm');
  });
});
