#pragma once
// Takes a block through all rules, in the order of their cost: header, messages, execution of the parents. The results
// are kept: valid blocks with the state of their parents, bad ones with the reason. Thread-safe; holds no lock while it
// works.
#include <strata/chain/bad_blocks.hpp>
#include <strata/chain/block_rules.hpp>
#include <strata/chain/consensus.hpp>
#include <strata/chain/state_manager.hpp>
#include <strata/chain/tipset.hpp>

namespace strata::chain {

class StateManager;

class BlockValidator {
  public:
    /// All arguments must outlive the object. `stopwatch` measures each call of validate() for a block that is not
    /// known to be valid.
    BlockValidator(StateManager& states, BlockRules& rules, Consensus& consensus, BadBlocks& bad,
                   Stopwatch stopwatch = {})
        : states_(states),
          chain_(states.chain()),
          rules_(rules),
          consensus_(consensus),
          bad_(bad),
          stopwatch_(std::move(stopwatch)) {}

    /// Checks what can be checked before the messages have arrived. The parents must be valid. Nothing is stored except
    /// the reason why a block is bad. `now` is in Unix seconds. Errors: verification (the block is bad); failures of
    /// this node.
    Status check_header(const BlockHeader& block, std::uint64_t now) { return check_headers({&block, 1}, now); }
    /// Does the same for the blocks of a tipset on all cores. Errors: those of the first block that is refused.
    Status check_headers(std::span<const BlockHeader> blocks, std::uint64_t now);

    enum class Header { unchecked, checked };  // `checked` means that check_header() accepted it
    /// Checks all rules; stores a valid block and marks it as valid. The head does not change. Errors: as above.
    Status validate(const FullBlock& block, std::uint64_t now, Header so_far = Header::unchecked);

  private:
    Status refuse(const BlockHeader& block, const Error& error, Badness badness, std::uint64_t now);
    Result<TipsetState> agreed_state(const BlockHeader& block, const TipsetPtr& parents);

    StateManager& states_;
    ChainStore& chain_;
    BlockRules& rules_;
    Consensus& consensus_;
    BadBlocks& bad_;
    const Stopwatch stopwatch_;
};

}  // namespace strata::chain
