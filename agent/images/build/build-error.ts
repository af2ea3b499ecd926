/** The user's source cannot become a component; the message says where and what to do, one line per finding. */
export class BuildError extends Error {
  override name = 'BuildError';
}
