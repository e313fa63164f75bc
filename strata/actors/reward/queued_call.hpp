#pragma once
// A pending change of the streams as values: what PendingWrite::payload encodes.
// Source: crate fil_actor_reward_state 27.2.0 src/v19/streams/queue.rs.
#include <variant>

#include <strata/actors/reward/streams.hpp>

namespace strata::actors::reward {

struct WeightUpdate {
    StreamId id = 0;
    WeightRecord weight;
    STRATA_CBOR_TUPLE(id, weight);
    friend bool operator==(const WeightUpdate&, const WeightUpdate&) = default;
};

/// Sets the weights of several streams, in ascending order of their IDs.
struct SetWeights {
    std::vector<WeightUpdate> updates;
    STRATA_CBOR_TUPLE(updates);
};

struct DistributionInit {
    Address writer;
    std::vector<RecipientShare> shares;
    STRATA_CBOR_TUPLE(writer, shares);
};

struct RegisterStream {
    WeightRecord weight;
    std::optional<DistributionInit> distribution;
    STRATA_CBOR_TUPLE(weight, distribution);
};

struct RemoveStream {
    STRATA_CBOR_TUPLE();
};

struct SetDistribution {
    Address writer;
    STRATA_CBOR_TUPLE(writer);
};

using QueuedCall = std::variant<SetWeights, RegisterStream, RemoveStream, SetDistribution>;

/// Decodes and checks the payload of a pending change. Errors: malformed and the codec's.
Result<QueuedCall> decode_call(const PendingWrite& write);

}  // namespace strata::actors::reward
