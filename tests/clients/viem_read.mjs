// viem reads a chain whose contract CONTRACT emits logs: blocks, transactions, receipts, logs, fees, filters, watching.
//   node viem_read.mjs URL CONTRACT
import { createPublicClient, http, webSocket } from 'viem'
import { check, done, report } from './report.mjs'

const [url, contract] = process.argv.slice(2)
const client = createPublicClient({ transport: http(url), pollingInterval: 500 })
report('chain', await client.getChainId())
const latest = await client.getBlock({ includeTransactions: true })
check('the latest block has a number and a hash', latest.number > 0n && latest.hash.length === 66)
check('it is found by its hash', (await client.getBlock({ blockHash: latest.hash })).number === latest.number)
check('its transactions can be counted',
  (await client.getBlockTransactionCount({ blockHash: latest.hash })) === latest.transactions.length)
check('the number of the block is known', (await client.getBlockNumber()) >= latest.number)

const logs = await client.getLogs({ address: contract, fromBlock: 0n, toBlock: 'latest' })
check('the contract has logs', logs.length > 0)
const hash = logs[0].transactionHash
const receipt = await client.getTransactionReceipt({ hash })
check('the receipt has the log', receipt.status === 'success' && receipt.logs.some((log) => log.logIndex === logs[0].logIndex))
const transaction = await client.getTransaction({ hash })
check('the transaction is of type 2', transaction.type === 'eip1559' && transaction.maxFeePerGas > 0n)
const byIndex = await client.getTransaction({ blockHash: receipt.blockHash, index: receipt.transactionIndex })
check('it is found by its place', byIndex.hash === hash)
check('waiting for it ends', (await client.waitForTransactionReceipt({ hash })).transactionHash === hash)
await client.getTransaction({ hash: '0x' + '12'.repeat(32) }).then(
  () => check('nobody knows a made-up transaction', false),
  (error) => check('nobody knows a made-up transaction', error.name === 'TransactionNotFoundError'))

check('the sender has a balance', (await client.getBalance({ address: transaction.from })) > 0n)
check('the contract has code', (await client.getCode({ address: contract })).length > 2)
check('an unused word of its storage is zero', BigInt(await client.getStorageAt({ address: contract, slot: '0x63' })) === 0n)
check('the sender has a nonce', (await client.getTransactionCount({ address: transaction.from })) > 0)
check('there is a price', (await client.getGasPrice()) > 0n)
check('there is a tip', (await client.estimateMaxPriorityFeePerGas()) > 0n)
check('there is a price for blobs', (await client.getBlobBaseFee()) === 1n)
const history = await client.getFeeHistory({ blockCount: 3, rewardPercentiles: [25, 75] })
check('there is a history of fees', history.baseFeePerGas.length === history.gasUsedRatio.length + 1)

const filter = await client.createEventFilter({ address: contract })
const blocks = await client.createBlockFilter()
const pending = await client.createPendingTransactionFilter()
async function comes(what, filter) {
  for (let i = 0; i < 120; ++i) {
    if ((await client.getFilterChanges({ filter })).length > 0) return check(`a filter gives ${what}`, true)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  check(`a filter gives ${what}`, false)
}
await Promise.all([comes('logs', filter), comes('blocks', blocks), comes('pending transactions', pending)])
check('a filter can be removed', await client.uninstallFilter({ filter }))

const watching = createPublicClient({ transport: webSocket(url.replace('http', 'ws')) })
const results = await Promise.race([
  Promise.all([
    new Promise((resolve, reject) => watching.watchBlocks({ onBlock: resolve, onError: reject })),
    new Promise((resolve, reject) => watching.watchEvent({ address: contract, onLogs: resolve, onError: reject })),
    new Promise((resolve, reject) => watching.watchPendingTransactions({ onTransactions: resolve, onError: reject }))
  ]),
  new Promise((_, reject) => setTimeout(() => reject(new Error('a subscription gave nothing')), 60000))
])
check('a subscription gives blocks', results[0].number > 0n)
check('a subscription gives logs', results[1].length > 0)
check('a subscription gives pending transactions', results[2].length > 0)
done()
