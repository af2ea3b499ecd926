import { makeUserFolder, userFolders } from '../process/user-folder.ts';

/**
 * Where compiled code is kept between runs: `$XDG_CACHE_HOME/kith/compile`, else `~/.cache/kith/compile`. Node runs what lies there
 * without looking at it, hence it must be ours alone; undefined where it cannot be: then kith starts a little slower. Runs under
 * old versions of Node itself.
 */
export function compileCacheFolder(
  environment: NodeJS.ProcessEnv = process.env,
  user: number | undefined = process.getuid?.(),
): string | undefined {
  const [caches] = userFolders({ ...environment, XDG_RUNTIME_DIR: '' });
  return caches === undefined ? undefined : makeUserFolder(caches, 'compile', user);
}
