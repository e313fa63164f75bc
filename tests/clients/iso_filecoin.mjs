// iso-filecoin: head, balance, a transfer signed here, pushed and waited for.
// Arguments: URL of the API, private key as Lotus exports it (hex), receiver (none: a new key), FIL (none: 1).
import { RPC } from 'iso-filecoin/rpc'
import { Token } from 'iso-filecoin/token'
import { Message } from 'iso-filecoin/message'
import { accountFromLotus, create, signMessage } from 'iso-filecoin/wallet'
import { check, done, report } from './report.mjs'

const network = 'testnet'
const [url, key, receiver, amount = '1'] = process.argv.slice(2)
const rpc = new RPC({ api: url, network }, { timeout: 60_000 })

async function ask(what, answer) {
  const { result, error } = await answer
  if (error) throw new Error(`${what}: ${error.message}`)
  return result
}

const account = accountFromLotus(key, network)
const to = receiver ?? create('SECP256K1', network).address.toString()
const from = account.address.toString()

const version = await ask('version', rpc.version())
report('version', version.Version)
report('network', await ask('network name', rpc.networkName()))
const head = await ask('head', rpc.chainHead())
check('the head is a tipset', head.Height >= 0 && head.Cids.length === head.Blocks.length)
report('head', head.Height)
const below = await ask('tipset by height', rpc.getTipSetByHeight({ height: head.Height - 1 }))
check('a tipset below the head', below.Height < head.Height)
report('ID of the sender', await ask('ID', rpc.getIDAddress({ address: from, safety: 'latest' })))
const before = BigInt(await ask('balance', rpc.balance(from)))
const receiverBefore = BigInt(await ask('balance', rpc.balance(to)))
report('balance of the sender', before)

const value = Token.fromFIL(amount).toAttoFIL().toString()
const message = await new Message({ to, from, value }).prepare(rpc)
check('gas is estimated', message.gasLimit > 0 && message.gasPremium !== '0')
const signature = { type: account.type, data: signMessage(account.privateKey, account.type, message).data }
const cid = await ask('push', rpc.pushMessage({ msg: message, signature }))
report('pushed', cid['/'])
const landed = await ask('wait', rpc.waitMsg({ cid, confidence: 1, lookback: 100 }, { timeout: 300_000 }))
check('the message succeeded', landed.Receipt.ExitCode === 0)
check('it is the message that was sent', landed.Message['/'] === cid['/'])
report('landed at', landed.Height)

const after = BigInt(await ask('balance', rpc.balance(from)))
const received = BigInt(await ask('balance', rpc.balance(to))) - receiverBefore
check('the receiver has the amount', received === BigInt(value))
check('the sender paid the amount and gas', from === to || before - after > BigInt(value))
done()
