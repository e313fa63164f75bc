#!/usr/bin/env node
// Compiles every contract of this folder and writes one artifact for each, CONTRACT.json; with --check it compares them
// with the files that are there instead. Settings: those of shared/vectors/lotus-devnet/contract (solc 0.8.28, optimizer
// with 200 runs, cancun). The hash of the metadata is left out, so that a comment does not change the code.
//
//   compile.mjs [--check] [MODULES]     MODULES: the node_modules with solc, default beside this file
import { createRequire } from 'node:module';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
const check = words[0] === '--check';
const modules = path.resolve(words[check ? 1 : 0] ?? path.join(here, 'node_modules'));
const solc = createRequire(path.join(modules, 'any.js'))('solc');
if (!solc.version().startsWith('0.8.28+')) throw new Error(`the compiler is ${solc.version()}, expected 0.8.28`);

const sources = {};
for (const name of readdirSync(here).filter((file) => file.endsWith('.sol')).sort())
  sources[name] = { content: readFileSync(path.join(here, name), 'utf8') };
const settings = {
  optimizer: { enabled: true, runs: 200 },
  evmVersion: 'cancun',
  metadata: { bytecodeHash: 'none' },
  outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.methodIdentifiers'] } },
};
const out = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings })));
for (const one of out.errors ?? []) console.error(one.formattedMessage);
if ((out.errors ?? []).some((one) => one.severity === 'error')) process.exit(1);

const artifacts = {};
for (const [source, contracts] of Object.entries(out.contracts))
  for (const [name, made] of Object.entries(contracts))
    if (made.evm.bytecode.object !== '')
      artifacts[`${name}.json`] = `${JSON.stringify({
        contractName: name,
        sourceName: source,
        compiler: solc.version(),
        abi: made.abi,
        methodIdentifiers: made.evm.methodIdentifiers,
        bytecode: `0x${made.evm.bytecode.object}`,
      }, null, 1)}\n`;

let wrong = 0;
for (const [name, text] of Object.entries(artifacts)) {
  const file = path.join(here, name);
  if (!check) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error(`${name} is not what the compiler makes of its source; run compile.mjs`);
    wrong += 1;
  }
}
for (const name of readdirSync(here).filter((file) => /^[A-Z].*\.json$/.test(file)))
  if (!(name in artifacts)) {
    console.error(`${name} has no contract in the sources`);
    wrong += 1;
  }
console.log(`${Object.keys(artifacts).length} contracts ${check ? 'compared' : 'compiled'}, ${wrong} wrong`);
process.exit(wrong === 0 ? 0 : 1);
