// A project as Hardhat's users have: the network is a URL with an account's key. The compiler is npm's, because Hardhat
// would fetch one from a server that not every machine reaches.
import hardhatEthers from '@nomicfoundation/hardhat-ethers'
import hardhatIgnitionEthers from '@nomicfoundation/hardhat-ignition-ethers'
import { createRequire } from 'node:module'

export default {
  plugins: [hardhatEthers, hardhatIgnitionEthers],
  ignition: { requiredConfirmations: 1 },
  solidity: { version: '0.8.28', path: createRequire(import.meta.url).resolve('solc/soljson.js') },
  networks: {
    strata: { type: 'http', chainType: 'l1', url: process.env.STRATA_URL, accounts: [process.env.STRATA_KEY], timeout: 300_000 }
  }
}
