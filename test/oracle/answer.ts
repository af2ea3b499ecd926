/** What a server said to one step. */
export interface Answer {
  step: string;
  code: number;
  /** The content type, without what follows a semicolon where that is only the encoding. */
  type: string;
  warnings?: string[];
  /** Headers that clients act on. */
  headers?: Record<string, string>;
  /** JSON, YAML and protobuf as they are read; a watch as its events; other text as it is. */
  body: unknown;
}

/** A topic's recording, as it lies in `recordings/`. */
export interface Recording {
  topic: string;
  /** What was asked: `v1.33.13`. */
  version: string;
  answers: (Answer & {
    /** Of what the step sends; a recording whose step has been changed is stale. */
    sent: string;
  })[];
}

/** A server to play the script against. */
export interface Server {
  exchange(request: {
    method: string;
    path: string;
    headers: Record<string, string>;
    body?: Buffer;
    /** Read so many lines of the body, then leave. */
    lines?: number;
  }): Promise<{ code: number; headers: Record<string, string | string[] | undefined>; body: Buffer }>;
}
