// Follows the head of the chain: by ChainNotify over WebSocket, or, where that does not work, by asking every few seconds.
import {Asker, parse} from './rpc.js';

const kAskEvery = 5;  // seconds
const kTrySocketEvery = 30_000;  // milliseconds
const kMostLetters = 8 << 20;

export class Head {
  #tell;
  #asker = new Asker();
  #socket = null;
  tipset = null;
  words = 'Looking for the head';

  constructor(tell) {
    this.#tell = tell;
  }

  begin() {
    this.#tell(this);
    this.#connect();
    this.#poll();
    setInterval(() => this.#socket || this.#connect(), kTrySocketEvery);
  }

  #connect() {
    const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/rpc/v1`;
    let socket;
    try {
      socket = new WebSocket(url);
    } catch {
      return;
    }
    socket.onopen = () => {
      this.#socket = socket;
      socket.send(JSON.stringify({jsonrpc: '2.0', id: 1, method: 'Filecoin.ChainNotify', params: []}));
    };
    socket.onmessage = event => this.#take(event.data);
    socket.onclose = () => {
      if (this.#socket === socket) this.#socket = null;
    };
  }

  #take(text) {
    if (typeof text !== 'string' || text.length > kMostLetters) return;
    let message;
    try {
      message = parse(text);
    } catch {
      return;
    }
    if (message.method === 'xrpc.ch.close') return this.#socket?.close();
    const changes = message.method === 'xrpc.ch.val' ? message.params?.[1] : null;
    const news = Array.isArray(changes) ? changes.filter(change => change?.Type !== 'revert').at(-1)?.Val : null;
    if (news) this.#set(news, 'Live');
  }

  #set(tipset, words) {
    if (!Number.isSafeInteger(tipset?.Height)) return;
    this.tipset = tipset;
    this.words = words;
    this.#tell(this);
  }

  async #poll() {
    for (;;) {
      if (!this.#socket && !document.hidden) {
        try {
          this.#set(await this.#asker.ask('ChainHead'), `Asked every ${kAskEvery} s`);
        } catch { /* the next try says more */ }
      }
      await this.#asker.sleep(kAskEvery);
    }
  }
}
