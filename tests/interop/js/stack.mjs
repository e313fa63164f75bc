// Builds the connection stack of js-libp2p, of its versions 1 to 3, and gives their streams one form. What differs: the
// names of the packages, how a node is told its key, and the streams (a duplex of iterables before version 3).
import { createRequire } from 'node:module'
import { blake2b } from 'blakejs'
import { createLibp2p } from 'libp2p'
import { identify, identifyPush } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { kadDHT } from '@libp2p/kad-dht'
import * as keys from '@libp2p/crypto/keys'

const require = createRequire(import.meta.url)
const load = async (...names) => {
  for (const name of names) {
    try {
      return await import(name)
    } catch (error) {
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    }
  }
  throw new Error(`none of ${names} is installed`)
}
export const versionOf = name => JSON.parse(
  require('node:fs').readFileSync(new URL(`./node_modules/${name}/package.json`, import.meta.url))).version
export const generation = Number(versionOf('libp2p').split('.')[0])

const { noise } = await load('@libp2p/noise', '@chainsafe/libp2p-noise')
const { yamux } = await load('@libp2p/yamux', '@chainsafe/libp2p-yamux')
const gossip = await load('@libp2p/gossipsub', '@chainsafe/libp2p-gossipsub')
const gossipsub = gossip.gossipsub

/** The first 8 bytes of the seed are the number in little endian, the other 24 are zero: as in the Go peer. */
async function makeKey (type, number) {
  const seed = new Uint8Array(32)
  new DataView(seed.buffer).setBigUint64(0, BigInt(number), true)
  if (type === 'ed25519') return keys.generateKeyPairFromSeed('Ed25519', seed)
  const name = { secp256k1: 'secp256k1', rsa: 'RSA', ecdsa: 'ECDSA' }[type]
  if (name === undefined) throw new Error(`the key type is ${type}, expected ed25519, secp256k1, rsa or ecdsa`)
  return name === 'RSA' ? keys.generateKeyPair(name, 2048) : keys.generateKeyPair(name)
}

async function identity (key) {
  if (generation >= 2) return { privateKey: key }
  const { createFromPrivKey } = await import('@libp2p/peer-id-factory')
  return { peerId: await createFromPrivKey(key) }
}

export const messageId = message => blake2b(message.data, undefined, 32)

export async function start (options) {
  const identified = { agentVersion: options.agent, maxObservedAddresses: 10 }
  const services = { identify: identify(identified), identifyPush: identifyPush(identified), ping: ping() }
  if (!options.noDht) {
    services.dht = kadDHT({
      protocol: `/fil/kad/${options.network}/kad/1.0.0`, clientMode: false, peerInfoMapper: info => info
    })
  }
  services.pubsub = gossipsub({
    D: 8, Dlo: 6, Dhi: 12, Dscore: 6, Dout: 3, Dlazy: 12, gossipFactor: 0.1, mcacheLength: 10, floodPublish: true,
    globalSignaturePolicy: 'StrictSign', msgIdFn: messageId, fallbackToFloodsub: false, emitSelf: false
  })
  return createLibp2p({
    ...await identity(await makeKey(options.key, options.seed)),
    nodeInfo: { userAgent: options.agent },
    addresses: { listen: options.listen },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    connectionEncryption: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { maxConnections: 5000, inboundConnectionThreshold: 10000, maxIncomingPendingConnections: 1000 },
    // It ends a connection when a ping on a stream takes more than 2 s (libp2p src/connection-monitor.ts,
    // @libp2p/utils src/adaptive-timeout.ts), which is the rule while a busy machine carries 32 MiB.
    connectionMonitor: { enabled: false },
    services
  })
}

const many = { maxInboundStreams: 256, maxOutboundStreams: 256 }
const bytesOf = chunk => chunk instanceof Uint8Array ? chunk : chunk.subarray()

/** One stream: `write` and `end` wait while the peer does not read; iterating gives what the peer sends. */
export class Pipe {
  constructor (stream) {
    this.stream = stream
    if (generation >= 3) return this.#listen()
    this.waiting = []
    this.ended = false
    this.wake = () => {}
    this.sunk = stream.sink(this.#source())
    this.sunk.catch(() => {})
  }

  /** Collects from the first moment on: the iterator of version 3 misses an end that came before it. */
  #listen () {
    const { stream } = this
    this.parts = []
    this.over = false
    this.wake = () => {}
    const finish = error => {
      this.over = true
      this.error ??= error
      this.wake()
    }
    stream.addEventListener('message', ({ data }) => {
      this.parts.push(bytesOf(data))
      this.wake()
    })
    stream.addEventListener('remoteCloseWrite', () => finish())
    stream.addEventListener('close', ({ error }) => finish(error))
    // What came before is given to the new listener in a microtask.
    if (stream.remoteWriteStatus === 'closed' || stream.status !== 'open') setImmediate(finish)
  }

  async * #parts () {
    while (true) {
      while (this.parts.length > 0) yield this.parts.shift()
      if (this.error) throw this.error
      if (this.over) return
      await new Promise(resolve => { this.wake = resolve })
    }
  }

  async * #source () {
    while (true) {
      while (this.waiting.length > 0) {
        const { bytes, taken } = this.waiting.shift()
        yield bytes
        taken()
      }
      if (this.ended) return
      await new Promise(resolve => { this.wake = resolve })
    }
  }

  async write (bytes) {
    if (generation >= 3) {
      if (!this.stream.send(bytes)) await this.stream.onDrain()
      return
    }
    const taken = new Promise(resolve => { this.waiting.push({ bytes, taken: resolve }) })
    this.wake()
    await Promise.race([taken, this.sunk])
  }

  async end () {
    if (generation >= 3) return this.stream.close()
    this.ended = true
    this.wake()
    await this.sunk
  }

  reset () { this.stream.abort(new Error('reset by a command')) }

  /** Ends both directions of a stream that is read to its end. */
  async close () {
    await this.end()
    if (generation < 3) await this.stream.close()
  }

  async * [Symbol.asyncIterator] () {
    if (generation >= 3) yield * this.#parts()
    else for await (const chunk of this.stream.source) yield bytesOf(chunk)
  }

  async readAll () {
    const parts = []
    for await (const chunk of this) parts.push(Buffer.from(chunk))
    return Buffer.concat(parts)
  }
}

export const handle = (node, protocol, handler) => node.handle(protocol,
  (first, second) => generation >= 3
    ? handler(new Pipe(first), second)
    : handler(new Pipe(first.stream), first.connection), many)

export async function open (node, peer, protocol, signal = AbortSignal.timeout(60_000)) {
  return new Pipe(await node.dialProtocol(peer, protocol, { ...many, signal }))
}
