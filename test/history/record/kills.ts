import type { Random } from '../../../process/random.ts';
import type { Killable } from './record.ts';

/** Kills the server again and again, at moments drawn by chance, and starts it again each time. `look` looks at it before and after each kill. */
export async function killAgain(
  server: Killable,
  random: Random,
  { kills, overMs, look = () => {} }: { kills: number; overMs: number; look?: () => void },
): Promise<void> {
  for (let kill = 0; kill < kills; kill++) {
    await server.place.sleep((overMs / kills) * (0.5 + random.next() * 0.5));
    look();
    await server.kill();
    await server.start();
    look();
  }
}
