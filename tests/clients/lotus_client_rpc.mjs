// @filecoin-shipyard/lotus-client-rpc with Lotus' schema: the same questions over plain HTTP; a transfer is signed with
// iso-filecoin, because this client has no keys. If the URL has a token, the same client goes on over WebSocket: heads by
// subscription, and a message that the node signs. Arguments as of iso_filecoin.mjs.
import { LotusRPC } from '@filecoin-shipyard/lotus-client-rpc'
import { NodejsProvider } from '@filecoin-shipyard/lotus-client-provider-nodejs'
import { mainnet } from '@filecoin-shipyard/lotus-client-schema'
import { Message } from 'iso-filecoin/message'
import { Signature } from 'iso-filecoin/signature'
import { Token } from 'iso-filecoin/token'
import { accountFromLotus, create, signMessage } from 'iso-filecoin/wallet'
import { check, done, report } from './report.mjs'

const network = 'testnet'
const [url, key, receiver, amount = '1'] = process.argv.slice(2)
const client = new LotusRPC(new NodejsProvider(url), { schema: mainnet.fullNode })

const account = accountFromLotus(key, network)
const from = account.address.toString()
const to = receiver ?? create('SECP256K1', network).address.toString()

const version = await client.version()
report('version', version.Version)
const head = await client.chainHead()
report('head', head.Height)
check('the head is a tipset', head.Cids.length === head.Blocks.length)
const same = await client.chainGetTipSet(head.Cids)
check('the tipset of its key', same.Height === head.Height)
const block = await client.chainGetBlock(head.Cids[0])
check('its block', block.Height === head.Height)
const miners = await client.stateListMiners([])
check('there are miners', miners.length > 0)
report('miners', miners.join(' '))
const power = await client.stateMinerPower(miners[0], [])
report('power of the first', power.MinerPower.QualityAdjPower)
const info = await client.stateMinerInfo(miners[0], [])
report('sector size', info.SectorSize)
const actor = await client.stateGetActor(from, [])
const before = BigInt(await client.walletBalance(from))
check('balance and actor agree', BigInt(actor.Balance) === before)

const value = Token.fromFIL(amount).toAttoFIL().toString()
const draft = new Message({ to, from, value })
draft.nonce = await client.mpoolGetNonce(from)
const priced = Message.fromLotus(await client.gasEstimateMessageGas(draft.toLotus(), { MaxFee: '0' }, []))
priced.nonce = draft.nonce
const signature = signMessage(account.privateKey, account.type, priced)
const cid = await client.mpoolPush({ Message: priced.toLotus(), Signature: new Signature(signature).toLotus() })
report('pushed', cid['/'])
const landed = await client.stateWaitMsg(cid, 1, -1, true)
check('the message succeeded', landed.Receipt.ExitCode === 0)
report('landed at', landed.Height)
const found = await client.stateSearchMsg([], cid, -1, true)
check('it is found again', found.Height === landed.Height && found.Receipt.GasUsed === landed.Receipt.GasUsed)
const messages = await client.chainGetParentMessages(landed.TipSet[0])
check('its block is above the one that holds it', messages.some(({ Cid }) => Cid['/'] === cid['/']))
check('the sender paid', before - BigInt(await client.walletBalance(from)) > BigInt(value))
await client.destroy?.()

const { origin, pathname, searchParams } = new URL(url)
if (searchParams.has('token')) await overWebSocket(`${origin}${pathname}`.replace('http', 'ws'), searchParams.get('token'))
done()

async function overWebSocket(address, token) {
  const socket = new LotusRPC(new NodejsProvider(address, { token }), { schema: mainnet.fullNode })
  const changes = []
  let arrived = () => {}
  const [cancel, opened] = socket.chainNotify((list) => {
    changes.push(...list)
    if (list.some(({ Type }) => Type === 'apply')) arrived()
  })
  const applied = new Promise((resolve) => { arrived = resolve })
  await opened
  const wallet = await socket.walletDefaultAddress()
  check('a wallet is listed over WebSocket', (await socket.walletList()).includes(wallet))
  check('it has a balance', BigInt(await socket.walletBalance(wallet)) > 0n)
  const sent = await socket.mpoolPushMessage({ From: wallet, To: to, Value: '7', Method: 0 }, null)
  const [landed] = await Promise.all([socket.stateWaitMsg(sent.CID, 1, -1, true), applied])
  check('a message that the node signs lands', landed.Receipt.ExitCode === 0)
  check('ChainNotify begins with the head', changes[0].Type === 'current')
  check('ChainNotify tells new heads', changes.some(({ Type, Val }) => Type === 'apply' && Val.Height > 0))
  await cancel()
  const seen = changes.length
  const next = (await socket.chainHead()).Height + 1
  while ((await socket.chainHead()).Height < next) await new Promise((resolve) => setTimeout(resolve, 500))
  check('a cancelled subscription is silent', changes.length === seen)
  await socket.destroy()
}
