#pragma once
// Defines tipsets, the blocks of one height with the same parents, and what goes with them: messages of blocks and
// changes of head. Tipsets are immutable and shared freely between threads. Source: docs/protocol/node.md §3 (lotus
// chain/types/tipset.go).
#include <algorithm>
#include <limits>
#include <memory>

#include <strata/types/block_header.hpp>

namespace strata::chain {

class Tipset {
  public:
    /// Sorts the blocks into tipset order. Errors: invalid_argument if there are none, if heights or parents differ
    /// (parents in a different order are different), if a ticket is missing (allowed at height 0 only), or if one miner
    /// has two blocks.
    static Result<std::shared_ptr<const Tipset>> make(std::vector<BlockHeader> blocks);

    const std::vector<BlockHeader>& blocks() const { return blocks_; }
    /// Returns the CIDs in tipset order, whatever order the key had under which the tipset was loaded.
    const std::vector<Cid>& cids() const { return key_.cids(); }
    const TipsetKey& key() const { return key_; }
    ChainEpoch height() const { return blocks_[0].height; }
    /// Returns the parents as the blocks write them: their order is the miner's choice.
    TipsetKey parents() const { return TipsetKey(blocks_[0].parents); }
    const BlockHeader& min_ticket_block() const { return blocks_[0]; }
    std::uint64_t min_timestamp() const;
    const Cid& parent_state_root() const { return blocks_[0].parent_state_root; }
    const Cid& parent_receipts() const { return blocks_[0].parent_message_receipts; }
    const TokenAmount& parent_base_fee() const { return blocks_[0].parent_base_fee; }
    const BigInt& parent_weight() const { return blocks_[0].parent_weight; }

  private:
    Tipset(std::vector<BlockHeader> blocks, TipsetKey key) : blocks_(std::move(blocks)), key_(std::move(key)) {}
    std::vector<BlockHeader> blocks_;
    TipsetKey key_;
};

using TipsetPtr = std::shared_ptr<const Tipset>;

/// The tipset that stands for a null round: the last one before it, or the first one after it.
enum class NullRound { previous, next };

/// Returns the blake2b-256 of the VRF proof, which decides the order of blocks in a tipset and ties of fork choice.
Hash256 ticket_hash(const Ticket& ticket);

/// Returns the CID of a tipset's key: that of the CBOR byte string of its bytes (docs/protocol/node.md §3).
Cid tipset_key_cid(const TipsetKey& key);

/// Returns true if the two keys name the same blocks, in any order. The order of a block's parents is its miner's
/// choice (lotus chain/types/blockheader.go, CidArrsEqual).
bool same_blocks(const TipsetKey& a, const TipsetKey& b);

/// The messages of a block, in the order of its two lists. Source: docs/protocol/node.md §2 (lotus
/// chain/types/fullblock.go).
struct BlockMessages {
    std::vector<Message> bls;
    std::vector<SignedMessage> secp;
};

struct FullBlock {
    BlockHeader header;
    BlockMessages messages;
};

/// A message of a block with the length that its inclusion is billed for.
struct ChainMessage {
    Message message;
    std::size_t length = 0;
};

/// The result of executing a tipset, as the headers of its children name it.
struct TipsetState {
    Cid state_root;
    Cid receipts_root;
    STRATA_CBOR_TUPLE(state_root, receipts_root);
    friend bool operator==(const TipsetState&, const TipsetState&) = default;
};

/// The most tipsets that a new head may revert. It is one less than finality, because the reference compares before
/// each of its 900 steps back and not after the last one (lotus chain/store/store.go, exceedsForkLength).
inline constexpr std::size_t kLongestRevert = 899;
inline constexpr std::size_t kNoRevertLimit = std::numeric_limits<std::size_t>::max();

/// The tipsets that a change of head takes back and those that it adds.
struct HeadChange {
    std::vector<TipsetPtr> reverted;  // newest first
    std::vector<TipsetPtr> applied;   // oldest first
};

}  // namespace strata::chain
