#pragma once
// Makes a block of what a miner has won and proven, in this process or in a program of its own that asks over the API
// (MinerCreateBlock). Source: docs/protocol/node.md §13 (lotus chain/consensus/filcns/mine.go, api.BlockTemplate).
#include <strata/chain/tipset.hpp>

namespace strata::wallet {
class Wallet;
}

namespace strata::chain {

class LocalChain;

struct BlockTemplate {
    Address miner;  // f0
    TipsetKey parents;
    Ticket ticket;
    ElectionProof election;
    std::vector<BeaconEntry> beacon_entries;
    std::vector<SignedMessage> messages;  // those that are not valid in this block are left out
    ChainEpoch epoch = 0;
    std::uint64_t timestamp = 0;  // Unix seconds
    std::vector<PoStProof> proof;
};

/// Executes the parents, fills the block and signs it with the worker's key. The block's ticket, election and proofs
/// are not checked here. The caller must ask a SlashFilter before the block leaves the node. Errors: not_found if the
/// wallet lacks the key; missing_block, io.
Result<FullBlock> fill_block(LocalChain& node, wallet::Wallet& wallet, const Address& worker,
                             const BlockTemplate& from);

}  // namespace strata::chain
