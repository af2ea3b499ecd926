import { PassThrough } from 'node:stream';
import { spawn } from 'node:child_process';
import type { Exit, RunningContainer, Session, SessionOptions } from '../../agent/sandbox/sandbox.ts';
import { FakeSandbox, type FakeContainer } from './fake-sandbox.ts';

/** A sandbox whose containers run further commands: plain children of the test, without walls and without a terminal. */
export function execSandbox(): FakeSandbox & { live: Set<number> } {
  const live = new Set<number>();
  const sandbox = Object.assign(new FakeSandbox(), { live });
  sandbox.capabilities = { ...sandbox.capabilities, exec: true };
  sandbox.onStart = (container: FakeContainer) => {
    const running: RunningContainer = container;
    running.exec = (command, options) => childSession(command, options, live);
    const consoles = new Set<PassThrough>();
    const { print } = container;
    container.print = (text, stream) => {
      for (const each of consoles) each.write(text);
      print(text, stream);
    };
    running.console = async () => {
      const stdout = new PassThrough();
      consoles.add(stdout);
      stdout.once('close', () => consoles.delete(stdout));
      void container.exited.then(() => stdout.end());
      return {
        stdin: undefined,
        stdout,
        stderr: undefined,
        exited: container.exited,
        close: () => void stdout.destroy(),
      };
    };
  };
  return sandbox;
}

async function childSession(
  [program, ...words]: string[],
  { stdin }: SessionOptions,
  live: Set<number>,
): Promise<Session> {
  const child = spawn(program!, words, { stdio: [stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new Error(`${program} cannot be started: ${error.message}`)));
  });
  const pid = child.pid!;
  live.add(pid);
  const exited = new Promise<Exit>((resolve) =>
    child.once('exit', (code, signal) => {
      live.delete(pid);
      resolve({ code: code ?? 137, reason: code === 0 ? 'Completed' : 'Error', ...(signal && { signal }) });
    }),
  );
  return {
    stdin: child.stdin ?? undefined,
    stdout: child.stdout!,
    stderr: child.stderr!,
    exited,
    close: () => void child.kill('SIGKILL'),
  };
}
