#pragma once
// Lets the owner of a node change its chain by hand. Everybody else only reads (api.hpp). LocalChain is
// behind it. Thread-safe. Source: lotus api/api_full.go (ChainSetHead, MpoolClear, Sync*).
#include <strata/chain/tipset.hpp>

namespace strata::wallet {
class Wallet;
}

namespace strata::chain {

struct BlockTemplate;

class Control {
  public:
    virtual ~Control() = default;

    /// Makes a tipset the head, however light it is; the next heavier one replaces it. Errors: verification if its
    /// blocks were not validated here; out_of_range if the checkpoint would be reverted; missing_block, io.
    virtual Status set_head(const TipsetPtr& tipset) = 0;
    /// From now on no head is chosen that would revert the tipset. Errors: out_of_range unless it is on the chain of
    /// the head.
    virtual Status set_checkpoint(const TipsetPtr& tipset) = 0;
    /// Refuses a block from now on, as if it broke a rule; forgotten when the node stops.
    virtual void mark_bad(const Cid& block, std::string reason) = 0;
    /// Takes back what is known against a block, or against all.
    virtual void unmark_bad(const Cid& block) = 0;
    virtual void unmark_all_bad() = 0;
    /// Takes a block that this node's owner made, as LocalChain::submit_block does. `now` is in Unix seconds.
    virtual Status submit_block(const FullBlock& block, std::uint64_t now) = 0;
    /// Fills a block and signs it with the key of the miner's worker. It is recorded as the miner's only one of its
    /// epoch, and does not go to anybody before submit_block. Errors: invalid_argument for an epoch that is not above
    /// the parents; verification if the block would be a consensus fault; not_found if the wallet lacks the worker's
    /// key, or for an unknown miner.
    virtual Result<FullBlock> create_block(const BlockTemplate& from, wallet::Wallet& wallet) = 0;
    /// Validates the blocks of a tipset, unless they are known to be valid. Errors: verification with the reason.
    virtual Status validate(const TipsetPtr& tipset, std::uint64_t now) = 0;
    /// Removes all messages from the pool; those of this node only if `also_local`.
    virtual Status clear_pool(bool also_local) = 0;
    /// Sets the numbers of messages at which the pool is pruned and that are left then. Errors: invalid_argument unless
    /// 0 < low <= high.
    virtual Status set_pool_size(std::size_t high, std::size_t low) = 0;
    /// Returns the two numbers, the higher one first.
    virtual std::pair<std::size_t, std::size_t> pool_size() = 0;
};

}  // namespace strata::chain
