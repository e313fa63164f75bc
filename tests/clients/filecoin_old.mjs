// Two older Filecoin clients, as they come: @zondax/izari-filecoin sends money and waits for it, @glif/filecoin-rpc-client asks.
// Arguments: URL of the API with a token (?token=…), private key as Lotus exports it (hex, secp256k1).
import { createRequire } from 'node:module'
import { Account, Address, Network, NetworkPrefix, RPC, SignatureType, Token, Transaction, Wallet } from '@zondax/izari-filecoin'
import { check, done } from './report.mjs'

const { default: LotusRpcEngine } = createRequire(import.meta.url)('@glif/filecoin-rpc-client')
const [given, exported] = process.argv.slice(2)
const url = new URL(given)
const token = url.searchParams.get('token')
url.search = ''

const network = Network.Calibration // the prefix t
const rpc = new RPC(network, { url: url.href, token, timeout: 300_000 })
const account = Wallet.recoverAccount(NetworkPrefix.Testnet, SignatureType.SECP256K1, JSON.parse(Buffer.from(exported, 'hex')).PrivateKey)
const receiver = Wallet.deriveAccount(Wallet.generateMnemonic(), SignatureType.SECP256K1, "m/44'/1'/0/0/1", undefined, NetworkPrefix.Testnet)
const before = await Account.getBalance(rpc, account)
check('izari reads a balance', before.isPositive())
const cid = await Account.send(rpc, account, receiver.address, Token.fromAtto('7'))
const landed = await rpc.waitMsgState({ '/': cid }, 1, 100)
check('izari sends money and waits for it', landed.result.Receipt.ExitCode === 0)
check('the receiver has it', (await Account.getBalance(rpc, receiver)).toAtto() === '7')
const miners = (await rpc.listMiners()).result
check('izari lists the miners', miners.length > 0)
check('izari reads a miner', (await rpc.getMinerInfo(miners[0])).result.SectorSize === 2048)
const draft = Transaction.getNew(receiver.address, account.address, Token.fromAtto('1'), 0)
await draft.prepareToSend(rpc)
check('izari estimates gas', draft.gasLimit > 0)

const engine = new LotusRpcEngine({ apiAddress: url.href, token })
const head = await engine.request('ChainHead')
check('glif reads the head', head.Height > 0)
check('glif reads a balance', BigInt(await engine.request('WalletBalance', account.address.toString())) > 0n)
await engine.request('StateGetActor', 't09999999', null).then(
  () => check('glif gets an error', false),
  (error) => check('glif gets an error', /actor not found/.test(error.message)))
done()
