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
 * A list as JSON, put together from what its objects are as JSON already. One piece is a Buffer, more are a stream.
 *
 * @param shown not as YAML
 */
export function listBody(kind: Kind, page: Page, shown: Shown): Buffer | AsyncIterable<Buffer> {
  const pieces = inPieces(kind, page, shown);
  const first = pieces.next();
  const second = pieces.next();
  if (first.done) return Buffer.alloc(0);
  return second.done ? Buffer.from(first.value) : streamed([first.value, second.value], pieces);
}

async function* streamed(begun: string[], rest: Iterable<string>): AsyncGenerator<Buffer> {
  for (const piece of begun) yield Buffer.from(piece);
  for (const piece of rest) yield Buffer.from(piece);
}

function* inPieces(kind: Kind, { entries, metadata }: Page, shown: Shown): Generator<string> {
  // What a list of none is, opened where its items go.
  const empty = JSON.stringify(showListing(kind, { items: [], metadata }, shown));
  const end = empty.lastIndexOf(']');
  const write = itemWriter(kind, shown);
  let piece = empty.slice(0, end);
  for (const [at, entry] of entries.entries()) {
    piece += at === 0 ? write(entry) : `,${write(entry)}`;
    if (piece.length < pieceCharacters) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}${empty.slice(end)}\n`;
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
