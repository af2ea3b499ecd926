import { readFileSync } from 'node:fs';
import type { Recording } from './answer.ts';

const folder = new URL('recordings/', import.meta.url);

/** What the original answered to a topic's steps, in their order; nothing where the topic has not been recorded yet. */
export function recordedAnswers(topic: string): Recording['answers'] {
  try {
    return (JSON.parse(readFileSync(new URL(`${topic}.json`, folder), 'utf8')) as Recording).answers;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
