#include <strata/actors/read/multisig.hpp>

#include <strata/actors/multisig/state.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::actors::read {

Multisig::Multisig(Blockstore& blocks, TokenAmount balance, multisig::State state)
    : blocks_(&blocks),
      balance_(std::move(balance)),
      state_(std::make_shared<const multisig::State>(std::move(state))) {}

Result<Multisig> Multisig::load(Blockstore& blocks, const vm::ActorState& actor) {
    STRATA_TRY(auto state, get_cbor<multisig::State>(blocks, actor.head));
    return Multisig(blocks, actor.balance, std::move(state));
}

Multisig::Vesting Multisig::vesting() const {
    return {state_->initial_balance, state_->start_epoch, state_->unlock_duration};
}

TokenAmount Multisig::locked(ChainEpoch epoch) const {
    return state_->locked(epoch);
}

Status Multisig::for_each_pending(
    const std::function<Status(std::int64_t id, const multisig::Transaction&)>& visit) const {
    STRATA_TRY(const auto pending, multisig::PendingTransactions::load(*blocks_, state_->pending_txns));
    return pending.for_each(visit);
}

}  // namespace strata::actors::read
