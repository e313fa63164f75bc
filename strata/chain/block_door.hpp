#pragma once
// Decides about blocks that gossip brings, before anything they refer to is fetched, stored or executed. The verdict
// depends on the rule that failed: a peer is never punished for something that only this node may see differently.
// Source: docs/protocol/node.md §8.1 (lotus chain/sub/incoming.go, chain/consensus/iface.go ValidateBlockPubsub,
// chain/consensus/filcns/filecoin.go ValidateBlockHeader).
//
// Thread-safe; many blocks may be checked at once. It reads the head and recorded states as they are and waits for no
// other work.
#include <strata/base/lru_map.hpp>
#include <strata/base/mutex.hpp>
#include <strata/chain/block_rules.hpp>
#include <strata/chain/state_manager.hpp>
#include <strata/chain/verdict.hpp>

namespace strata::chain {

class StateManager;

/// The number of seconds by which a clock may be wrong (lotus build/buildconstants/params.go, AllowableClockDriftSecs).
inline constexpr std::uint64_t kClockDrift = 1;

/// Returns true if a block's epoch is close enough to the head and to the clock to be checked at all. `head` is the
/// height of the head; `now` is in Unix seconds. Source: lotus chain/consensus/filcns/filecoin.go,
/// IsEpochInConsensusRange.
bool is_in_consensus_range(const Network& network, ChainEpoch epoch, ChainEpoch head, std::uint64_t now);
/// Returns the range that is_in_consensus_range() allows, for a refusal: "5 to 910".
std::string consensus_range_text(const Network& network, ChainEpoch head, std::uint64_t now);

class BlockDoor {
  public:
    /// `states` must outlive the door.
    explicit BlockDoor(StateManager& states) : states_(states), chain_(states.chain()) {}

    /// Decodes the bytes of a gossip message and decides about the block in them.
    Decision check(BytesView message, std::uint64_t now);
    /// Decides about a decoded block. A block that was accepted once is ignored from then on, since it was passed on
    /// already. So are blocks of a miner that signs more than kBlocksOfMiner within the time of an epoch: signing costs
    /// a dishonest miner nothing, and two of its blocks already prove its fault. A block that is ignored here can still
    /// arrive with the chain that is built on it.
    Decision check(const BlockMsg& block, std::uint64_t now) STRATA_EXCLUDES(mutex_);

    static constexpr std::size_t kBlocksOfMiner = 4;  // ours; an honest miner signs one in an epoch

  private:
    /// The blocks of one miner that were accepted during the time of an epoch.
    struct OfMiner {
        std::uint64_t period = 0;
        std::size_t blocks = 0;
    };
    Decision check_miner(const BlockHeader& header, std::uint64_t now);
    /// Ignores a block that was accepted before, and further ones of a miner that signs too many.
    Decision check_new(const Cid& cid, const Address& miner, std::uint64_t now) STRATA_REQUIRES(mutex_);
    void note(const Cid& cid, const Address& miner, std::uint64_t now) STRATA_REQUIRES(mutex_);
    std::uint64_t period(std::uint64_t now) const;

    static constexpr std::size_t kSeenBlocks = 8'192;  // lotus chain/sub/incoming.go, newBlockReceiptCache
    StateManager& states_;
    ChainStore& chain_;
    Mutex mutex_;
    LruMap<Cid, char> seen_ STRATA_GUARDED_BY(mutex_){kSeenBlocks};  // used as a set: the values mean nothing
    LruMap<Address, OfMiner> of_miners_ STRATA_GUARDED_BY(mutex_){kSeenBlocks};
};

}  // namespace strata::chain
