import type { Answer, Server } from './answer.ts';
import { accepted } from './accepted.ts';
import { differencesOf, type Difference } from './differences.ts';
import { covers, type Accepted } from './exception.ts';
import { digestOf, play } from './play.ts';
import { recordedAnswers } from './recordings.ts';
import type { Topic } from './script/step.ts';

export interface Comparison {
  topic: string;
  /** How many steps there are, and at how many kith differs in nothing but what is accepted. */
  steps: number;
  equal: number;
  /** Differences that are not accepted. */
  unknown: Difference[];
  /** Of what is accepted, what fitted a difference. */
  accepted: Set<Accepted>;
  /** Steps that are not recorded as they are now. */
  stale: string[];
}

export async function compare(server: Server, topic: Topic): Promise<Comparison> {
  const recorded = recordedAnswers(topic.name);
  const stale = topic.steps
    .filter((step, index) => recorded[index]?.step !== step.name || recorded[index].sent !== digestOf(step))
    .map(({ name }) => name);
  if (recorded.length > topic.steps.length) stale.push('(steps that are gone)');
  const comparison: Comparison = {
    topic: topic.name,
    steps: topic.steps.length,
    equal: 0,
    unknown: [],
    accepted: new Set(),
    stale,
  };
  if (stale.length > 0) return comparison;
  const answers = await play(server, topic);
  for (const [index, answer] of answers.entries()) judge(recorded[index]!, answer, comparison);
  return comparison;
}

function judge(
  { sent: _sent, ...original }: Answer & { sent: string },
  kith: Answer,
  comparison: Comparison,
): void {
  let isEqual = true;
  for (const difference of differencesOf(`${comparison.topic}/${original.step}`, original, kith)) {
    const reason = accepted.find((each) => covers(each, difference));
    if (reason) {
      comparison.accepted.add(reason);
      continue;
    }
    isEqual = false;
    comparison.unknown.push(difference);
  }
  if (isEqual) comparison.equal += 1;
}

/** Of what is accepted, what fits no difference any more, after all topics have been played. */
export function leftOver(comparisons: readonly Comparison[]): string[] {
  return accepted
    .filter((entry) => !comparisons.some((each) => each.accepted.has(entry)))
    .map((entry) => JSON.stringify(entry));
}
