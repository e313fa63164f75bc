// A peer over js-libp2p that understands the lines of the Go peer (tests/interop/README.md).
//
//   peer listen [flags]              run, read commands from standard input
//   peer dial [flags] ADDR DO...     dial, do the listed things, exit with 0 if all succeeded
import { createInterface } from 'node:readline'
import { randomBytes } from 'node:crypto'
import { multiaddr } from '@multiformats/multiaddr'
import { peerIdFromString } from '@libp2p/peer-id'
import * as filecoin from './filecoin.mjs'
import { Pipe, generation, handle, messageId, open, start, versionOf } from './stack.mjs'

const ECHO = '/strata/echo/1.0.0'
const RESET = '/strata/reset/1.0.0'
const PERF = '/perf/1.0.0'
const IDENTIFY = '/ipfs/id/1.0.0'
const PART = 64 << 10

const simple = value => typeof value === 'bigint' ? Number(value) : value
const emit = (event, fields = {}) =>
  process.stdout.write(JSON.stringify({ ...fields, event }, (key, value) => simple(value)) + '\n')
const hex = bytes => Buffer.from(bytes).toString('hex')
// Some errors of js-libp2p are events without a message.
const describe = error => error?.message ? `${error.name}: ${error.message}` : `${error?.type ?? error} ${error?.error ?? ''}`
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

function parseFlags (args) {
  const options = { seed: 1, listen: [], agent: `js-libp2p/${versionOf('libp2p')}`, network: 'localnet', topics: [], verdict: 'accept', key: 'ed25519' }
  const words = { '-seed': 'seed', '-agent': 'agent', '-network': 'network', '-verdict': 'verdict', '-key': 'key', '-chain': 'chain' }
  const lists = { '-listen': 'listen', '-topics': 'topics' }
  const switches = { '-no-dht': 'noDht', '-quiet': 'quiet' }
  while (args.length > 0 && args[0].startsWith('-')) {
    const flag = args.shift()
    if (words[flag]) options[words[flag]] = args.shift()
    else if (lists[flag]) options[lists[flag]] = args.shift().split(',')
    else if (switches[flag]) options[switches[flag]] = true
    else throw new Error(`unknown flag ${flag}`)
  }
  return options
}

class Peer {
  static async start (options) {
    const peer = new Peer()
    peer.options = options
    peer.node = await start(options)
    peer.pubsub = peer.node.services.pubsub
    peer.watch()
    await peer.serve()
    for (const topic of options.topics) peer.subscribe(peer.topicName(topic))
    if (options.chain) {
      peer.chain = await filecoin.Chain.load(options.chain)
      filecoin.serve(peer.chain, (protocol, handler) => handle(peer.node, protocol, quiet(handler)), emit)
    }
    const self = peer.node.peerId
    const addrs = peer.node.getMultiaddrs().map(String).map(text => text.includes('/p2p/') ? text : `${text}/p2p/${self}`)
    emit('ready', { peer: String(self), addrs, protocols: peer.node.getProtocols(), version: versionOf('libp2p') })
    return peer
  }

  topicName (short) { return short === 'blocks' || short === 'msgs' ? `/fil/${short}/${this.options.network}` : short }

  watch () {
    const { node, pubsub } = this
    node.addEventListener('connection:open', ({ detail }) => emit('connected', {
      peer: String(detail.remotePeer), addr: String(detail.remoteAddr), direction: detail.direction, security: detail.encryption, muxer: detail.multiplexer
    }))
    node.addEventListener('connection:close', ({ detail }) => emit('disconnected', { peer: String(detail.remotePeer) }))
    node.addEventListener('peer:identify', ({ detail }) => {
      emit('identified', {
        peer: String(detail.peerId), agent: detail.agentVersion, protocol_version: detail.protocolVersion,
        listen: detail.listenAddrs.map(String), protocols: detail.protocols, signed_record: detail.signedPeerRecord != null,
        observed: detail.observedAddr && String(detail.observedAddr)
      })
      if (this.chain && !this.options.quiet && detail.protocols.includes(filecoin.HELLO)) {
        this.execute({ cmd: 'hello', peer: String(detail.peerId), tag: 'auto' })
      }
    })
    pubsub.addEventListener('gossipsub:message', ({ detail: { propagationSource, msgId, msg } }) => emit('message', {
      topic: msg.topic, from: String(msg.from), via: String(propagationSource), id: hex(messageId(msg)), data: hex(msg.data), local: msg.from.equals(this.node.peerId),
      seqno: msg.sequenceNumber.toString(16).padStart(16, '0'), signature: hex(msg.signature)
    }))
  }

  async serve () {
    await handle(this.node, ECHO, quiet(async pipe => {
      for await (const part of pipe) await pipe.write(part)
      await pipe.close()
    }))
    await handle(this.node, RESET, quiet(async pipe => {
      // eslint-disable-next-line no-unreachable-loop
      for await (const _ of pipe) return pipe.reset()
    }))
    await handle(this.node, PERF, quiet(async pipe => {
      const first = []
      let got = 0
      for await (const part of pipe) {
        if (got < 8) first.push(Buffer.from(part))
        got += part.length
      }
      await send(pipe, Number(Buffer.concat(first).readBigUInt64BE()))
      await pipe.close()
    }))
  }

  subscribe (topic) {
    this.pubsub.topicValidators.set(topic, () => this.options.verdict)
    this.pubsub.subscribe(topic)
  }

  async topicPeers (topic, wanted) {
    for (let i = 0; i < 500 && this.pubsub.getSubscribers(topic).length < wanted; ++i) await sleep(20)
    return this.pubsub.getSubscribers(topic).map(String)
  }

  async execute (command) {
    const answer = { cmd: command.cmd, tag: command.tag }
    try {
      const to = command.peer ? peerIdFromString(command.peer) : undefined
      const run = commands[command.cmd]
      if (run === undefined) throw new Error(`unknown command ${command.cmd}`)
      emit('answer', { ...answer, ...await run(this, to, command), ok: true })
      return true
    } catch (error) {
      emit('answer', { ...answer, ok: false, error: describe(error), ...error.fields })
      return false
    }
  }
}

/** A handler whose stream is reset when it fails, which a peer may cause at any time. */
const quiet = handler => async (pipe, connection) => {
  try {
    await handler(pipe, connection)
  } catch (error) {
    pipe.reset()
    emit('stream-failed', { error: describe(error) })
  }
}

async function send (pipe, size) {
  const part = new Uint8Array(PART)
  for (let left = size; left > 0; left -= PART) await pipe.write(left < PART ? part.subarray(0, left) : part)
}

async function echo (peer, to, data) {
  const pipe = await open(peer.node, to, ECHO)
  const write = async () => {
    for (let at = 0; at < data.length; at += PART) await pipe.write(data.subarray(at, at + PART))
    await pipe.end()
  }
  const [back] = await Promise.all([pipe.readAll(), write()])
  await pipe.close()
  if (Buffer.compare(back, data) !== 0) throw new Error(`echo of ${data.length} bytes differs: ${back.length} came back`)
}

async function perf (peer, to, up, down) {
  const pipe = await open(peer.node, to, PERF)
  const wanted = Buffer.alloc(8)
  wanted.writeBigUInt64BE(BigInt(down))
  await pipe.write(wanted)
  const begin = performance.now()
  let turn
  let got = 0
  const read = (async () => {
    for await (const part of pipe) {
      turn ??= performance.now()
      got += part.length
    }
    turn ??= performance.now()
  })()
  await send(pipe, up)
  await pipe.end()
  await read
  await pipe.close()
  if (got !== down) throw new Error(`perf: ${got} bytes came, ${down} asked for`)
  return { up_s: (turn - begin) / 1000, down_s: (performance.now() - turn) / 1000 }
}

async function last (events, name) {
  const out = []
  for await (const event of events) if (event.name === 'FINAL_PEER') out.push(event.peer)
  return out
}

const bytesOfPeer = id => generation >= 2 ? id.toMultihash().bytes : id.toBytes()

const commands = {
  dial: async (peer, to, { addr }) => ({ peer: String((await peer.node.dial(multiaddr(addr), { signal: AbortSignal.timeout(15_000) })).remotePeer) }),
  close: async (peer, to) => { await peer.node.hangUp(to) },
  peers: async peer => ({ peers: peer.node.getPeers().map(String) }),
  ping: async (peer, to, { count = 1 }) => {
    const times = []
    for (let i = 0; i < Math.max(count, 1); ++i) times.push(await peer.node.services.ping.ping(to) * 1000)
    return { rtt_us: times }
  },
  identify: async (peer, to) => {
    const known = await peer.node.peerStore.get(to)
    const text = name => new TextDecoder().decode(known.metadata.get(name))
    const pipe = await open(peer.node, to, IDENTIFY)
    const raw = await pipe.readAll()
    await pipe.close()
    return { agent: text('AgentVersion'), protocol_version: text('ProtocolVersion'), protocols: known.protocols, addrs: known.addresses.map(one => String(one.multiaddr)), raw: hex(raw) }
  },
  support: async (peer, to, { protocol }) => { await handle(peer.node, protocol, quiet(async pipe => pipe.close())) },
  echo: async (peer, to, { data, size }) => {
    const bytes = size ? randomBytes(size) : Buffer.from(data, 'hex')
    const begin = performance.now()
    await echo(peer, to, bytes)
    return { bytes: bytes.length, us: Math.round((performance.now() - begin) * 1000) }
  },
  many: async (peer, to, { count, size }) => {
    const all = await Promise.allSettled(Array.from({ length: count }, () => echo(peer, to, randomBytes(size))))
    return { done: all.filter(one => one.status === 'fulfilled').length, errors: all.filter(one => one.reason).map(one => one.reason.message).slice(0, 3) }
  },
  reset: async (peer, to, { size }) => {
    const pipe = await open(peer.node, to, ECHO)
    await pipe.write(new Uint8Array(size))
    pipe.reset()
  },
  hear_reset: async (peer, to) => {
    const pipe = await open(peer.node, to, RESET)
    await pipe.write(Buffer.of(1))
    try {
      await pipe.readAll()
    } catch (error) {
      return { reset: true, error: error.message }
    }
    return { reset: pipe.stream.status === 'reset' }
  },
  subscribe: async (peer, to, { topic }) => peer.subscribe(topic),
  'topic-peers': async (peer, to, { topic }) => ({ peers: await peer.topicPeers(topic, 0) }),
  publish: async (peer, to, { topic, data, count = 1, wrong }) => {
    const bytes = Buffer.from(data, 'hex')
    const known = await peer.topicPeers(topic, Math.max(count, 1))
    if (known.length < count) throw new Error(`${known.length} peers in ${topic}, want ${count}`)
    const id = hex(messageId({ data: bytes }))
    if (wrong !== 'signature') {
      await peer.pubsub.publish(topic, bytes)
      return { id }
    }
    const right = peer.pubsub.publishConfig
    peer.pubsub.publishConfig = {
      ...right,
      privateKey: { sign: async text => {
        const signature = Uint8Array.from(await right.privateKey.sign(text))
        signature[signature.length - 1] ^= 1
        return signature
      } }
    }
    try {
      await peer.pubsub.publish(topic, bytes)
    } finally {
      peer.pubsub.publishConfig = right
    }
    return { id }
  },
  find: async (peer, to) => {
    const dht = peer.node.services.dht
    const signal = AbortSignal.timeout(30_000)
    const closest = await last(dht.getClosestPeers(bytesOfPeer(to), { signal }))
    const found = await last(dht.findPeer(to, { signal }))
    const fields = { addrs: found.flatMap(one => one.multiaddrs.map(String)), closest: closest.map(one => String(one.id)), table: dht.routingTable.size }
    if (found.length === 0) throw Object.assign(new Error('the DHT does not know the peer'), { fields })
    return fields
  },
  hello: async (peer, to) => {
    const greeting = peer.chain.announced()
    return filecoin.sayHello(await open(peer.node, to, filecoin.HELLO), greeting)
  },
  fetch: async (peer, to, { head, length, options }) =>
    filecoin.fetchChain(await open(peer.node, to, filecoin.EXCHANGE), peer.chain, head, length, options),
  perf: async (peer, to, { up = 0, down = 0 }) => perf(peer, to, up, down),
  handshakes: async (peer, to, { addr, count, parallel = 1 }) => {
    const address = multiaddr(addr)
    const begin = performance.now()
    const one = async () => {
      for (let i = 0; i < count / parallel; ++i) {
        const connection = await peer.node.dial(address, { force: true })
        connection.abort(new Error('done'))
      }
    }
    await Promise.all(Array.from({ length: parallel }, one))
    return { per_second: count / (performance.now() - begin) * 1000 }
  }
}

async function perform (peer, target, word) {
  const [name, ...rest] = word.split(':')
  const number = Number(rest[0])
  if (name === 'wait') return sleep(number * 1000).then(() => true)
  return peer.execute({ cmd: name, peer: target, count: number, size: number })
}

async function main ([mode, ...args]) {
  const options = parseFlags(args)
  if (mode === 'dial') {
    const peer = await Peer.start(options)
    const [addr, ...words] = args
    let good = await peer.execute({ cmd: 'dial', addr })
    for (const word of words) good = await perform(peer, addr.split('/p2p/')[1], word) && good
    process.exit(good ? 0 : 1)
  }
  if (mode !== 'listen') throw new Error('usage: peer listen|dial [flags]')
  if (options.listen.length === 0) options.listen = ['/ip4/127.0.0.1/tcp/0']
  const peer = await Peer.start(options)
  // One command after the other, as in the Go peer.
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line)
    if (command.cmd === 'quit') break
    await peer.execute(command)
  }
  process.exit(0)
}

process.on('unhandledRejection', error => emit('unhandled', { error: String(error?.stack ?? error) }))
main(process.argv.slice(2)).catch(error => {
  console.error('peer:', error)
  process.exit(1)
})
