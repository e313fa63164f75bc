// Deploys a contract, prints its address, and makes it emit a log again and again until it is stopped: what the reading
// clients read. Arguments: URL of the API, private key of an account with FIL, folder of compiled contracts.
import { readFileSync } from 'node:fs'
import { ethers } from 'ethers'

const [url, key, contracts] = process.argv.slice(2)
const { abi, bytecode } = JSON.parse(readFileSync(`${contracts}/Counter.json`, 'utf8'))
const provider = new ethers.JsonRpcProvider(url, undefined, { polling: true, pollingInterval: 500 })
const counter = await new ethers.ContractFactory(abi, bytecode, new ethers.Wallet(key, provider)).deploy()
await counter.deploymentTransaction().wait(1, 300_000)
await (await counter.add(1n)).wait(1, 300_000)
console.log(await counter.getAddress())
for (;;) await (await counter.add(1n)).wait(1, 300_000)
