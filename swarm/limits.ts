import type { ClientSessionOptions, ServerSessionOptions } from 'node:http2';
import type { Purpose } from './swarm.ts';

/**
 * What a peer may cost. Every one is chosen for homes: up to some hundred hosts behind few addresses, and one key that
 * dials once in a while. Tests inject smaller ones.
 */
export interface Limits {
  /**
   * Handshakes that one member, or one invite at the door, may begin: a burst, then a rate. A controller that was suspended finds up to a minute of a
   * dial loop's handshakes in its socket at once, and must still answer the last of them.
   */
  handshakesPerKey: Rate;
  /**
   * Certificates not seen before whose signature is looked at: 0.12 ms each, beside 0.22 ms that the handshake's own keys cost whoever
   * sends one. Whoever was here before is known, and needs none of it.
   */
  certificateChecks: Rate;
  /**
   * Handshakes at the join door of all who do not hold an invite that is good. Fewer wait for a hello at once than `pendingHellos`, so
   * that they drop nobody who was invited.
   */
  strangers: Rate;
  /** Connections that have not said hello yet, in all and per key; the oldest make room, so that a flood cannot lock a key out. */
  pendingHellos: number;
  pendingHellosPerKey: number;
  /** Admitted links. Three purposes, for a few processes with one key (a person's), twice over while the old ones time out. */
  linksPerKey: number;
  linksPerAddress: number;
  links: number;
  /** A hello is about 600 bytes. */
  helloBytes: number;
  /** From connection to hello. */
  helloTimeoutMs: number;
  /** How soon a link ends whose peer's certificate has expired, or whose epoch is over. */
  certificateCheckMs: number;
  /** Two a second are usual (one each way); PINGs cost the receiver an answer each. */
  pingsPerSecond: number;
  /** SETTINGS also must be answered; a session needs one or two in its life. */
  settingsPerMinute: number;
}

export interface Rate {
  burst: number;
  perSecond: number;
}

export const defaultLimits: Limits = {
  handshakesPerKey: { burst: 60, perSecond: 4 },
  certificateChecks: { burst: 2_000, perSecond: 1_000 },
  strangers: { burst: 120, perSecond: 20 },
  pendingHellos: 512,
  pendingHellosPerKey: 4,
  linksPerKey: 16,
  linksPerAddress: 1024,
  links: 4096,
  helloBytes: 4096,
  helloTimeoutMs: 3_000,
  certificateCheckMs: 10_000,
  pingsPerSecond: 50,
  settingsPerMinute: 30,
};

const KiB = 1024;
const MiB = 1024 * KiB;

/** HTTP/2's own bounds for one purpose. */
export interface Http2Bounds {
  session: ClientSessionOptions & ServerSessionOptions;
  /** How much the peer may have under way in the whole session. */
  sessionWindowBytes: number;
}

/**
 * Streams a peer may open at once. Control: one watch per kind and some requests. Streams: log followers. Data: a
 * gateway's tunnels to all pods of one host.
 */
const streamsMax: Record<Purpose, number> = { control: 128, streams: 256, data: 2048 };

/** 64 KiB (the default) is 5 Mbit/s at 100 ms: bulk needs more, control must not hold megabytes per watch. */
const streamWindowBytes: Record<Purpose, number> = { control: 256 * KiB, streams: 256 * KiB, data: 2 * MiB };
const sessionWindowBytes: Record<Purpose, number> = { control: 1 * MiB, streams: 1 * MiB, data: 16 * MiB };
/** In MB: what Node may hold for a session before it refuses new streams. */
const sessionMemoryMax: Record<Purpose, number> = { control: 16, streams: 16, data: 64 };

/** A Kubernetes request has a few short headers; selectors can be long. */
const HEADER_BYTES_MAX = 32 * KiB;
const HEADERS_MAX = 64;
/** Rapid reset (CVE-2023-44487): streams a peer may cancel at once and per second before it is cut. */
const RESET_BURST = 1_000;
const RESETS_PER_SECOND = 200;

export function http2Bounds(purpose: Purpose): Http2Bounds {
  return {
    session: {
      maxHeaderListPairs: HEADERS_MAX,
      maxSessionMemory: sessionMemoryMax[purpose],
      maxOutstandingPings: 10,
      // A pushed stream would be a second way in.
      maxReservedRemoteStreams: 0,
      streamResetBurst: RESET_BURST,
      streamResetRate: RESETS_PER_SECOND,
      settings: {
        maxConcurrentStreams: streamsMax[purpose],
        initialWindowSize: streamWindowBytes[purpose],
        maxHeaderListSize: HEADER_BYTES_MAX,
        enablePush: false,
        maxFrameSize: 64 * KiB,
      },
    },
    sessionWindowBytes: sessionWindowBytes[purpose],
  };
}
