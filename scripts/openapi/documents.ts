import type { Json } from '../../controller/apiserver/openapi/published-types.ts';
import type { Server } from '../../test/oracle/answer.ts';

export type Operation = Json & { parameters?: Json[] };
export interface OpenApiDocument {
  paths: Record<string, Record<string, Operation> & { parameters?: Json[] }>;
  components: { schemas: Record<string, Json> };
}

/** Every OpenAPI v3 document of a group's version that a server has, by its path: `apis/apps/v1`. */
export async function openApiDocumentsOf(
  server: Pick<Server, 'exchange'>,
): Promise<Map<string, OpenApiDocument>> {
  const read = async (path: string) => {
    const { code, body } = await server.exchange({ method: 'GET', path, headers: {} });
    if (code !== 200) throw new Error(`GET ${path} is answered ${code}`);
    return JSON.parse(body.toString()) as unknown;
  };
  const { paths } = (await read('/openapi/v3')) as { paths: Record<string, { serverRelativeURL: string }> };
  const found = new Map<string, OpenApiDocument>();
  for (const [path, { serverRelativeURL }] of Object.entries(paths))
    if (/^(api|apis\/[^/]+)\/v\d\w*$/.test(path))
      found.set(path, (await read(serverRelativeURL)) as OpenApiDocument);
  return found;
}
