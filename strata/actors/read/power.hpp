#pragma once
// Reads the state of the power actor: the network's power and the miners' power claims. Layout: docs/protocol/fvm.md
// §8.7.
#include <functional>
#include <memory>

#include <strata/types/basic.hpp>

namespace strata {
class Blockstore;
namespace vm {
class StateTree;
}
namespace actors {
struct Policy;
namespace power {
struct State;
}
}  // namespace actors
}  // namespace strata

namespace strata::actors::read {

/// The power claim of a miner.
struct MinerPower {
    StoragePower raw;
    StoragePower quality_adjusted;
};

class Power {
  public:
    /// The blocks below `tree` must outlive the object. Errors: not_found without a power actor; missing_block,
    /// malformed.
    static Result<Power> load(vm::StateTree& tree);

    /// The sums over the miners that meet the minimum, as they are now.
    const StoragePower& raw() const;
    const StoragePower& quality_adjusted() const;
    /// The raw power of the miners that meet the minimum, at the end of the last epoch. While fewer than 4 miners meet
    /// the minimum, it is the raw power of all miners.
    const StoragePower& raw_this_epoch() const;
    /// The pledge of all miners.
    const TokenAmount& pledge() const;

    /// Returns the claim of the miner with this ID address; empty if the miner has no claim.
    Result<std::optional<MinerPower>> claim(const Address& miner) const;
    /// Visits all claims in the order of the map.
    Status for_each_claim(const std::function<Status(const Address&, const MinerPower&)>& visit) const;
    /// Returns true if a miner with this claim counts for consensus.
    bool meets_minimum(const Policy& policy, const MinerPower& claim) const;

  private:
    Power(Blockstore& blocks, power::State state);

    Blockstore* blocks_;
    std::shared_ptr<const power::State> state_;
};

}  // namespace strata::actors::read
