#pragma once
// A miner at a tipset, for the methods about miners and their sectors.
#include <strata/actors/read/miner.hpp>
#include <strata/api/context.hpp>

namespace strata::api {

struct MinerAt {
    chain::TipsetPtr tipset;
    actors::read::Miner miner;
};
/// Errors: not_found; verification for an actor that is not a miner.
inline Result<MinerAt> miner_at(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(auto found, actor_at(context, address, key, "miner", "storageminer"));
    STRATA_TRY(auto miner, actors::read::Miner::load(context.blocks(), found.id, found.actor));
    return MinerAt{std::move(found.view.tipset), std::move(miner)};
}

}  // namespace strata::api
