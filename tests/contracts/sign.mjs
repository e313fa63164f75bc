#!/usr/bin/env node
// Signs transactions with ethers for tests of the Ethereum JSON-RPC, and writes them to signed.json with what ethers says
// about them: hashes, the addresses of new contracts, inputs. The key is that of EIP-155's example.
//
//   sign.mjs [MODULES]     MODULES: the node_modules with ethers 6, default beside this file
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.resolve(process.argv[2] ?? path.join(here, 'node_modules'));
const { ethers } = createRequire(path.join(modules, 'any.js'))('ethers');

const chainId = 31415926;
const wallet = new ethers.Wallet(`0x${'46'.repeat(32)}`);
const artifact = (name) => JSON.parse(readFileSync(path.join(here, `${name}.json`), 'utf8'));
const abi = (name) => new ethers.Interface(artifact(name).abi);
const fees = { type: 2, chainId, gasLimit: 1_000_000_000n, maxFeePerGas: 2_000_000_000n, maxPriorityFeePerGas: 100_000n };

const signed = [];
const contracts = {};
async function send(name, fields) {
  const nonce = signed.length;
  const raw = await wallet.signTransaction({ ...fees, nonce, ...fields });
  const { hash } = ethers.Transaction.from(raw);
  signed.push({ name, raw, hash, data: fields.data ?? '0x', to: fields.to?.toLowerCase() ?? null });
}
async function deploy(name, words = [], types = []) {
  const to = ethers.getCreateAddress({ from: wallet.address, nonce: signed.length });
  contracts[name] = to.toLowerCase();
  const inputs = ethers.AbiCoder.defaultAbiCoder().encode(types, words);
  await send(`deploy ${name}`, { data: ethers.concat([artifact(name).bytecode, inputs]) });
}

await deploy('Counter');
await deploy('Proxy', [contracts.Counter], ['address']);
await deploy('Factory');
await deploy('Reporter');
await deploy('Nested');
await deploy('Vault');
await send('add through the proxy', { to: contracts.Proxy, data: abi('Counter').encodeFunctionData('add', [5]) });
await send('make a child', { to: contracts.Factory, data: abi('Factory').encodeFunctionData('make', [7]) });
await send('survive', { to: contracts.Reporter, data: abi('Reporter').encodeFunctionData('survive', [3]) });
await send('refuse', { to: contracts.Reporter, data: abi('Reporter').encodeFunctionData('refuse', [9, 'no']) });
await send('fill the vault', { to: contracts.Vault, value: 1000n });
await send('pay', {
  to: contracts.Vault,
  data: abi('Vault').encodeFunctionData('pay', ['0x1111111111111111111111111111111111111111', 400n]),
});

const calls = {
  count: abi('Counter').encodeFunctionData('count'),
  add2: abi('Counter').encodeFunctionData('add', [2]),
  fail: abi('Counter').encodeFunctionData('fail', ['because']),
  here: abi('Counter').encodeFunctionData('here'),
  deep40: abi('Nested').encodeFunctionData('deep', [40]),
  patient20: abi('Nested').encodeFunctionData('patient', [20]),
  greedy: abi('Nested').encodeFunctionData('greedy', [200_000_000n]),
  tooGreedy: abi('Nested').encodeFunctionData('greedy', [20_000_000_000n]),
  forever: abi('Nested').encodeFunctionData('forever'),
  check: abi('Reporter').encodeFunctionData('check', [1, 2]),
};
writeFileSync(path.join(here, 'signed.json'),
  `${JSON.stringify({ ethers: ethers.version, from: wallet.address.toLowerCase(), contracts, calls, signed }, null, 1)}\n`);
