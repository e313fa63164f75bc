#pragma once
// Reads the state of a multisig wallet. Layout: docs/protocol/fvm.md §8.11.
#include <functional>
#include <memory>

#include <strata/types/basic.hpp>

namespace strata {
class Blockstore;
namespace vm {
struct ActorState;
}
namespace actors::multisig {
struct State;
struct Transaction;
}  // namespace actors::multisig
}  // namespace strata

namespace strata::actors::read {

class Multisig {
  public:
    /// `actor` is a multisig wallet; `blocks` must outlive the object. Errors: missing_block, malformed.
    static Result<Multisig> load(Blockstore& blocks, const vm::ActorState& actor);

    /// How the initial balance is unlocked: evenly over `duration` epochs.
    struct Vesting {
        TokenAmount initial_balance;
        ChainEpoch start = 0;
        ChainEpoch duration = 0;
    };
    Vesting vesting() const;
    /// Returns the amount that is still locked at an epoch.
    TokenAmount locked(ChainEpoch epoch) const;
    /// Returns the part of the balance that is not locked; negative if more is locked than the wallet has.
    TokenAmount available(ChainEpoch epoch) const { return balance_ - locked(epoch); }
    /// Visits the transactions that wait for approvals, in the order of the map.
    Status for_each_pending(const std::function<Status(std::int64_t id, const multisig::Transaction&)>& visit) const;

  private:
    Multisig(Blockstore& blocks, TokenAmount balance, multisig::State state);

    Blockstore* blocks_;
    TokenAmount balance_;
    std::shared_ptr<const multisig::State> state_;
};

}  // namespace strata::actors::read
