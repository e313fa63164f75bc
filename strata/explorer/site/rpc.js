// Asks the node. What one page asks ends with that page; few requests run at once; answers have a bounded size; a node
// that does not answer is asked again, and the page says so.

const kAtOnce = 4;
const kMostBytes = 48 << 20;
const kWaits = [1, 2, 4, 8, 15];  // seconds until the next try; the last one is repeated
const kPatience = 60_000;  // milliseconds until a request without an answer is given up and sent again
const kBatch = 25;

/// An error that the node answered with, or a request that makes no sense to repeat.
export class Refusal extends Error {
  constructor(message, code = 0) {
    super(String(message).slice(0, 600));
    this.code = code;
  }
  /// The node does not have the method.
  get absent() {
    return this.code === -32601;
  }
}

/// Counts the requests that get no answer now, for the notice above the page.
export const trouble = {count: 0, seconds: 0, listener: () => {}};

function tell(change, seconds = 0) {
  trouble.count += change;
  trouble.seconds = seconds;
  trouble.listener(trouble);
}

// Numbers beyond 2^53 stay as the digits that the node sent.
const keep_digits = (_, value, source) =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?[0-9]+$/.test(source?.source ?? '')
    ? source.source
    : value;

export const parse = text => JSON.parse(text, keep_digits);

async function text_of(answer) {
  const reader = answer.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  const parts = [];
  for (let bytes = 0; ;) {
    const {done, value} = await reader.read();
    if (done) return parts.join('') + decoder.decode();
    bytes += value.length;
    if (bytes > kMostBytes) {
      await reader.cancel();
      throw new Refusal('The answer is larger than this page can show (48 MiB).');
    }
    parts.push(decoder.decode(value, {stream: true}));
  }
}

/// What one page asks. After close() nothing more is sent, and no promise settles any more.
export class Asker {
  #left = new AbortController();
  #running = 0;
  #waiting = [];

  close() {
    this.#left.abort();
    this.#waiting = [];
  }
  get closed() {
    return this.#left.signal.aborted;
  }

  async #turn() {
    if (this.#running >= kAtOnce) await new Promise(resolve => this.#waiting.push(resolve));
    ++this.#running;
  }
  #done() {
    --this.#running;
    this.#waiting.shift()?.();
  }

  sleep(seconds) {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, seconds * 1000);
      this.#left.signal.addEventListener('abort', () => clearTimeout(timer), {once: true});
    });
  }

  /// Sends a request until it is answered. Busy answers (503 and the like) count as none.
  async #send(path, options) {
    await this.#turn();
    try {
      for (let attempt = 0; ; ++attempt) {
        if (this.closed) return await new Promise(() => {});
        const signal = AbortSignal.any([this.#left.signal, AbortSignal.timeout(kPatience)]);
        try {
          const answer = await fetch(path, {...options, signal, redirect: 'error', credentials: 'same-origin'});
          if (answer.status < 502 || answer.status > 504) return {answer, text: await text_of(answer)};
        } catch (error) {
          if (this.closed) return await new Promise(() => {});
          if (error instanceof Refusal) throw error;
        }
        const seconds = kWaits[Math.min(attempt, kWaits.length - 1)];
        tell(1, seconds);
        await Promise.race([
          this.sleep(seconds),
          new Promise(resolve => this.#left.signal.addEventListener('abort', resolve, {once: true})),
        ]);
        tell(-1);
      }
    } finally {
      this.#done();
    }
  }

  async #rpc(calls, v2) {
    const body = JSON.stringify(calls);  // always a list: a refused single call would be an HTTP error
    const headers = {'Content-Type': 'application/json'};
    const {answer, text} = await this.#send(v2 ? '/rpc/v2' : '/rpc/v1', {method: 'POST', headers, body});
    let reply;
    try {
      reply = parse(text);
    } catch {
      throw new Refusal(`The node answered with status ${answer.status} and no JSON.`);
    }
    return Array.isArray(reply) ? reply : [reply];
  }

  /// Calls methods; the answers come in the order of the calls, each {value} or {error}.
  async all(calls, {v2 = false} = {}) {
    const out = [];
    for (let begin = 0; begin < calls.length; begin += kBatch) {
      const part = calls.slice(begin, begin + kBatch).map(([method, params], i) => ({
        jsonrpc: '2.0', id: i + 1, method: method.includes('_') ? method : `Filecoin.${method}`, params: params ?? [],
      }));
      const replies = new Map((await this.#rpc(part, v2)).map(reply => [reply.id, reply]));
      for (const call of part) {
        const reply = replies.get(call.id) ?? replies.get(null);
        if (!reply) out.push({error: new Refusal('The node left this call out of its answer.')});
        else if (reply.error) out.push({error: new Refusal(reply.error.message ?? 'refused', reply.error.code)});
        else out.push({value: reply.result ?? null});
      }
    }
    return out;
  }

  async ask(method, params, options) {
    const [{value, error}] = await this.all([[method, params]], options);
    if (error) throw error;
    return value;
  }

  /// Gets JSON or text from a path of this node.
  async get(path, token = '') {
    const {answer, text} = await this.#send(path, {headers: token ? {Authorization: `Bearer ${token}`} : {}});
    if (!answer.ok) throw new Refusal(text || `status ${answer.status}`, answer.status);
    return (answer.headers.get('content-type') ?? '').startsWith('application/json') ? parse(text) : text;
  }

  /// Asks whether there is something at a path.
  async head(path) {
    const {answer} = await this.#send(path, {method: 'HEAD'});
    const bytes = answer.headers.get('content-length');
    return {status: answer.status, bytes: answer.ok && bytes !== null ? Number(bytes) : null};
  }
}
