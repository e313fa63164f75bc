// ethers 6 and viem, as they come, against a running node: a contract is deployed, called, estimated, traced, simulated,
// and its failure explained.
// Arguments: URL of the API (with ?token=… that allows writing), private key of a delegated account with FIL (hex).
import { readFileSync } from 'node:fs'
import { ethers } from 'ethers'
import { createPublicClient, createWalletClient, defineChain, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { check, done, report } from './report.mjs'

const [url, key, artifacts = '../contracts'] = process.argv.slice(2)
const artifact = (name) => JSON.parse(readFileSync(new URL(`${artifacts}/${name}.json`, import.meta.url), 'utf8'))

// ethers
const provider = new ethers.JsonRpcProvider(url, undefined, { polling: true })
provider.pollingInterval = 500
const wallet = new ethers.Wallet(key, provider)
const { chainId } = await provider.getNetwork()
report('chain ID', chainId)
const counter = artifact('Counter')
const made = await new ethers.ContractFactory(counter.abi, counter.bytecode, wallet).deploy()
const receipt = await made.deploymentTransaction().wait(1, 300_000)
const address = await made.getAddress()
check('ethers deploys a contract at the address that it computed', receipt.status === 1 &&
  receipt.contractAddress.toLowerCase() === address.toLowerCase())
check('ethers calls a contract', (await made.count()) === 0n)
const added = await (await made.add(5n)).wait(1, 300_000)
check('ethers sends a transaction with estimated gas and fees', added.status === 1 && (await made.count()) === 5n)
check('ethers decodes its event', added.logs.some((log) => made.interface.parseLog(log)?.args.count === 5n))
check('ethers simulates with staticCall', (await made.add.staticCall(2n)) === 7n)
try {
  await made.fail.staticCall('because')
  check('ethers tells why a call reverts', false)
} catch (error) {
  check('ethers tells why a call reverts', error.reason === 'because')
}

// viem
const chain = defineChain({ id: Number(chainId), name: 'devnet', nativeCurrency: { name: 'FIL', symbol: 'FIL', decimals: 18 },
  rpcUrls: { default: { http: [url] } } })
const open = createPublicClient({ chain, transport: http(url), pollingInterval: 500 })
const account = privateKeyToAccount(key)
const signer = createWalletClient({ account, chain, transport: http(url) })
check('viem reads a contract', (await open.readContract({ address, abi: counter.abi, functionName: 'count' })) === 5n)
const overridden = await open.readContract({ address, abi: counter.abi, functionName: 'count',
  stateOverride: [{ address, stateDiff: [{ slot: `0x${'0'.repeat(64)}`, value: `0x${'0'.repeat(62)}2a` }] }] })
check('viem overrides state', overridden === 42n)
const hash = await signer.writeContract({ address, abi: counter.abi, functionName: 'add', args: [3n] })
const viemReceipt = await open.waitForTransactionReceipt({ hash, timeout: 300_000 })
check('viem sends a transaction', viemReceipt.status === 'success')
const blocks = await open.simulateBlocks({ blocks: [{ calls: [
  { account: account.address, to: address, abi: counter.abi, functionName: 'add', args: [2n] },
  { account: account.address, to: address, abi: counter.abi, functionName: 'count' }] }] })
check('viem simulates blocks', blocks[0].calls[1].result === 10n && blocks[0].calls[0].logs.length === 1)
const { accessList } = await open.createAccessList({ account: account.address, to: address,
  data: '0x1003e2d2' + '0'.repeat(63) + '1' })
check('viem makes an access list', accessList.length === 1 && accessList[0].storageKeys.length === 1)
const trace = await open.request({ method: 'debug_traceTransaction', params: [hash, { tracer: 'callTracer' }] })
check('the call tracer traces a transaction', trace.to.toLowerCase() === address.toLowerCase())
done()
