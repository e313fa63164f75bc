#!/usr/bin/env node
// The compiler of the npm package solc, with the command line by which hardhat and forge call the program solc:
// `--version`, and `--standard-json` with input and output on the standard streams.
import { readFileSync } from 'node:fs'
import solc from 'solc'

if (process.argv.includes('--version')) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}`)
} else if (process.argv.includes('--standard-json')) {
  process.stdout.write(solc.compile(readFileSync(0, 'utf8')))
} else {
  console.error('expected --version or --standard-json')
  process.exitCode = 1
}
