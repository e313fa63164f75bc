#pragma once
// The durable records of the deadline scheduler: one for each deadline's check and one for each WindowPoSt. A record is
// about one opening of a deadline, and the next opening begins a new record. Source: docs/protocol/storage.md §4.7.
#include <strata/provider/miner_messages.hpp>

namespace strata::provider {

/// A WindowPoSt of up to three partitions.
struct WindowRecord {
    ChainEpoch open = 0;   // the window's first epoch
    ChainEpoch since = 0;  // when the proof was last started, or may be started again after a failure
    BitField unprovable;   // the sectors that turned out to be unprovable
    Hash256 randomness{};
    std::vector<PoStPartition> partitions;  // those that the proof covers
    Bytes proof;                            // empty until the proof is made
    std::optional<SignedMessage> message;
    std::uint32_t failures = 0;
    std::string reason;
    STRATA_CBOR_TUPLE(open, since, unprovable, randomness, partitions, proof, message, failures, reason);
};

/// The check of a deadline's files before its window opens, and the declarations that followed from it.
struct CheckRecord {
    ChainEpoch open = 0;   // the window's first epoch
    ChainEpoch since = 0;  // when the check was last started, or may be started again after a failure
    bool done = false;
    std::vector<SignedMessage> messages;
    std::uint32_t failures = 0;
    std::string reason;
    STRATA_CBOR_TUPLE(open, since, done, messages, failures, reason);
};

}  // namespace strata::provider
