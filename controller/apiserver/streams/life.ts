import { Readable } from 'node:stream';

/** Empty, and ends with the session: who waits for a body's end waits for that. */
export function lifeOf(over: Promise<void>): Readable {
  const life = new Readable({ read() {} });
  const end = () => void life.push(null);
  over.then(end, end);
  return life;
}
