// web3.js 4, as it comes, against a running node: balance, transfers of both kinds, a contract, events, a failure,
// subscriptions. Arguments: URL of the API, private key of an account with FIL, folder of compiled contracts.
import { readFileSync } from 'node:fs'
import { Web3 } from 'web3'
import { check, done } from './report.mjs'

const [url, key, contracts] = process.argv.slice(2)
const artifact = (name) => JSON.parse(readFileSync(`${contracts}/${name}.json`, 'utf8'))
const web3 = new Web3(url)
web3.eth.transactionPollingTimeout = 300_000
const account = web3.eth.accounts.wallet.add(key)[0]
const receiver = web3.eth.accounts.create().address
const from = account.address

check('web3.js knows the chain', (await web3.eth.getChainId()) === (await web3.eth.net.getId()))
check('the account has a balance', (await web3.eth.getBalance(from)) > 0n)
const head = await web3.eth.getBlock('latest')
check('a block has number and hash', head.number > 0n && (await web3.eth.getBlock(head.hash)).number === head.number)
const sent = await web3.eth.sendTransaction({ from, to: receiver, value: 5n })
check('web3.js sends money', sent.status === 1n && sent.type === 2n && (await web3.eth.getBalance(receiver)) === 5n)
const legacy = await web3.eth.sendTransaction({ from, to: receiver, value: 6n, type: 0n, gasPrice: 2n * (await web3.eth.getGasPrice()) })
check('web3.js sends a legacy transaction', legacy.status === 1n && legacy.type === 0n)
const { abi, bytecode } = artifact('Token')
const token = await new web3.eth.Contract(abi).deploy({ data: bytecode, arguments: ['My token', 'MTK', 1000n] }).send({ from })
check('web3.js deploys a contract', (await token.methods.totalSupply().call()) === 1000n)
const receipt = await token.methods.transfer(receiver, 7n).send({ from })
check('web3.js decodes the event of a call', receipt.events.Transfer.returnValues.value === 7n)
const events = await token.getPastEvents('Transfer', { filter: { to: receiver }, fromBlock: receipt.blockNumber, toBlock: 'latest' })
check('web3.js finds past events', events.length === 1 && events[0].returnValues.value === 7n)
await token.methods.transfer(receiver, 5000n).call({ from }).then(
  () => check('web3.js sees a failure', false),
  (error) => check('web3.js sees a failure', JSON.stringify(error, (_, value) => typeof value === 'bigint' ? `${value}` : value).includes('0xe4889ffe')))
const batch = new web3.BatchRequest()
const wanted = [batch.add({ method: 'eth_blockNumber', params: [] }), batch.add({ method: 'eth_chainId', params: [] })]
await batch.execute()
check('web3.js sends a batch', Number((await wanted[1]).result ?? await wanted[1]) === Number(await web3.eth.getChainId()))

const socket = new Web3(url.replace('http', 'ws'))
socket.eth.accounts.wallet.add(key)
const watched = new socket.eth.Contract(abi, token.options.address)
const heads = await socket.eth.subscribe('newBlockHeaders')
const logs = await watched.events.Transfer()
// Earlier logs come again if the head is replaced by one with more blocks.
const seen = Promise.all([
  new Promise((resolve, reject) => { heads.on('data', resolve); heads.on('error', reject) }),
  new Promise((resolve, reject) => { logs.on('data', (log) => { if (log.returnValues.value === 9n) resolve(log) }); logs.on('error', reject) })
])
await token.methods.transfer(receiver, 9n).send({ from })
const [block, log] = await Promise.race([seen, new Promise((_, reject) => setTimeout(() => reject(new Error('no subscription gave anything')), 60_000))])
check('a subscription gives blocks', BigInt(block.number) > 0n)
check('a subscription gives decoded events', log.returnValues.value === 9n)
done()
