import type { Event, Node, Pod } from '../../api/types.ts';

/** One line of a pane: its key stays while the object lives, its cells are plain text. */
export interface Row {
  key: string;
  cells: string[];
  /** Shown by a glyph and a word as well: never by colour alone. */
  state: 'good' | 'busy' | 'bad';
}

export interface Column {
  title: string;
  /** Dropped first when the terminal is narrow; 0 stays to the last. */
  rank: number;
  /** Takes the room that is left. */
  grows?: boolean;
}

export const hostColumns: Column[] = [
  { title: 'HOST', rank: 0 },
  { title: 'STATE', rank: 0 },
  { title: 'PODS', rank: 1 },
  { title: 'LENDS', rank: 2 },
  { title: 'TIER', rank: 3 },
  { title: 'OWNER', rank: 4 },
  { title: 'AGE', rank: 2 },
  { title: 'WHY', rank: 5, grows: true },
];

export const podColumns: Column[] = [
  { title: 'POD', rank: 0 },
  { title: 'STATE', rank: 0 },
  { title: 'READY', rank: 1 },
  { title: 'RESTARTS', rank: 3 },
  { title: 'HOST', rank: 1 },
  { title: 'NAMESPACE', rank: 4 },
  { title: 'AGE', rank: 2 },
  { title: 'WHY', rank: 5, grows: true },
];

export const eventColumns: Column[] = [
  { title: 'AGE', rank: 0 },
  { title: 'REASON', rank: 0 },
  { title: 'ABOUT', rank: 1 },
  { title: 'MESSAGE', rank: 0, grows: true },
];

const glyphs = { good: '●', busy: '◐', bad: '○' } as const;

/** A short age: `12s`, `5m`, `3h`, `9d`. */
export function ageText(from: string | undefined, now: Date): string {
  if (!from) return '';
  const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(from)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

export function hostRows(nodes: Node[], pods: Pod[], now: Date): Row[] {
  return nodes.map((node) => {
    const name = node.metadata?.name ?? '';
    const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
    const state = ready?.status === 'True' ? 'good' : ready?.status === 'Unknown' ? 'busy' : 'bad';
    const word =
      state === 'good' ? (node.spec?.unschedulable ? 'Cordoned' : 'Ready') : (ready?.reason ?? 'NotReady');
    const { cpu, memory } = node.status?.allocatable ?? {};
    const annotations = node.metadata?.annotations ?? {};
    return {
      key: name,
      state,
      cells: [
        name,
        `${glyphs[state]} ${word}`,
        String(
          pods.filter(({ spec, status }) => spec?.nodeName === name && status?.phase === 'Running').length,
        ),
        [cpu && `${cpu} cpu`, memory && memoryText(String(memory))].filter(Boolean).join(' '),
        annotations['kith.home.arpa/tier'] ?? '',
        annotations['kith.home.arpa/owner'] ?? '',
        ageText(node.metadata?.creationTimestamp, now),
        state === 'good' ? '' : (ready?.message ?? ''),
      ],
    };
  });
}

export function podRows(pods: Pod[], now: Date): Row[] {
  return pods.map((pod) => {
    const { name = '', namespace = '' } = pod.metadata ?? {};
    const statuses = pod.status?.containerStatuses ?? [];
    const ready = statuses.filter((one) => one.ready).length;
    const total = pod.spec?.containers.length ?? 0;
    const stopped = statuses.map(({ state }) => state?.waiting ?? state?.terminated).find(Boolean);
    const unscheduled = pod.status?.conditions?.find(
      ({ type, status }) => type === 'PodScheduled' && status === 'False',
    );
    const ending = pod.metadata?.deletionTimestamp !== undefined;
    const word = ending ? 'Ending' : (stopped?.reason ?? pod.status?.reason ?? pod.status?.phase ?? 'New');
    const isGood = !ending && (ready === total || pod.status?.phase === 'Succeeded');
    const isBad = pod.status?.phase === 'Failed' || /BackOff|Err|Failed/.test(word);
    const state = isBad ? 'bad' : isGood ? 'good' : 'busy';
    return {
      key: `${namespace}/${name}`,
      state,
      cells: [
        name,
        `${glyphs[state]} ${word}`,
        `${ready}/${total}`,
        String(statuses.reduce((sum, { restartCount }) => sum + restartCount, 0)),
        pod.spec?.nodeName ?? '-',
        namespace,
        ageText(pod.metadata?.creationTimestamp, now),
        isGood ? '' : (stopped?.message ?? unscheduled?.message ?? pod.status?.message ?? ''),
      ],
    };
  });
}

/** Newest first. */
export function eventRows(events: Event[], now: Date): Row[] {
  const time = (event: Event) =>
    event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '';
  return events
    .toSorted((a, b) => (time(a) < time(b) ? 1 : time(a) > time(b) ? -1 : 0))
    .map((event) => ({
      key: event.metadata.uid ?? event.metadata.name ?? '',
      state: event.type === 'Warning' ? 'bad' : 'good',
      cells: [
        ageText(time(event), now),
        `${event.type === 'Warning' ? '! ' : ''}${event.reason ?? ''}`,
        `${event.involvedObject.kind?.toLowerCase()}/${event.involvedObject.name}`,
        `${event.message ?? ''}${(event.count ?? 1) > 1 ? ` (×${event.count})` : ''}`.replaceAll(/\s+/g, ' '),
      ],
    }));
}

/** Rows keep their place: sorted by key, not by what changes. */
export function byKey(rows: Row[]): Row[] {
  return rows.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

function memoryText(quantity: string): string {
  const bytes = /^\d+$/.exec(quantity) ? Number(quantity) : undefined;
  return bytes === undefined ? quantity : `${(bytes / 1024 ** 3).toFixed(1)}Gi`;
}
