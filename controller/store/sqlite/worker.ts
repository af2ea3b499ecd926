/** The thread that owns the disk: one request after the other, answered only when what it asks is durable. */
import { parentPort } from 'node:worker_threads';
import type { LogState } from '../log.ts';
import { backUp, restoreSteps } from './backups.ts';
import { isDiskFull } from './disk-error.ts';
import { LogDamaged } from './inspection.ts';
import { layout } from './layout.ts';
import type { LogFile } from './log-file.ts';
import type { Answered, Answers, Asked, Failure, Request } from './messages.ts';
import { openLog } from './open-log.ts';

if (!parentPort) throw new Error('The log worker runs as a worker thread of sqliteLog, not by itself.');
const port = parentPort;
let folder = '';
let opened: { file: LogFile; state: LogState } | undefined;
/** One copy at a time; closing waits for it. */
let copying: Promise<unknown> = Promise.resolve();

const reply = (message: Answered) => port.postMessage(message);

port.on('message', ({ id, request }: Asked) => {
  // Appends run at once and in order: nothing before their commit waits. Only opening, copying and closing take turns.
  try {
    const answer = answerTo(request);
    if (!(answer instanceof Promise)) return reply({ id, answer });
    answer.then(
      (value) => reply({ id, answer: value }),
      (error: unknown) => reply({ id, failure: failureOf(error) }),
    );
  } catch (error) {
    reply({ id, failure: failureOf(error) });
  }
});

type Answer = Answers[Request['type']];

function answerTo(request: Request): Answer | Promise<Answer> {
  if (request.type === 'open') return open(request.folder, request.isSynced);
  if (!opened) throw new Error('The log is not open.');
  const { file } = opened;
  switch (request.type) {
    case 'append':
      return void file.append(request.batch, request.expectedLast);
    case 'read':
      return file.read(request.from);
    case 'compact':
      return file.compact(request.revision, request.dropped);
    case 'snapshot': {
      const copy = copying.then(() => backUp(folder, file));
      // Whoever asked for this copy hears of its failure; the next must not wait for ever.
      copying = copy.catch(() => {});
      return copy;
    }
    case 'close':
      return copying.then(() => {
        file.close();
        opened = undefined;
        return undefined;
      });
  }
}

async function open(wanted: string, isSynced: boolean): Promise<LogState> {
  folder = wanted;
  opened = await openLog(folder, isSynced);
  return opened.state;
}

function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof LogDamaged)
    return {
      kind: 'corrupt',
      file: layout(folder).log,
      revision: error.revision,
      message,
      restore: restoreSteps(folder),
    };
  return isDiskFull(error) ? { kind: 'full', message } : { kind: 'other', message };
}
