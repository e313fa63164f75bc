// `hardhat run run.js --network strata`: deploys a token, reads, sends, and looks for the events and the failure.
import hre from 'hardhat'
import { buildModule } from '@nomicfoundation/hardhat-ignition/modules'
import { check, done } from '../report.mjs'

const { ethers, ignition, provider } = await hre.network.getOrCreate()
const [signer] = await ethers.getSigners()
check('hardhat knows the account of the key', (await ethers.provider.getBalance(signer.address)) > 0n)
const token = await ethers.deployContract('Token', ['My token', 'MTK', 1000n])
await token.waitForDeployment()
check('hardhat deploys a contract', (await token.totalSupply()) === 1000n && (await token.name()) === 'My token')
const receiver = ethers.Wallet.createRandom().address
const receipt = await (await token.transfer(receiver, 7n)).wait()
check('hardhat sends a call', receipt.status === 1 && (await token.balanceOf(receiver)) === 7n)
const events = await token.queryFilter(token.filters.Transfer(signer.address), receipt.blockNumber, receipt.blockNumber)
check('hardhat finds the event', events.length === 1 && events[0].args.to === receiver && events[0].args.value === 7n)
await token.transfer.staticCall(receiver, 5000n).then(
  () => check('hardhat gets the custom error', false),
  (error) => check('hardhat gets the custom error', token.interface.parseError(error.data).name === 'TooLittle'))
const sent = await signer.sendTransaction({ to: receiver, value: 3n })
check('hardhat sends money', (await sent.wait()).status === 1 && (await ethers.provider.getBalance(receiver)) === 3n)
const legacy = await signer.sendTransaction({ to: receiver, value: 4n, gasPrice: (await ethers.provider.getFeeData()).gasPrice * 2n })
check('hardhat sends a transaction with a gas price', (await legacy.wait()).status === 1)
const again = await ethers.getContractAt('Token', await token.getAddress())
check('hardhat finds the contract again', (await again.balanceOf(signer.address)) === 993n)
const deployment = buildModule('Deployment', (module) => {
  const planned = module.contract('Token', ['Planned', 'PLN', 50n])
  module.call(planned, 'transfer', [receiver, 5n])
  return { planned }
})
const { planned } = await ignition.deploy(deployment)
check('ignition deploys and calls', (await planned.balanceOf(receiver)) === 5n && (await planned.name()) === 'Planned')
check('the client tells its version', /strata/i.test(await provider.request({ method: 'web3_clientVersion' })))
check('the network has a number', (await provider.request({ method: 'net_version' })) === String((await ethers.provider.getNetwork()).chainId))
done()
