/**
 * Asks the vendor's REST endpoints: any base URL, a key that is sent but never logged or stored, a rate limit, retries with
 * back-off, timeouts and paging. Whatever goes wrong is a typed result; nothing here throws for what the world does.
 */
import type { ZodType } from 'zod';

export type RestErrorCode =
  | 'bad-request'
  | 'unauthorized'
  | 'not-found'
  | 'rate-limited'
  | 'server'
  | 'network'
  | 'timeout'
  | 'malformed'
  | 'foreign-page'
  | 'aborted';

export interface RestError {
  readonly code: RestErrorCode;
  /** HTTP status, 0 when there was no answer. */
  readonly status: number;
  /** For the user; the key does not occur in it. */
  readonly message: string;
}

export type RestResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: RestError };

export interface RestClientOptions {
  /** For example https://api.massive.com or http://127.0.0.1:8700. */
  readonly baseUrl: string;
  readonly key: string;
  /** 5 on the free plan; the vendor asks paying users to stay well under 100 a second. */
  readonly requestsPerMinute?: number;
  /** How many requests may leave at once before the limit spaces them. */
  readonly burst?: number;
  readonly timeoutMs?: number;
  readonly attempts?: number;
  /** First wait before a retry; doubles each time. */
  readonly backoffMs?: number;
  readonly bodyBytesMax?: number;
  readonly signal?: AbortSignal;
  readonly fetch?: typeof fetch;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly nowMs?: () => number;
}

/** Pages followed at most; 1,000 rows each cover every list the vendor has many times over. */
const PAGES_MAX = 200;
/** The vendor answers under both of its names. */
const VENDOR_HOSTS = new Set(['api.massive.com', 'api.polygon.io']);

export class RestClient {
  readonly #options: RestClientOptions;
  readonly #base: URL;
  readonly #fetch: typeof fetch;
  readonly #sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly #nowMs: () => number;
  /** The earliest instant at which the next request may leave, as far as the limit goes. */
  #readyMs = -Infinity;
  requests = 0;

  constructor(options: RestClientOptions) {
    this.#options = options;
    this.#base = new URL(options.baseUrl);
    this.#fetch = options.fetch ?? fetch;
    this.#sleep = options.sleep ?? wait;
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  get host(): string {
    return this.#base.host;
  }

  /** One answer, checked against `schema`. */
  async get<T>(path: string, query: Readonly<Record<string, string>>, schema: ZodType<T>): Promise<RestResult<T>> {
    const url = new URL(path, this.#base);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return this.#request(url, schema);
  }

  /** All rows of a paged list. `schema` is of one page: rows that make no sense must be dropped by it, not refuse the page. */
  async all<T>(
    path: string,
    query: Readonly<Record<string, string>>,
    schema: ZodType<{ rows: readonly T[]; next: string | null }>,
  ): Promise<RestResult<readonly T[]>> {
    const rows: T[] = [];
    let page = await this.get(path, query, schema);
    for (let count = 1; ; count++) {
      if (!page.ok) return page;
      rows.push(...page.value.rows);
      if (page.value.next === null) return { ok: true, value: rows };
      if (count >= PAGES_MAX) return failure('malformed', 200, `${path} never ends: stopped after ${PAGES_MAX} pages.`);
      const next = this.#pageUrl(page.value.next);
      if (next === null)
        return failure('foreign-page', 200, `${path} points to another host for its next page; it was not followed.`);
      page = await this.#request(next, schema);
    }
  }

  /** The next page is asked of our own base, with our own key; a host that is not the vendor's is never followed. */
  #pageUrl(text: string): URL | null {
    if (!URL.canParse(text, this.#base.href)) return null;
    const next = new URL(text, this.#base);
    // hostname, because the vendor's own next_url may carry :443.
    const isOurs =
      next.hostname === this.#base.hostname ||
      (VENDOR_HOSTS.has(next.hostname) && VENDOR_HOSTS.has(this.#base.hostname));
    if (!isOurs) return null;
    const url = new URL(next.pathname + next.search, this.#base);
    url.searchParams.delete('apiKey');
    return url;
  }

  async #request<T>(url: URL, schema: ZodType<T>): Promise<RestResult<T>> {
    const attempts = this.#options.attempts ?? 4;
    let waitMs = this.#options.backoffMs ?? 500;
    for (let attempt = 1; ; attempt++) {
      await this.#takeTurn();
      if (this.#options.signal?.aborted === true) return failure('aborted', 0, 'the request was given up.');
      const { result, retryAfterMs } = await this.#once(url, schema);
      if (result.ok || !isTransient(result.error.code) || attempt >= attempts) return result;
      await this.#sleep(Math.min(60_000, Math.max(waitMs, retryAfterMs)), this.#options.signal);
      waitMs *= 2;
    }
  }

  /** A leaky bucket: `burst` at once, then one every minute / requestsPerMinute. */
  async #takeTurn(): Promise<void> {
    const perMinute = this.#options.requestsPerMinute ?? 1200;
    const spacingMs = 60_000 / perMinute;
    const nowMs = this.#nowMs();
    const readyMs = Math.max(this.#readyMs, nowMs - spacingMs * ((this.#options.burst ?? 5) - 1));
    this.#readyMs = readyMs + spacingMs;
    if (readyMs > nowMs) await this.#sleep(readyMs - nowMs, this.#options.signal);
  }

  async #once<T>(
    url: URL,
    schema: ZodType<T>,
  ): Promise<{ readonly result: RestResult<T>; readonly retryAfterMs: number }> {
    this.requests++;
    const timeout = AbortSignal.timeout(this.#options.timeoutMs ?? 20_000);
    const signal = this.#options.signal === undefined ? timeout : AbortSignal.any([timeout, this.#options.signal]);
    try {
      const response = await this.#fetch(url.href, {
        headers: { authorization: `Bearer ${this.#options.key}`, accept: 'application/json' },
        signal,
        redirect: 'error',
      });
      const retryAfterMs = Number(response.headers.get('retry-after') ?? 0) * 1000 || 0;
      const text = await this.#body(response);
      if (text === null)
        return {
          result: failure('malformed', response.status, `${url.pathname} answered with more than this client takes.`),
          retryAfterMs,
        };
      return { result: this.#judge(url, response.status, text, schema), retryAfterMs };
    } catch (error) {
      if (this.#options.signal?.aborted === true)
        return { result: failure('aborted', 0, 'the request was given up.'), retryAfterMs: 0 };
      if (timeout.aborted)
        return { result: failure('timeout', 0, `${this.#base.host} did not answer in time.`), retryAfterMs: 0 };
      return {
        result: failure('network', 0, this.#redact(`${this.#base.host} could not be reached (${causeOf(error)}).`)),
        retryAfterMs: 0,
      };
    }
  }

  async #body(response: Response): Promise<string | null> {
    const limit = this.#options.bodyBytesMax ?? 128 * 1024 * 1024;
    if (response.body === null) return '';
    const decoder = new TextDecoder();
    let text = '';
    let bytes = 0;
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > limit) return null;
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  }

  #judge<T>(url: URL, status: number, text: string, schema: ZodType<T>): RestResult<T> {
    const body = parseJson(text);
    if (status !== 200)
      return failure(
        codeOf(status),
        status,
        this.#redact(messageOf(body) ?? `${url.pathname} answered with status ${status}.`),
      );
    if (body === undefined)
      return failure('malformed', status, `${url.pathname} answered with something that is not JSON.`);
    const parsed = schema.safeParse(body);
    if (parsed.success) return { ok: true, value: parsed.data };
    const issue = parsed.error.issues[0];
    return failure(
      'malformed',
      status,
      `${url.pathname} answered in an unknown shape (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}).`,
    );
  }

  #redact(text: string): string {
    return this.#options.key.length < 4 ? text : text.replaceAll(this.#options.key, '***');
  }
}

function failure(
  code: RestErrorCode,
  status: number,
  message: string,
): { readonly ok: false; readonly error: RestError } {
  return { ok: false, error: { code, status, message } };
}

function isTransient(code: RestErrorCode): boolean {
  return code === 'rate-limited' || code === 'server' || code === 'network' || code === 'timeout';
}

function codeOf(status: number): RestErrorCode {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 404) return 'not-found';
  if (status === 429) return 'rate-limited';
  return status >= 500 ? 'server' : 'bad-request';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function messageOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const { error, message } = body as { error?: unknown; message?: unknown };
  if (typeof error === 'string') return error;
  return typeof message === 'string' ? message : null;
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  return typeof cause?.code === 'string' ? cause.code : error instanceof Error ? error.message : 'unknown';
}

function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    if (signal?.aborted === true) done();
    else signal?.addEventListener('abort', done, { once: true });
  });
}
