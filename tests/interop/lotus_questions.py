"""The questions of lotus_answers.py: what a client may ask of a chain that it finds at a Lotus node."""
import base64
import json
import subprocess

ACTORS = ["t00", "t01", "t02", "t03", "t04", "t05", "t06", "t07", "t010", "t080", "t090", "t099"]
MINER = "t01000"
HEIGHTS = [0, 1, 2, 30, 150, 640, 658, 700, 785, 786, 787, 900, 1000, 1200, 1399, 1400]


def recorded_tipsets(vectors):
    text = subprocess.run(["zstd", "-dc", vectors / "tipsets.jsonl.zst"], capture_output=True, check=True, text=True).stdout
    return [json.loads(line) for line in text.splitlines()]


def link(text):
    return text if isinstance(text, dict) else {"/": text}


def sent(message):
    """A recorded message in the form of the API."""
    one = message["message"]
    return {"Version": one["version"], "To": one["to"], "From": one["from"], "Nonce": one["nonce"], "Value": one["value"],
            "GasLimit": one["gas_limit"], "GasFeeCap": one["gas_fee_cap"], "GasPremium": one["gas_premium"],
            "Method": one["method"], "Params": base64.b64encode(bytes.fromhex(one["params"])).decode()}


def of_the_chain(lotus, messages):
    """Heads, blocks, messages, receipts and paths."""
    for height in HEIGHTS:
        yield "ChainGetTipSetByHeight", [height, []]
        yield "ChainGetTipSetAfterHeight", [height, []]
        tipset = lotus.call("ChainGetTipSetByHeight", height, [])
        yield "ChainGetTipSet", [tipset["Cids"]]
        yield "ChainTipSetWeight", [tipset["Cids"]]
        yield "ChainGetMessagesInTipset", [tipset["Cids"]]
        yield "StateNetworkVersion", [tipset["Cids"]]
        for block in tipset["Cids"]:
            for method in ("ChainGetBlock", "ChainGetBlockMessages", "ChainGetParentMessages", "ChainGetParentReceipts",
                           "ChainHasObj", "ChainReadObj", "SyncCheckBad"):
                yield method, [block]
            yield "ChainStatObj", [block, None]
    far = lotus.call("ChainGetTipSetByHeight", 1390, [])
    yield "ChainGetPath", [far["Cids"], lotus.call("ChainHead")["Cids"]]
    yield "ChainGetPath", [lotus.call("ChainHead")["Cids"], far["Cids"]]
    for wrong in (-1, 100000, "1", None, 1.5):
        yield "ChainGetTipSetByHeight", [wrong, []]
    yield "ChainGetTipSet", [[]]
    yield "ChainGetBlock", [link("bafy2bzacedjpfbqafdl3d6o4y5ph5o5erxeh5xmtr7rx74nwdx2ajlnbhkvpe")]
    yield "ChainGetMessage", [link("bafy2bzacedjpfbqafdl3d6o4y5ph5o5erxeh5xmtr7rx74nwdx2ajlnbhkvpe")]
    yield "ChainHasObj", [link("bafy2bzacedjpfbqafdl3d6o4y5ph5o5erxeh5xmtr7rx74nwdx2ajlnbhkvpe")]
    for method in ("ChainGetGenesis", "ChainHead", "ChainGetFinalizedTipSet", "StateNetworkName", "StateGetNetworkParams"):
        yield method, []
    for message in messages:
        yield "ChainGetMessage", [link(message["cid"])]
        yield "StateSearchMsg", [[], link(message["cid"]), -1, True]
        yield "EthGetTransactionHashByCid", [link(message["cid"])]
        if message.get("receipt", {}).get("events_root"):
            yield "ChainGetEvents", [link(message["receipt"]["events_root"])]


def of_actors(lotus, network, keys):
    """What is known of each actor, at the head and earlier."""
    addresses = [*ACTORS, *lotus.call("StateListActors", [])[:60], *network.described["addresses"].values(), "t0999999"]
    addresses = [a for a in dict.fromkeys(addresses) if not a.startswith("0x")]
    for address in addresses:
        for key in keys:
            yield "StateGetActor", [address, key]
        for method in ("StateReadState", "StateLookupID", "StateAccountKey", "StateLookupRobustAddress"):
            yield method, [address, []]
        yield "WalletBalance", [address]
        yield "MpoolGetNonce", [address]
        yield "StateMarketBalance", [address, []]
        yield "StateVerifiedClientStatus", [address, []]
        yield "StateVerifierStatus", [address, []]
        yield "StateGetAllocations", [address, []]
        yield "StateGetClaims", [address, []]
        yield "FilecoinAddressToEthAddress", [address]
        yield "FilecoinAddressToEthAddress", [address, "latest"]
        yield "StateMinerInfo", [address, []]
        yield "MsigGetPending", [address, []]
        yield "MsigGetVestingSchedule", [address, []]
    for wrong in ("", "x", "t1", "f01000", "t01000 ", "T01000"):
        yield "StateGetActor", [wrong, []]
        yield "WalletValidateAddress", [wrong]
    for key in keys:
        for method in ("StateListActors", "StateListMiners", "StateMarketParticipants", "StateMarketDeals",
                       "StateCirculatingSupply", "StateVMCirculatingSupplyInternal", "StateVerifiedRegistryRootKey",
                       "StateGetAllAllocations", "StateGetAllClaims", "StateMinerCreationDeposit"):
            yield method, [key]
        yield "MsigGetAvailableBalance", [network.described["addresses"]["msig"], key]
        yield "MsigGetVested", [network.described["addresses"]["msig"], keys[0], key]
    for version in (15, 16, 17, 18, 20, 24, 25, 27, 28, 29, 30):
        yield "StateActorCodeCIDs", [version]
        yield "StateActorManifestCID", [version]


def of_miners(lotus, keys):
    """Power, sectors, deadlines; also of an address that is not a miner."""
    for miner in [*lotus.call("StateListMiners", []), "t01001"]:
        for key in keys:
            for method in ("StateMinerInfo", "StateMinerPower", "StateMinerDeadlines", "StateMinerProvingDeadline",
                           "StateMinerFaults", "StateMinerRecoveries", "StateMinerAvailableBalance",
                           "StateMinerActiveSectors", "StateMinerSectorCount", "StateMinerAllocated"):
                yield method, [miner, key]
            yield "StateMinerSectors", [miner, None, key]
        for deadline in (0, 1, 2, 47, 48):
            yield "StateMinerPartitions", [miner, deadline, []]
        yield "StateMinerSectors", [miner, [0, 2], []]
        yield "StateMinerSectors", [miner, [], []]
        for sector in range(6):
            for method in ("StateSectorGetInfo", "StateSectorExpiration", "StateSectorPartition", "StateSectorPreCommitInfo",
                           "StateMinerSectorAllocated"):
                yield method, [miner, sector, []]
        for height in (1395, 1401, 1402, 1410):
            yield "MinerGetBaseInfo", [miner, height, []]
        info = {"SealProof": 5, "SectorNumber": 7, "SealedCID": link("bagboea4b5abcarrkiqxyncagg3xbtj3nn7kinwrxllpjd4ddawk3p2d7eq34hs7b"),
                "SealRandEpoch": 1300, "DealIDs": [], "Expiration": 1600000, "UnsealedCid": None}
        yield "StateMinerPreCommitDepositForPower", [miner, info, []]
        yield "StateMinerInitialPledgeCollateral", [miner, info, []]
    yield "StateMinerPower", ["t05", []]
    for duration, size, verified in ((518400, 2048, 0), (518400, 2048, 2048), (1555200, 34359738368, 0), (1, 2048, 0)):
        yield "StateMinerInitialPledgeForSector", [duration, size, verified, []]
    for size in (128, 2048, 1 << 30):
        for verified in (True, False):
            yield "StateDealProviderCollateralBounds", [size, verified, []]
    for deal in range(4):
        yield "StateMarketStorageDeal", [deal, []]
        yield "StateGetAllocationForPendingDeal", [deal, []]
        yield "StateGetAllocationIdForPendingDeal", [deal, []]
    yield "StateComputeDataCID", [MINER, 5, [], []]
    yield "StateAllMinerFaults", [100, []]


def of_randomness(keys):
    for key in keys:
        for tag in (1, 4, 8):
            for epoch in (0, 5, 140, 600):
                yield "StateGetRandomnessFromTickets", [tag, epoch, base64.b64encode(b"entropy").decode(), key]
                yield "StateGetRandomnessFromBeacon", [tag, epoch, None, key]
                yield "StateGetRandomnessDigestFromTickets", [epoch, key]
                yield "StateGetRandomnessDigestFromBeacon", [epoch, key]
    for epoch in (0, 1, 700, 1400):
        yield "StateGetBeaconEntry", [epoch]


def of_execution(messages, tipset_of):
    """Calls, replays, and the parameters of methods."""
    for message in messages[::3]:
        body = sent(message)
        yield "StateDecodeParams", [body["To"], body["Method"], body["Params"], []]
        yield "StateReplay", [[], link(message["cid"])]
    for message in messages[::7]:
        body = sent(message)
        yield "StateCall", [body, tipset_of(message)]
        yield "GasEstimateGasLimit", [body, []]
    for sender in ("t1wu6pyycbrjnmqfql4urh3xbg5crahn5pfedxyqa",):
        for blocks in (1, 2, 10):
            yield "GasEstimateGasPremium", [blocks, sender, 1000000, []]
        plain = {"Version": 0, "To": "t01001", "From": sender, "Nonce": 0, "Value": "1", "GasLimit": 0, "GasFeeCap": "0",
                 "GasPremium": "0", "Method": 0, "Params": None}
        yield "GasEstimateFeeCap", [plain, 20, []]
    yield "StateListMessages", [{"To": "t01000", "From": ""}, [], 600]
    yield "StateListMessages", [{"To": "", "From": "t1wu6pyycbrjnmqfql4urh3xbg5crahn5pfedxyqa"}, [], 1000]
    yield "StateListMessages", [{"To": "", "From": ""}, [], 1390]


def of_ethereum(lotus, network, messages):
    probe = network.described["addresses"]["probe_eth"]
    sender = network.described["addresses"]["eth2"]
    heights = [height for height in HEIGHTS if height] + [1000000]
    for tag in [hex(height) for height in heights] + ["latest", "earliest", "pending", "safe", "finalized", "0x01", "1", "x"]:
        yield "eth_getBlockByNumber", [tag, False]
        yield "eth_getBlockByNumber", [tag, True]
        yield "eth_getBlockTransactionCountByNumber", [tag]
        yield "eth_getBalance", [probe, tag]
        yield "eth_getTransactionCount", [sender, tag]
        yield "eth_getCode", [probe, tag]
        yield "eth_getStorageAt", [probe, "0x0", tag]
        yield "eth_getBlockReceipts", [tag]
        yield "eth_getTransactionByBlockNumberAndIndex", [tag, "0x0"]
        yield "eth_feeHistory", ["0x5", tag, [25, 75]]
        yield "eth_call", [{"to": probe, "data": "0x"}, tag]
        yield "trace_block", [tag]
        yield "trace_replayBlockTransactions", [tag, ["trace"]]
    hashes = []
    for message in messages:
        found = lotus.ask("EthGetTransactionHashByCid", link(message["cid"])).get("result")
        if found:
            hashes.append(found)
    for one in hashes:
        for method in ("eth_getTransactionByHash", "eth_getTransactionReceipt", "EthGetMessageCidByTransactionHash"):
            yield method, [one]
    for one in hashes[::5]:
        yield "trace_transaction", [one]
    for bounds in (("0x0", "0x578"), ("0x2bc", "0x384"), ("earliest", "latest"), ("latest", "earliest"), ("0x578", "0x0")):
        criteria = {"fromBlock": bounds[0], "toBlock": bounds[1]}
        yield "eth_getLogs", [criteria]
        yield "eth_getLogs", [{**criteria, "address": probe}]
        yield "eth_getLogs", [{**criteria, "address": [probe, sender], "topics": [None]}]
        yield "trace_filter", [{**criteria, "toAddress": [probe]}]
        yield "trace_filter", [{**criteria, "count": 3, "after": 1}]
    yield "eth_getLogs", [{"blockHash": "0x" + "11" * 32}]
    for method in ("eth_chainId", "net_version", "eth_blockNumber", "eth_gasPrice", "eth_maxPriorityFeePerGas",
                   "eth_protocolVersion", "eth_accounts", "net_listening", "eth_syncing"):
        yield method, []
    for address in ("0xff00000000000000000000000000000000000064", probe, sender, "0x" + "00" * 20, "0x12", "x"):
        yield "EthAddressToFilecoinAddress", [address]
        yield "eth_getBalance", [address, "latest"]
        yield "eth_getTransactionCount", [address, "latest"]
        yield "eth_getCode", [address, "latest"]
    yield "eth_estimateGas", [{"from": sender, "to": probe, "value": "0x1"}]
    yield "eth_estimateGas", [{"from": sender, "to": sender, "value": "0x1"}]
    yield "eth_call", [{"from": sender, "to": probe, "data": "0x12345678"}, "latest"]


def questions(lotus, network, vectors):
    """Pairs of a method and its parameters, each once."""
    tipsets = recorded_tipsets(vectors)
    messages = [message for tipset in tipsets for message in tipset.get("messages", [])]
    heights = {message["cid"]: tipset for tipset in tipsets for message in tipset.get("messages", [])}

    def tipset_of(message):
        tipset = heights[message["cid"]]
        return [link(one) for one in tipset["key"]]

    keys = [lotus.call("ChainGetTipSetByHeight", height, [])["Cids"] for height in (700, 1000, 1399)] + [[]]
    seen = set()
    for method, params in (*of_the_chain(lotus, messages), *of_actors(lotus, network, keys), *of_miners(lotus, keys),
                           *of_randomness(keys[:2]), *of_execution(messages, tipset_of),
                           *of_ethereum(lotus, network, messages)):
        text = json.dumps([method, params])
        if text not in seen:
            seen.add(text)
            yield method, params
