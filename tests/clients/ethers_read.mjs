// ethers 6 reads a chain whose contract CONTRACT emits logs: blocks, transactions, receipts, logs, fees, subscriptions.
//   node ethers_read.mjs URL CONTRACT
import { JsonRpcProvider, WebSocketProvider, ZeroHash } from 'ethers'
import { check, done, report } from './report.mjs'

const [url, contract] = process.argv.slice(2)
const http = new JsonRpcProvider(url, undefined, { polling: true, pollingInterval: 500 })

const network = await http.getNetwork()
report('chain', network.chainId)
const latest = await http.getBlock('latest', true)
check('the latest block has a number and a hash', latest.number > 0 && latest.hash !== ZeroHash)
check('it is found by its hash', (await http.getBlock(latest.hash)).number === latest.number)
for (const tag of ['safe', 'finalized', 'pending']) check(`${tag} has a block`, (await http.getBlock(tag)).hash)

const logs = await http.getLogs({ address: contract, fromBlock: 0, toBlock: 'latest' })
check('the contract has logs', logs.length > 0)
const receipt = await http.getTransactionReceipt(logs[0].transactionHash)
check('the receipt has the log', receipt.logs.some((log) => log.index === logs[0].index && log.data === logs[0].data))
check('the transaction succeeded', receipt.status === 1 && receipt.gasUsed > 0n)
const transaction = await http.getTransaction(logs[0].transactionHash)
check('the transaction is in the block of its receipt', transaction.blockHash === receipt.blockHash)
check('and calls the contract', transaction.to.toLowerCase() === contract.toLowerCase())
const block = await receipt.getBlock()
check('the block names the transaction', block.transactions.includes(transaction.hash))
const waited = await http.waitForTransaction(transaction.hash, 1, 5000)
check('waiting for it ends', waited.hash === transaction.hash)
check('nobody knows a made-up transaction', (await http.getTransaction('0x' + '12'.repeat(32))) === null)

check('the sender has a balance', (await http.getBalance(transaction.from)) > 0n)
check('the contract has code', (await http.getCode(contract)).length > 2)
check('an unused word of its storage is zero', BigInt(await http.getStorage(contract, 99)) === 0n)
check('the sender has a nonce', (await http.getTransactionCount(transaction.from, 'latest')) > 0)
const fees = await http.getFeeData()
check('there are fees', fees.gasPrice > 0n && fees.maxFeePerGas > 0n && fees.maxPriorityFeePerGas > 0n)

// Filters: ethers makes them for events over HTTP.
const filtered = await new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error('no log came by a filter')), 60000)
  http.on({ address: contract }, resolve)
})
check('a filter gives a log', filtered.address.toLowerCase() === contract.toLowerCase())
await http.removeAllListeners()
http.destroy()

const socket = new WebSocketProvider(url.replace('http', 'ws'))
const [number, log, hash] = await Promise.race([
  Promise.all([
    new Promise((resolve) => socket.on('block', resolve)),
    new Promise((resolve) => socket.on({ address: contract }, resolve)),
    new Promise((resolve) => socket.on('pending', resolve))
  ]),
  new Promise((_, reject) => setTimeout(() => reject(new Error('a subscription gave nothing')), 60000))
])
check('a subscription gives blocks', number > 0)
check('a subscription gives logs', log.address.toLowerCase() === contract.toLowerCase() && !log.removed)
check('a subscription gives pending transactions', hash.length === 66)
await socket.removeAllListeners()
await socket.destroy()
done()
