// What fetches and keeps files, as it comes: @helia/verified-fetch from a node's trustless gateway as the only source,
// @ipld/car and @web3-storage/data-segment over the same bytes.
//   storage.mjs GATEWAY CID FILE CAR PIECE
// GATEWAY is a provider's URL, CID the root of FILE; CAR is a file that `strata car pack` made of FILE, PIECE the CID of
// version 2 that `strata pieces commp CAR` tells.
import { createReadStream, readFileSync } from 'node:fs'
import { withHTTP } from '@helia/http'
import { createVerifiedFetch } from '@helia/verified-fetch'
import { CarBlockIterator } from '@ipld/car'
import { Piece } from '@web3-storage/data-segment'
import { createHeliaLight } from 'helia'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { check, done } from './report.mjs'

const [gateway, cid, file, car, piece] = process.argv.slice(2)
const content = readFileSync(file)

// HTTP alone: with libp2p it would look through the public DHT first, which takes minutes where there is no Internet. Without
// any router it waits for ever; the node has no routing API, so that the gateway is what remains.
const helia = withHTTP(createHeliaLight(), { delegatedRouters: [gateway], recursiveGateways: [gateway], allowInsecure: true, allowLocal: true })
const verifiedFetch = await createVerifiedFetch(await helia.start())
const timeout = () => AbortSignal.timeout(120_000)
const answer = await verifiedFetch(`ipfs://${cid}`, { signal: timeout() })
check('verified-fetch gets the file', answer.ok && content.equals(Buffer.from(await answer.arrayBuffer())))
const block = await verifiedFetch(`ipfs://${cid}`, { headers: { accept: 'application/vnd.ipld.raw' }, signal: timeout() })
const bytes = new Uint8Array(await block.arrayBuffer())
check('verified-fetch gets the root block', CID.parse(cid).multihash.bytes.toString() === (await sha256.digest(bytes)).bytes.toString())
const fetched = await verifiedFetch(`ipfs://${cid}`, { headers: { accept: 'application/vnd.ipld.car' }, signal: timeout() })
check('verified-fetch gets a CAR', fetched.ok && Buffer.from(await fetched.arrayBuffer()).includes(content.subarray(0, 64)))
await verifiedFetch.stop()

async function blocks(stream) {
  const reader = await CarBlockIterator.fromIterable(stream)
  const found = []
  for await (const one of reader) {
    const digest = await sha256.digest(one.bytes)
    found.push({ cid: one.cid.toString(), good: digest.bytes.toString() === one.cid.multihash.bytes.toString() })
  }
  return { roots: (await reader.getRoots()).map(String), found }
}
const packed = await blocks(createReadStream(car))
check('@ipld/car reads our CAR', packed.roots[0] === cid && packed.found[0].cid === cid && packed.found.every(({ good }) => good))
const raw = await fetch(`${gateway}/ipfs/${cid}?format=car`)
const streamed = await blocks(raw.body)
check('@ipld/car reads the gateway\'s stream', streamed.found.length > 0 && streamed.found.every(({ good }) => good))
const computed = Piece.fromPayload(new Uint8Array(readFileSync(car)))
check('data-segment computes the piece that we compute', computed.link.toString() === piece)
done()
