// Hello and chain exchange over a chain from a CAR, written from docs/protocol/node.md, sections 1, 2, 17 and 18.
import { readFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { blake2b } from 'blakejs'
import { decode, encode, Token, Type } from 'cborg'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { CarReader } from '@ipld/car'

export const HELLO = '/fil/hello/1.0.0'
export const EXCHANGE = '/fil/chain/xchg/0.0.1'
const OK = 0
const PARTIAL = 101
const INTERNAL = 203
const BAD = 204
const HEADERS = 1
const MESSAGES = 2
const MAX_LENGTH = 900

// A CID in CBOR is tag 42 over a zero byte and its bytes.
const tags = []
tags[42] = inner => CID.decode((typeof inner === 'function' ? inner() : inner).subarray(1)) // cborg 5 gives a function
const parse = bytes => decode(bytes, { tags, allowIndefinite: false, strict: true })
const cidTokens = cid => [new Token(Type.tag, 42), new Token(Type.bytes, Buffer.concat([Buffer.of(0), cid.bytes]))]
const write = value => encode(value, { typeEncoders: { Object: value => value instanceof CID ? cidTokens(value) : null } })
const writeCids = list => Buffer.concat([head(4, list.length), ...list.map(write)])

function head (major, number) {
  const top = major << 5
  if (number < 24) return Buffer.of(top | number)
  if (number < 256) return Buffer.of(top | 24, number)
  const out = Buffer.alloc(number < 65536 ? 3 : 5)
  out[0] = top | (number < 65536 ? 25 : 26)
  if (number < 65536) out.writeUInt16BE(number, 1)
  else out.writeUInt32BE(number, 1)
  return out
}
const array = items => Buffer.concat([head(4, items.length), ...items])

const cidOf = bytes => CID.createV1(0x71, Digest.create(0xb220, blake2b(bytes, undefined, 32)))
const keyOf = cids => cids.map(String).sort().join()

function header (bytes) {
  const fields = parse(bytes)
  if (!Array.isArray(fields) || fields.length !== 16) throw new Error('a block header has 16 fields')
  return { raw: bytes, cid: cidOf(bytes), parents: fields[5], weight: Buffer.from(fields[6]), height: fields[7], messages: fields[10] }
}

export class Chain {
  static async load (path) {
    let bytes = readFileSync(path)
    if (path.endsWith('.zst')) {
      const done = spawnSync('zstd', ['-dc', path], { maxBuffer: 1 << 30 })
      if (done.status !== 0) throw new Error(`zstd -dc ${path} failed`)
      bytes = done.stdout
    }
    const reader = await CarReader.fromBytes(bytes)
    const chain = new Chain()
    chain.blocks = new Map()
    for await (const { cid, bytes } of reader.blocks()) chain.blocks.set(String(cid), bytes)
    chain.top = await reader.getRoots()
    let at = chain.tipset(chain.top)
    while (at.height > 0) at = chain.tipset(at.parents)
    chain.genesis = at.cids[0]
    return chain
  }

  block (cid) {
    const bytes = this.blocks.get(String(cid))
    if (bytes === undefined) throw new Error(`ipld: could not find ${cid}`)
    return bytes
  }

  tipset (cids) {
    const headers = cids.map(cid => header(this.block(cid)))
    return { cids, headers, height: headers[0].height, parents: headers[0].parents, weight: headers[0].weight }
  }

  /** The parent of the head, whose weight stands in the head. */
  announced () {
    const top = this.tipset(this.top)
    const parent = this.tipset(top.parents)
    return [parent.cids, parent.height, top.weight, this.genesis]
  }

  * values (root) {
    const [height, , node] = parse(this.block(root))
    yield * this.#node(node, height)
  }

  * #node ([, links, values], height) {
    if (height === 0) yield * values
    else for (const link of links) yield * this.#node(parse(this.block(link)), height - 1)
  }

  messages (tipset) {
    const lists = [0, 1].map(() => ({ seen: new Map(), bodies: [], includes: [] }))
    for (const block of tipset.headers) {
      parse(this.block(block.messages)).forEach((root, kind) => {
        const { seen, bodies, includes } = lists[kind]
        includes.push([...this.values(root)].map(cid => {
          const name = String(cid)
          if (!seen.has(name)) {
            seen.set(name, bodies.length)
            bodies.push(this.block(cid))
          }
          return seen.get(name)
        }))
      })
    }
    return array(lists.flatMap(({ bodies, includes }) => [array(bodies), Buffer.from(encode(includes))]))
  }

  answer ([top, length, options]) {
    const refuse = (status, text) => ({ status, bytes: Buffer.concat([head(4, 3), encode(status), encode(text), head(4, 0)]), tipsets: 0 })
    if ((options & (HEADERS | MESSAGES)) === 0) return refuse(BAD, 'no options set')
    if (length > MAX_LENGTH) return refuse(BAD, `request length over maximum allowed (${MAX_LENGTH})`)
    if (length === 0) return refuse(BAD, 'invalid request length of zero')
    if (top.length === 0) return refuse(BAD, 'no cids in request')
    const items = []
    try {
      for (let cids = top, left = length; left > 0; --left) {
        const tipset = this.tipset(cids)
        const headers = array(options & HEADERS ? tipset.headers.map(one => one.raw) : [])
        const messages = options & MESSAGES ? this.messages(tipset) : Buffer.of(0xf6)
        items.push(Buffer.concat([head(4, 2), headers, messages]))
        if (tipset.height === 0) break
        cids = tipset.parents
      }
    } catch (error) {
      return refuse(INTERNAL, error.message)
    }
    const status = items.length < length ? PARTIAL : OK
    return { status, bytes: Buffer.concat([head(4, 3), encode(status), encode(''), array(items)]), tipsets: items.length }
  }
}

export function encodeHello ([top, height, weight, genesis]) {
  return Buffer.concat([head(4, 4), writeCids(top), encode(height), encode(weight), write(genesis)])
}

const weightText = bytes => bytes.length === 0 ? '0' : BigInt('0x' + Buffer.from(bytes.subarray(1)).toString('hex')).toString()
const link = cid => ({ '/': String(cid) })

export function serve (chain, handle, emit) {
  handle(HELLO, async (pipe, connection) => {
    const [top, height, weight, genesis] = parse(await pipe.readAll())
    const arrival = BigInt(Date.now()) * 1_000_000n
    const same = genesis.equals(chain.genesis)
    emit('hello', { peer: String(connection.remotePeer), head: top.map(link), height, weight: weightText(weight), genesis: link(genesis), same_genesis: same })
    if (!same) return connection.close()
    await pipe.write(Buffer.concat([head(4, 2), encode(arrival), encode(BigInt(Date.now()) * 1_000_000n)]))
    await pipe.close()
  })
  handle(EXCHANGE, async (pipe, connection) => {
    const request = parse(await pipe.readAll())
    const { status, bytes, tipsets } = chain.answer(request)
    for (let at = 0; at < bytes.length; at += 1 << 16) await pipe.write(bytes.subarray(at, at + (1 << 16)))
    await pipe.close()
    emit('exchange-served', { peer: String(connection.remotePeer), length: request[1], options: request[2], status, tipsets, bytes: bytes.length })
  })
}

export async function sayHello (pipe, greeting) {
  await pipe.write(encodeHello(greeting))
  const [answer] = await Promise.all([pipe.readAll(), pipe.end()])
  const times = parse(answer)
  if (!Array.isArray(times) || times.length !== 2) throw new Error('the answer to hello has two times')
  return { arrival_ns: Number(times[0]), answered_ns: Number(times[1]) }
}

/** Asks, and checks the answer as section 18 says. */
export async function fetchChain (pipe, chain, top, length, options) {
  const request = [top.map(text => CID.parse(text)), length, options]
  await pipe.write(Buffer.concat([head(4, 3), writeCids(request[0]), encode(length), encode(options)]))
  const [raw] = await Promise.all([pipe.readAll(), pipe.end()])
  const [status, text, items] = parse(raw)
  const out = { status, text, bytes: raw.length, tipsets: items.length }
  if (chain) out.equals_own = Buffer.compare(chain.answer(request).bytes, raw) === 0
  if (status !== OK && status !== PARTIAL) return out
  if (items.length === 0) throw new Error('success without tipsets')
  if (items.length < length && status !== PARTIAL) throw new Error('fewer tipsets than asked for, without the partial status')
  let expected = keyOf(request[0])
  for (const [blocks, messages] of items) {
    if (options & HEADERS) {
      const headers = blocks.map(fields => header(Buffer.from(write(fields))))
      if (keyOf(headers.map(one => one.cid)) !== expected) throw new Error('a tipset is not the one below the tipset above')
      expected = keyOf(headers[0].parents)
    }
    if (options & MESSAGES) {
      const [bls, blsIncludes, secpk, secpkIncludes] = messages
      for (const [list, includes] of [[bls, blsIncludes], [secpk, secpkIncludes]]) {
        if (blocks.length > 0 && includes.length !== blocks.length) throw new Error('one include list per block expected')
        if (includes.flat().some(index => index >= list.length)) throw new Error('an include index is out of range')
      }
    }
  }
  return out
}
