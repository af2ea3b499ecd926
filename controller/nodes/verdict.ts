/** Three missed heartbeats. Fast enough for "replaced within 5 s", slow enough that a lost packet or a garbage collection is no death. */
export const suspectMs = 3_000;
/** Beyond this a host counts as gone (docs/architecture.md). */
export const unknownMs = 8_000;
/** An observer this late on its own timers may have slept through heartbeats: it accuses no one (Lifeguard). */
export const observerLagMsMax = 250;
/** More than half of the hosts falling silent within so short a time: likelier our own link than all of theirs. */
export const togetherMs = 10_000;
/**
 * A host that missed a beat and a half counts among those falling silent together, though it is not accused yet. Beats are spread over a
 * second, so when a cut line has made the first host a suspect, the last has been silent for two seconds only.
 */
export const missingMs = 1_500;
/** How long that doubt spares them if somebody else is still heard, which says that our link works after all. */
export const ownLinkDoubtMs = 60_000;

/**
 * Helpers' word spares a host that we do not hear ourselves for so long: enough for a bad patch of one line. A host that the controller
 * cannot reach for longer takes no orders, whoever else hears it.
 */
export const helpedMsMax = 15_000;

export type Verdict = 'Ready' | 'Suspect' | 'Unknown' | 'Goodbye';

/** What is known of one host. Monotonic milliseconds. */
export interface Observation {
  name: string;
  previous: Verdict;
  /** Since its last sign of life on our own link. */
  lastHeardMsAgo: number;
  /** Since a helper last proved that it reaches the host; undefined if none ever did. Helpers that have not answered do not count. */
  reachedMsAgo?: number;
  /** It said that it goes, and has not been heard since. */
  goodbye: boolean;
}

export interface Judgement {
  verdict: Verdict;
  /** For people: what the verdict rests on. */
  why: string;
}

/**
 * Judges every host at once, because how many fell silent together says something about each. Pure.
 *
 * Good news (heard again) and a host's own goodbye are always believed; accusations are not made by an observer that lagged, nor
 * against more than half of the hosts at once.
 */
export function judge(
  observations: readonly Observation[],
  observer: { lagMs: number },
): Map<string, Judgement> {
  const lagged = observer.lagMs > observerLagMsMax;
  const doubted = ownLinkDoubted(observations);
  return new Map(
    observations.map((seen) => {
      const judged = judgeAlone(seen);
      const accuses = judged.verdict === 'Suspect' || judged.verdict === 'Unknown';
      const worse = accuses && judged.verdict !== seen.previous;
      if (worse && lagged)
        return [seen.name, kept(seen, `the controller itself lagged by ${Math.round(observer.lagMs)} ms`)];
      if (worse && doubted.has(seen.name))
        return [
          seen.name,
          kept(seen, 'most hosts fell silent at once, so the controller doubts its own link'),
        ];
      return [seen.name, judged];
    }),
  );
}

/** Milliseconds since the host was last known to live, by our own ear or, for a while, a helper's. */
export function silenceMs({ lastHeardMsAgo, reachedMsAgo = Infinity }: Observation): number {
  return lastHeardMsAgo < helpedMsMax ? Math.min(lastHeardMsAgo, reachedMsAgo) : lastHeardMsAgo;
}

function judgeAlone(seen: Observation): Judgement {
  if (seen.goodbye) return { verdict: 'Goodbye', why: 'the host said goodbye' };
  const silence = silenceMs(seen);
  const seconds = (silence / 1_000).toFixed(1);
  if (silence < suspectMs) {
    return seen.lastHeardMsAgo < suspectMs
      ? { verdict: 'Ready', why: 'heard' }
      : { verdict: 'Ready', why: 'not heard by the controller, but another host reaches it' };
  }
  if ((seen.reachedMsAgo ?? Infinity) < suspectMs)
    return {
      verdict: 'Unknown',
      why: `not heard by the controller for ${seconds} s, whoever else reaches it`,
    };
  // Once given up, a host does not become a mere suspect again without having been heard.
  return silence < unknownMs && seen.previous !== 'Unknown'
    ? { verdict: 'Suspect', why: `silent for ${seconds} s, and no other host reaches it` }
    : { verdict: 'Unknown', why: `silent for ${seconds} s` };
}

function kept(seen: Observation, why: string): Judgement {
  return { verdict: seen.previous, why };
}

/**
 * The hosts that fell silent within `togetherMs` of each other and were more than half of all that lived until then. They are
 * spared as long as nobody is heard at all, else until `ownLinkDoubtMs` have passed. Hosts that said goodbye count neither way.
 */
function ownLinkDoubted(observations: readonly Observation[]): Set<string> {
  const staying = observations
    .filter(({ goodbye }) => !goodbye)
    .map((seen) => ({ name: seen.name, silence: silenceMs(seen) }))
    .toSorted((a, b) => a.silence - b.silence);
  const heard = staying.filter(({ silence }) => silence < missingMs).length;
  const doubted = new Set<string>();
  for (let first = heard, end = heard; first < staying.length; first++) {
    while (end < staying.length && staying[end]!.silence - staying[first]!.silence <= togetherMs) end++;
    // `end` is also the number of hosts that lived when the first of these fell silent.
    if ((end - first) * 2 <= end) continue;
    for (const { name, silence } of staying.slice(first, end)) {
      if (heard === 0 || silence < ownLinkDoubtMs) doubted.add(name);
    }
  }
  return doubted;
}
