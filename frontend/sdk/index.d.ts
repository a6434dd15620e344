/** The client of Photophore's live protocol, `rt.v1`. What the messages mean is in docs/protocol.md. */

/** A position in a person's log: all up to it is drawn. */
export interface Cursor {
  epoch: string;
  seq: number;
}

/** Where a position is kept between two runs. */
export interface Store {
  load(): Cursor | null;
  save(cursor: Cursor): void;
}

/** A position kept in a tab's storage; with null it is kept nowhere. */
export declare class CursorStore implements Store {
  constructor(storage: Pick<Storage, "getItem" | "setItem"> | null, user: string);
  load(): Cursor | null;
  save(cursor: Cursor): void;
}

/** What a close code advises. */
export type Advice = "at-once" | "back-off" | "stop";
export declare function advice(code: number): Advice;

/** The close codes that mean something to a person. */
export declare const CLOSE: Readonly<{
  NORMAL: 1000;
  ABNORMAL: 1006;
  RENEW_TICKET: 4112;
  UNAUTHENTICATED: 4401;
  SUSPENDED: 4403;
  TOO_MANY: 4409;
  SESSION_REVOKED: 4423;
}>;

export type State = "off" | "connecting" | "open" | "waiting" | "away" | "stopped";

/** [version, likes, comments] */
export type Counts = [ver: number, likes: number, comments: number];

/** What every durable event brings besides its own data. */
export interface Fact {
  seq: number;
  at: string;
  /** The mutation id of the request that caused it, if that was this person's own. */
  mut?: string;
  /** This tab has shown it before: draw the state, not the toast. */
  again: boolean;
  /** The position moves, and the next event comes, when the promise is settled. */
  waitUntil(drawing: Promise<unknown>): void;
}

/** The events of `Live`, by type. Every durable kind (`notification`, `post.liked`, …) is one, too. */
export interface LiveEvents {
  state: { state: State; code: number | null };
  /** Load your snapshot again: what follows this position comes as events. */
  resync: { reason: string; waitUntil(load: Promise<unknown>): void };
  counts: Record<string, Counts>;
  topic: { topic: string; ver: number; d: Record<string, unknown>; first: boolean };
  /** Forget it after `ttl` milliseconds. */
  ephemeral: { topic: string; d: Record<string, unknown>; ttl: number };
  denied: { topic: string; reason: number };
  revoked: { topics: string[]; all: boolean; reason: string };
  refused: { code: number; msg: string; id?: string | number; retry_ms?: number };
  ev: Fact & { k: string; d: Record<string, unknown> };
}

/** Ends what it was given for; a second call does nothing. */
export type End = () => void;

export interface Options {
  /** The site ("https://photos.example"), its socket, or a path of the page's own site; null stays off. */
  url: string | null;
  /** The id of who it must be, "" for a passer-by; undefined takes whoever is let in. */
  user?: string;
  /** What the screen already contains; without it, what the store holds; without both, `resync` comes first. */
  cursor?: Cursor | null;
  store?: Store;
  client?: { app?: string; ver?: string; device?: string };
  /** What the greeting rests on; by default `bearer` with a token (in browsers `ticket`), else `cookie`. */
  auth?: "cookie" | "bearer" | "ticket";
  token?: string | (() => string);
  /** Fetches a fresh one-use ticket; its error's `status` may be 401 or 403. */
  ticket?: () => Promise<string>;
  /** One line for all tabs of a browser; true unless told otherwise. */
  share?: boolean;
  /** Tabs of another group share another line: name what their proof rests on. */
  group?: string;
  WebSocket?: typeof globalThis.WebSocket;
  fetch?: typeof globalThis.fetch;
  /** The rest is for tests. */
  locks?: LockManager;
  Channel?: typeof BroadcastChannel;
  visible?: () => boolean;
  pingMs?: number;
  deadMs?: number;
  holdMs?: number;
  backoff?: { opened(): void; next(): number };
}

/** One screen's view of what happens. */
export declare class Live extends EventTarget {
  constructor(options: Options);
  readonly state: State;
  readonly code: number | null;
  readonly user: string;
  readonly cursor: Cursor | null;
  /** Whether this tab holds the line for the others. */
  readonly leads: boolean;
  on<Type extends keyof LiveEvents>(type: Type, listener: (detail: LiveEvents[Type]) => void): End;
  on(kind: string, listener: (detail: Fact & Record<string, any>) => void): End;
  start(): void;
  /** The network or the person came back. */
  wake(): void;
  /** The page is frozen, or goes to the back/forward cache; `wake` comes back. */
  leave(): void;
  /** The network is surely gone. */
  cut(): void;
  stop(): void;
  watch(topic: string): End;
  /** A post is on screen: its counts follow. */
  view(post: string): End;
  presence(username: string): End;
  typing(topic: string): void;
}

/** Make one and start it. */
export declare function connect(options: Options): Live;

/** What the server says: the frames of `rt.v1`. Others, and other members, are to be ignored. */
export type ServerFrame =
  | WelcomeFrame
  | { t: "ready"; seq: number }
  | { t: "ev"; seq: number; id: string; k: string; at: string; d: Record<string, unknown>; mut?: string; r?: number }
  | { t: "st"; topic: string; ver: number; d: Record<string, unknown> }
  | { t: "cnt"; d: Record<string, Counts> }
  | { t: "eph"; topic: string; d: Record<string, unknown>; ttl: number }
  | { t: "hb"; top: number }
  | { t: "lag"; from: number }
  | { t: "resync"; reason: string; at: Cursor }
  | { t: "reconnect"; in: [least: number, most: number]; reason: string }
  | { t: "revoked"; topics?: string[]; all?: boolean; reason?: string }
  | {
      t: "ok";
      id: string | number;
      topics: Record<string, Watched>;
      denied: Record<string, number>;
      session?: { expires: string | null };
    }
  | { t: "err"; code: number; msg: string; id?: string | number; retry_ms?: number };

export interface WelcomeFrame {
  t: "welcome";
  conn: string;
  node: string;
  proto: number;
  hb: { every: number; within: number };
  user: { id: string; username: string; name: string } | null;
  session: { expires: string | null };
  epoch: string;
  head: number;
  resume: "replaying" | "fresh" | "resync";
  limits: Record<string, number>;
  now: string;
}

export interface Watched {
  ver: number;
  snap: Record<string, unknown>;
}

/** What a client says. */
export type ClientFrame =
  | { t: "hello"; auth?: { ticket: string }; client?: Options["client"]; cursor?: Cursor; topics?: string[] }
  | { t: "sub" | "unsub"; id?: string | number; topics: string[] }
  | { t: "view"; add?: string[]; del?: string[] }
  | { t: "ack"; seq: number }
  | { t: "resume"; epoch: string; seq: number }
  | { t: "auth"; id?: string | number; ticket: string }
  | { t: "typing"; topic: string }
  | { t: "hb"; seq: number };
