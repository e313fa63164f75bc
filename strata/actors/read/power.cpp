#include <strata/actors/read/power.hpp>

#include <strata/actors/power/state.hpp>
#include <strata/actors/read/state_of.hpp>

namespace strata::actors::read {
namespace {

MinerPower power_of(const power::Claim& claim) {
    return {claim.raw_byte_power, claim.quality_adj_power};
}

}  // namespace

Power::Power(Blockstore& blocks, power::State state)
    : blocks_(&blocks), state_(std::make_shared<const power::State>(std::move(state))) {}

Result<Power> Power::load(vm::StateTree& tree) {
    STRATA_TRY(auto state, state_of<power::State>(tree, kPowerId));
    return Power(tree.store(), std::move(state));
}

const StoragePower& Power::raw() const {
    return state_->total_raw_byte_power;
}
const StoragePower& Power::quality_adjusted() const {
    return state_->total_quality_adj_power;
}
const StoragePower& Power::raw_this_epoch() const {
    return state_->this_epoch_raw_byte_power;
}
const TokenAmount& Power::pledge() const {
    return state_->total_pledge_collateral;
}

Result<std::optional<MinerPower>> Power::claim(const Address& miner) const {
    STRATA_TRY(const auto claims, power::Claims::load(*blocks_, state_->claims));
    STRATA_TRY(const auto found, claims.get(miner));
    return found ? std::optional(power_of(*found)) : std::nullopt;
}

Status Power::for_each_claim(const std::function<Status(const Address&, const MinerPower&)>& visit) const {
    STRATA_TRY(const auto claims, power::Claims::load(*blocks_, state_->claims));
    return claims.for_each(
        [&](const Address& miner, const power::Claim& claim) { return visit(miner, power_of(claim)); });
}

bool Power::meets_minimum(const Policy& policy, const MinerPower& claim) const {
    return state_->meets_consensus_minimum(policy, {/*window_post_proof=*/{}, claim.raw, claim.quality_adjusted});
}

}  // namespace strata::actors::read
