#pragma once
// Divides the reward of one block among the streams, since version 19. Source: crate fil_actor_reward_state 27.2.0
// src/v19/streams/award.rs. Not checked against official code (docs/known_gaps.md).
#include <strata/actors/reward/ledger.hpp>

namespace strata::actors::reward {

/// One block's reward and its parts.
struct Award {
    TokenAmount block_reward;  // the sum of the parts
    TokenAmount miner;
    TokenAmount explicit_streams;
    TokenAmount burn;
    Changes changes;  // their dust is burnt too, but not minted by this award
    Ledger ledger;    // after the award
};
/// Returns the award of a block; empty if the block's miner gets its gas reward only and the state stays, because the
/// balance does not suffice or the weights make no sense. `expected` is the reward if the balance suffices.
std::optional<Award> plan_award(Ledger ledger, ChainEpoch epoch, const TokenAmount& balance,
                                const TokenAmount& gas_reward, const TokenAmount& expected);

}  // namespace strata::actors::reward
