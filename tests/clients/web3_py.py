"""web3.py, as pip has it, against a running node: balance, transfers of both kinds, a contract, events, filters, failures,
over HTTP and WebSocket.

web3_py.py URL KEY CONTRACTS: the URL of the API, the private key of an account with FIL, the folder of compiled contracts.
"""
import asyncio
import json
import sys
import time
from pathlib import Path

from web3 import AsyncWeb3, Web3, WebSocketProvider
from web3.exceptions import ContractLogicError, TransactionNotFound

url, key, contracts = sys.argv[1:4]
failed = 0


def check(what, holds):
    global failed
    failed += not holds
    print(f"{'ok' if holds else 'NOT SO'}: {what}", flush=True)


def artifact(name):
    return json.loads((Path(contracts) / f"{name}.json").read_text())


w3 = Web3(Web3.HTTPProvider(url, request_kwargs={"timeout": 120}))
account = w3.eth.account.from_key(key)
receiver = w3.eth.account.create().address


def send(transaction):
    signed = account.sign_transaction(transaction)
    hash = w3.eth.send_raw_transaction(signed.raw_transaction)
    assert hash == signed.hash, "the node has a different hash"
    return w3.eth.wait_for_transaction_receipt(hash, timeout=300, poll_latency=1)


def nonce():
    return w3.eth.get_transaction_count(account.address, "pending")


check("web3.py is connected", w3.is_connected())
chain = w3.eth.chain_id
check("chain and network have one number", chain == int(w3.net.version))
check("the client tells its version", "strata" in w3.client_version.lower())
check("the node is not syncing", w3.eth.syncing is False)
head = w3.eth.get_block("latest", True)
check("a block has its number, hash and parent", head.number > 0 and w3.eth.get_block(head.hash).number == head.number)
check("the account has a balance", w3.eth.get_balance(account.address) > 10**18)
tip, price = w3.eth.max_priority_fee, w3.eth.gas_price
check("there are fees", tip > 0 and price > 0)
history = w3.eth.fee_history(4, "latest", [10, 90])
check("there is a history of fees", len(history.baseFeePerGas) == len(history.gasUsedRatio) + 1 and len(history.reward[0]) == 2)

money = {"from": account.address, "to": receiver, "value": 10**17, "nonce": nonce(), "chainId": chain}
gas = w3.eth.estimate_gas(money)
sent = {key: value for key, value in money.items() if key != "from"}
receipt = send(sent | {"type": 2, "gas": gas, "maxFeePerGas": 2 * head.baseFeePerGas + 2 * tip, "maxPriorityFeePerGas": tip})
check("a transfer of EIP-1559", receipt.status == 1 and receipt.type == 2 and w3.eth.get_balance(receiver) == 10**17)
found = w3.eth.get_transaction(receipt.transactionHash)
check("it is found by its hash", found["from"] == account.address and found.value == 10**17 and found.blockHash == receipt.blockHash)
receipt = send(sent | {"nonce": nonce(), "gas": gas, "gasPrice": 2 * price})
check("a legacy transfer", receipt.status == 1 and receipt.type == 0 and w3.eth.get_balance(receiver) == 2 * 10**17)
check("its transaction has the gas price", w3.eth.get_transaction(receipt.transactionHash).gasPrice == 2 * price)

token = artifact("Token")
factory = w3.eth.contract(abi=token["abi"], bytecode=token["bytecode"])
blocks, pending = w3.eth.filter("latest"), w3.eth.filter("pending")
receipt = send(factory.constructor("My token", "MTK", 1000).build_transaction({"from": account.address, "nonce": nonce()}))
check("a contract is deployed", receipt.status == 1 and len(w3.eth.get_code(receipt.contractAddress)) > 100)
contract = w3.eth.contract(receipt.contractAddress, abi=token["abi"])
check("it is called", contract.functions.name().call() == "My token" and contract.functions.totalSupply().call() == 1000)
events = contract.events.Transfer.create_filter(from_block="latest", argument_filters={"from": account.address})
receipt = send(contract.functions.transfer(receiver, 7).build_transaction({"from": account.address, "nonce": nonce()}))
check("a call is sent", receipt.status == 1 and contract.functions.balanceOf(receiver).call() == 7)
decoded = contract.events.Transfer().process_receipt(receipt)
check("its event is decoded", len(decoded) == 1 and decoded[0].args.value == 7 and decoded[0].args.to == receiver)
logs = contract.events.Transfer().get_logs(from_block=receipt.blockNumber, to_block=receipt.blockNumber)
check("its event is found", [log.args.value for log in logs] == [7])
check("the bloom filter has the contract", int.from_bytes(w3.eth.get_block(receipt.blockNumber).logsBloom, "big") != 0)


def coming(filter, wanted, seconds=60):
    end, values = time.monotonic() + seconds, []
    while time.monotonic() < end and not wanted(values):
        values += filter.get_new_entries()
        time.sleep(0.5)
    return values


check("a filter gives events", any(log.args.value == 7 for log in coming(events, bool)))
check("a filter gives blocks", receipt.blockHash in coming(blocks, lambda values: receipt.blockHash in values))
check("a filter gives waiting transactions", receipt.transactionHash in coming(pending, lambda values: receipt.transactionHash in values, 20))
check("a filter is removed", w3.eth.uninstall_filter(events.filter_id))

counter = artifact("Counter")
receipt = send(w3.eth.contract(abi=counter["abi"], bytecode=counter["bytecode"]).constructor()
               .build_transaction({"from": account.address, "nonce": nonce()}))
failing = w3.eth.contract(receipt.contractAddress, abi=counter["abi"])
try:
    failing.functions.fail("because").call()
    check("a reverted call says why", False)
except ContractLogicError as error:
    check("a reverted call says why", "because" in str(error))
reverted = send(failing.functions.fail("because").build_transaction({"from": account.address, "nonce": nonce(), "gas": 50_000_000}))
check("a reverted transaction has a receipt", reverted.status == 0)
try:
    w3.eth.get_transaction_receipt("0x" + "12" * 32)
    check("nobody knows a made-up transaction", False)
except TransactionNotFound:
    check("nobody knows a made-up transaction", True)
check("the storage is read", int.from_bytes(w3.eth.get_storage_at(failing.address, 0), "big") == 0)
receipts = w3.eth.get_block_receipts(reverted.blockNumber)
check("the receipts of a block have it", any(one.transactionHash == reverted.transactionHash for one in receipts))
with w3.batch_requests() as batch:
    batch.add(w3.eth.get_block(head.number))
    batch.add(contract.functions.balanceOf(receiver))
    answers = batch.execute()
check("a batch is answered", answers[0].number == head.number and answers[1] == 7)


async def subscribed():
    async with AsyncWeb3(WebSocketProvider(url.replace("http", "ws", 1))) as socket:
        heads = await socket.eth.subscribe("newHeads")
        logs = await socket.eth.subscribe("logs", {"address": contract.address})
        signed = account.sign_transaction(contract.functions.transfer(receiver, 9).build_transaction({"from": account.address, "nonce": nonce()}))
        await socket.eth.send_raw_transaction(signed.raw_transaction)
        seen = {}
        async for message in socket.socket.process_subscriptions():
            # Earlier logs come again if the head is replaced by one with more blocks.
            if message["subscription"] == heads or int.from_bytes(message["result"].data, "big") == 9:
                seen[message["subscription"]] = message["result"]
            if heads in seen and logs in seen:
                break
        check("a subscription gives blocks", seen[heads].number > 0)
        check("a subscription gives logs", int.from_bytes(seen[logs].data, "big") == 9)
        check("it ends", await socket.eth.unsubscribe(heads))


asyncio.run(asyncio.wait_for(subscribed(), 120))
print("all right" if failed == 0 else f"{failed} checks failed")
sys.exit(failed != 0)
