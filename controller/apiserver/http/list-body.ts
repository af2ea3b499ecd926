import type { Kind } from '../../../api/kinds.ts';
import { cellsOf } from '../../../api/tables/tables.ts';
import { jsonOf } from '../../store/entry.ts';
import type { Entry } from '../../store/store.ts';
import { isShownAsStored, served } from '../custom/served.ts';
import type { Resource } from '../resources/metadata.ts';
import type { Page } from '../resources/reader.ts';
import { itemText, partialText } from './item-text.ts';
import { showListing, withoutKind, type Shown } from './represent.ts';

/** A list is written in pieces of some such size, so that other requests get their turn between them. */
const pieceCharacters = 256 * 1024;

/**
 * A list as JSON or YAML, put together from what its objects are as JSON already. One piece is a Buffer, more are a stream.
 *
 * @param shown not as protobuf
 */
export async function listBody(
  kind: Kind,
  page: Page,
  shown: Shown,
): Promise<Buffer | AsyncIterable<Buffer>> {
  const pieces = inPieces(kind, page, shown, shown.representation.format === 'yaml' ? await yaml() : json);
  const first = pieces.next();
  const second = pieces.next();
  if (first.done) return Buffer.alloc(0);
  return second.done ? Buffer.from(first.value) : streamed([first.value, second.value], pieces);
}

async function* streamed(begun: string[], rest: Iterable<string>): AsyncGenerator<Buffer> {
  for (const piece of begun) yield Buffer.from(piece);
  for (const piece of rest) yield Buffer.from(piece);
}

/** How a list is written, and where its items go. */
interface Notation {
  whole(listOfNone: object): string;
  /** Splits a list of none where its items go. */
  around(listOfNone: string): [before: string, after: string];
  /** @param text the item, as JSON */
  item(text: string, isFirst: boolean): string;
}

const json: Notation = {
  whole: (listOfNone) => `${JSON.stringify(listOfNone)}\n`,
  around(listOfNone) {
    const end = listOfNone.lastIndexOf(']');
    return [listOfNone.slice(0, end), listOfNone.slice(end)];
  },
  item: (text, isFirst) => (isFirst ? text : `,${text}`),
};

/** An entry for each item: thousands at once are seconds of work. */
async function yaml(): Promise<Notation> {
  const { stringify } = await import('yaml');
  return {
    whole: (listOfNone) => stringify(listOfNone),
    around(listOfNone) {
      const { index, 0: none } = /(?<=^(?:items|rows):) \[\]$/m.exec(listOfNone)!;
      return [`${listOfNone.slice(0, index)}\n`, listOfNone.slice(index + none.length + 1)];
    },
    item: (text) => stringify([JSON.parse(text)]),
  };
}

function* inPieces(
  kind: Kind,
  { entries, metadata }: Page,
  shown: Shown,
  { whole, around, item }: Notation,
): Generator<string> {
  const listOfNone = whole(showListing(kind, { items: [], metadata }, shown));
  if (entries.length === 0) return yield listOfNone;
  const [before, after] = around(listOfNone);
  const write = itemWriter(kind, shown);
  let piece = before;
  for (const [at, entry] of entries.entries()) {
    piece += item(write(entry), at === 0);
    if (piece.length < pieceCharacters) continue;
    yield piece;
    piece = '';
  }
  yield piece + after;
}

/** How one object is written as an item of the list. */
function itemWriter(kind: Kind, { representation, includeObject, now }: Shown): (entry: Entry) => string {
  const of = (entry: Entry) => served(kind, entry.value as Resource);
  switch (representation.as) {
    case 'Table':
      return (entry) => {
        const cells = JSON.stringify(cellsOf(kind, of(entry), now));
        const object =
          includeObject === 'None'
            ? 'null'
            : includeObject === 'Object'
              ? jsonOf(of(entry))
              : partialText(kind, entry);
        return `{"cells":${cells},"object":${object}}`;
      };
    case 'PartialObjectMetadata':
      return (entry) => partialText(kind, entry);
    default:
      // Of custom resources each item says what it is.
      if (kind.custom) return (entry) => jsonOf(of(entry));
      if (!isShownAsStored(kind)) return (entry) => JSON.stringify(withoutKind(of(entry)));
      return (entry) => itemText(kind, entry);
  }
}
