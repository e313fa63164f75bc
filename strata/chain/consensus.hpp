#pragma once
// Blocks in, head out: every block is validated whole after its ancestors, tipsets are formed of what is valid, and the
// heaviest is the head. All input is hostile: sizes, depths and caches are bounded. Thread-safe; one block at a time.
// Source: node.md §8, §10, §21 (lotus chain/{sync,store}).
#include <deque>
#include <set>

#include <strata/chain/block_rules.hpp>
#include <strata/chain/reorg.hpp>
#include <strata/chain/verdict.hpp>

namespace strata::chain {

struct FullBlock {
    BlockHeader header;
    BlockMessages messages;
};

/// Asks peers for what is missing.
class BlockSource {
  public:
    virtual ~BlockSource() = default;
    /// All blocks of a tipset with their messages; the caller checks them. Errors: not_found.
    virtual Result<std::vector<FullBlock>> blocks_of(const TipsetKey& key) = 0;
};
/// Knows nobody.
class NoPeers final : public BlockSource {
  public:
    Result<std::vector<FullBlock>> blocks_of(const TipsetKey&) override;
};

class Consensus {
  public:
    /// Both must outlive the object; `rules` is used under this object's lock.
    Consensus(StateManager& states, BlockRules& rules) : states_(states), chain_(states.chain()), rules_(rules) {}

    /// Validates (ancestors first, fetched from `peers` where they are missing) and chooses the head. A block that
    /// cannot win against the head is left alone. `now`: unix seconds.
    /// Errors: verification (the block is bad, and remembered); busy (its time has not come: kept, see `advance`);
    /// out_of_range (height impossible, or a fork behind finality); not_found (peers lack an ancestor); fatal ones.
    Status receive(const FullBlock& block, std::uint64_t now, BlockSource& peers);
    /// Takes the kept blocks whose time has come.
    Status advance(std::uint64_t now, BlockSource& peers);

    /// Checks before a block is passed on: cheap, without its ancestors.
    Verdict check_gossip(const FullBlock& block, std::uint64_t now);

    /// Called after every change of head, in order, from the thread that caused it. Newest reverted first, oldest
    /// applied first. A listener must not call back.
    using HeadListener =
        std::function<void(const std::vector<TipsetPtr>& reverted, const std::vector<TipsetPtr>& applied)>;
    void on_head(HeadListener listener);

    /// Why a block is bad; nothing if it is not known to be.
    std::optional<std::string> bad_reason(const Cid& block) const;
    Result<bool> is_validated(const BlockHeader& header);
    /// The blocks of a chain that was imported whole, from somebody who is trusted, count as validated.
    Status trust(const Tipset& tipset);

  private:
    Status receive_locked(const FullBlock& block, std::uint64_t now, BlockSource& peers);
    Status check_cheap(const FullBlock& block, std::uint64_t now);
    Result<std::vector<TipsetPtr>> missing_ancestors(const BlockHeader& block, BlockSource& peers);
    Result<TipsetPtr> fetch(const TipsetKey& key, BlockSource& peers);
    Result<bool> is_validated(const Tipset& tipset);
    Status validate(const BlockHeader& block);
    Status mark_bad(const Cid& block, const std::string& reason);
    Result<bool> is_known_miner(const BlockHeader& header);
    void remember_seen(const Cid& block);

    struct Candidate {
        TipsetPtr tipset;
        BigInt weight;
    };
    Result<std::vector<BlockHeader>> honest_at(ChainEpoch height);
    Result<std::optional<Candidate>> heaviest_at(ChainEpoch height);
    Result<bool> is_head_honest();
    Status choose_head(ChainEpoch height);
    Status take_head(const TipsetPtr& tipset);

    StateManager& states_;
    ChainStore& chain_;
    BlockRules& rules_;
    mutable std::mutex mutex_;
    std::vector<HeadListener> listeners_;
    std::map<Cid, std::string> bad_;
    std::deque<Cid> bad_order_;
    std::deque<FullBlock> future_;
    std::set<Cid> seen_;
    std::deque<Cid> seen_order_;
};

}  // namespace strata::chain
