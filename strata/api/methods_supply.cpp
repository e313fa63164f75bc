// Answers methods about the circulating supply: as the VM counts it, and as a sum over all actors. Source: lotus
// chain/stmgr/supply.go.
#include <nlohmann/json.hpp>

#include <strata/actors/read/miner.hpp>
#include <strata/actors/read/multisig.hpp>
#include <strata/api/method_table.hpp>
#include <strata/chain/supply.hpp>
#include <strata/vm/machine.hpp>

namespace strata::api {
namespace {

// Source: lotus chain/actors/builtin, SaftAddress.
constexpr ActorId kSaftId = 122;
// Lotus counts the balances of these actors as not circulating (GetCirculatingSupply).
constexpr std::array kUncirculating = {kInitId,       kRewardId, kVerifiedRegistryId, kPowerId, kSystemId, kCronId,
                                       kBurntFundsId, kSaftId,   kReserveId,          kEamId,   kDatacapId};

Result<Json> vm_supply(Context& context, const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    STRATA_TRY(const auto supply, chain::vm_supply(context.chain.network(), view.tipset->height(), view.state));
    const auto& print = context.print;
    return Json{{"FilVested", print(supply.vested)},
                {"FilMined", print(supply.mined)},
                {"FilBurnt", print(supply.burnt)},
                {"FilLocked", print(supply.locked)},
                {"FilCirculating", print(supply.circulating())},
                {"FilReserveDisbursed", print(supply.reserve_disbursed)}};
}

Result<TokenAmount> circulating_of_miner(Blockstore& blocks, ActorId id, const vm::ActorState& actor) {
    STRATA_TRY(const auto miner, actors::read::Miner::load(blocks, id, actor));
    const auto money = miner.money();
    // `available` is the balance less the locked funds and the fee debt. If the balance does not even cover the locked
    // funds, nothing circulates (Lotus: the miner's state is "broken").
    return (money.available + money.fee_debt).is_negative() ? TokenAmount(0) : money.available;
}
Result<TokenAmount> circulating_of_multisig(Blockstore& blocks, const vm::ActorState& actor, ChainEpoch epoch) {
    STRATA_TRY(const auto wallet, actors::read::Multisig::load(blocks, actor));
    return max(TokenAmount(0), wallet.available(epoch));
}

/// Returns the part of an actor's balance that circulates.
Result<TokenAmount> circulating_of(Blockstore& blocks, const vm::Manifest& manifest, ActorId id,
                                   const vm::ActorState& actor, ChainEpoch epoch) {
    if (std::ranges::find(kUncirculating, id) != kUncirculating.end()) return TokenAmount(0);
    switch (manifest.type_of(actor.code)) {
        case vm::ActorType::market:
        case vm::ActorType::account:
        case vm::ActorType::payment_channel:
        case vm::ActorType::ethaccount:
        case vm::ActorType::evm:
        case vm::ActorType::placeholder:
            return actor.balance;
        case vm::ActorType::miner:
            return circulating_of_miner(blocks, id, actor);
        case vm::ActorType::multisig:
            return circulating_of_multisig(blocks, actor, epoch);
        default:
            return fail(Errc::verification, "unexpected actor: f0" + std::to_string(id) +
                                                " has a balance, but no rule says whether it circulates");
    }
}

Result<Json> circulating_supply(Context& context, const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    const ChainEpoch epoch = view.tipset->height() - 1;  // the state is that before the tipset's messages
    STRATA_TRY(const auto manifest, vm::Manifest::of_state(view.state));
    TokenAmount sum;
    STRATA_OK(view.state.for_each([&](ActorId id, const vm::ActorState& actor) -> Status {
        STRATA_OK(context.check_may_continue());
        if (actor.balance.is_zero()) return {};
        STRATA_TRY(const auto amount, circulating_of(context.blocks(), manifest, id, actor, epoch));
        sum += amount;
        return {};
    }));
    return context.print(sum);
}

}  // namespace

void add_supply_methods(MethodTable& table) {
    table.add("StateVMCirculatingSupplyInternal", vm_supply, Cost::expensive);
    table.add("StateCirculatingSupply", circulating_supply, Cost::slow);
}

}  // namespace strata::api
