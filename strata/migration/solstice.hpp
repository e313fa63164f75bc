#pragma once
// Makes the states of actors that network version 29 changes: the reward actor gets streams, the market loses the
// allocations of verified deals. All other states stay. Source: forest 0.39.0 src/state_migration/nv29;
// FIPS/fip-0118.md. Forest's own results: migration_vectors_test.cpp.
#include <strata/actors/bundle.hpp>
#include <strata/actors/market/state.hpp>
#include <strata/actors/reward/streams.hpp>

namespace strata::migration {

/// A weight of the first streams, without the time at which it starts to change.
struct StartWeight {
    std::uint64_t v_start = 0;
    std::uint64_t floor = 0;
    std::uint64_t cap = 0;
    friend bool operator==(const StartWeight&, const StartWeight&) = default;
};

/// The first streams of a network.
struct StreamPlan {
    ChainEpoch swa_timelock_epochs = 0;
    /// The time in which the consensus weight falls to its floor. 0: only the consensus stream, with the weight 1.
    ChainEpoch ramp_epochs = 0;
    StartWeight consensus;
    StartWeight service;
    Address swa_actor;             // the stream weights actor
    Address sra_actor;             // the service rewards actor, which writes the shares of the service stream
    Address initial_orchestrator;  // gets all of the service stream at first
};

/// Returns the plan of a network, as published.
const StreamPlan& stream_plan(actors::ActorBundle network);

/// Replaces the addresses by IDs and checks that the actors may be named in the state: they exist, and are neither the
/// burnt funds actor nor payment channels, whose code is `payment_channel`. Errors: internal if an address is missing
/// or not allowed; missing_block, malformed.
Result<StreamPlan> resolve(StreamPlan plan, vm::StateTree& tree, const Cid& payment_channel);

/// The streams of a plan, from its first epoch on.
struct FirstStreams {
    actors::reward::StreamsState state;
    std::vector<actors::reward::StreamAccrual> accrued;
};
/// Errors: malformed if the plan makes no sense: addresses that are not IDs, a negative time, weights that are out of
/// order or more than 1 together.
Result<FirstStreams> first_streams(const StreamPlan& plan, ChainEpoch first_epoch);

/// Returns the reward actor's state after the upgrade, and stores the streams in `blocks`.
Result<actors::reward::State19> reward_after(Blockstore& blocks, actors::reward::State before, const StreamPlan& plan,
                                             ChainEpoch first_epoch);
/// Returns the market's state after the upgrade.
actors::market::State19 market_after(actors::market::State before);

}  // namespace strata::migration
