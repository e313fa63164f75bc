// ethers 5 (@ethersproject), as it comes, against a running node. Arguments: URL of the API, private key of an account with
// FIL, folder of compiled contracts.
import { readFileSync } from 'node:fs'
import { ethers } from 'ethers5'
import { check, done } from './report.mjs'

const [url, key, contracts] = process.argv.slice(2)
const { abi, bytecode } = JSON.parse(readFileSync(`${contracts}/Token.json`, 'utf8'))
const provider = new ethers.providers.JsonRpcProvider(url)
provider.pollingInterval = 500
const wallet = new ethers.Wallet(key, provider)
const receiver = ethers.Wallet.createRandom().address
check('ethers 5 has a balance', (await wallet.getBalance()).gt(0))
check('ethers 5 has fees', (await provider.getFeeData()).maxFeePerGas.gt(0))
const sent = await (await wallet.sendTransaction({ to: receiver, value: 5 })).wait()
check('ethers 5 sends money', sent.status === 1 && (await provider.getBalance(receiver)).eq(5))
const token = await new ethers.ContractFactory(abi, bytecode, wallet).deploy('My token', 'MTK', 1000)
await token.deployed()
check('ethers 5 deploys a contract', (await token.totalSupply()).eq(1000))
const receipt = await (await token.transfer(receiver, 7)).wait()
check('ethers 5 decodes the event', receipt.events[0].args.value.eq(7))
const found = await token.queryFilter(token.filters.Transfer(null, receiver), receipt.blockNumber)
check('ethers 5 finds the event', found.length === 1 && found[0].args.value.eq(7))
await token.callStatic.transfer(receiver, 5000).then(
  () => check('ethers 5 names the failure', false),
  (error) => check('ethers 5 names the failure', error.errorName === 'TooLittle'))
const many = new ethers.providers.JsonRpcBatchProvider(url)
const heights = await Promise.all(Array.from({ length: 30 }, () => many.getBlockNumber()))
check('ethers 5 sends a batch', heights.length === 30 && heights.every((height) => height > 0))
const next = await new Promise((resolve) => provider.once('block', resolve))
check('ethers 5 hears of blocks', next > 0)
done()
