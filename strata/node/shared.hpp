#pragma once
// The parts that all nodes of one process share. They must outlive the nodes and are thread-safe.
#include <atomic>
#include <functional>
#include <string_view>

namespace strata {
class Jobs;
}
namespace strata::chain {
class BeaconSource;
class KeyedProofVerifier;
struct Network;
}  // namespace strata::chain
namespace strata::proofs {
class ParameterStore;
}
namespace strata::vm {
class ActorTable;
}

namespace strata::node {

struct Shared {
    const chain::Network& network;
    const vm::ActorTable& actors;
    chain::KeyedProofVerifier& proofs;
    proofs::ParameterStore& parameters;
    chain::BeaconSource& beacon;
    Jobs& jobs;
    /// Called with the progress of sealing, on the thread that seals; may be empty.
    std::function<void(std::string_view step, double done)> progress;
    /// Ends winning proofs soon after it turns true; may be null.
    const std::atomic<bool>* stop = nullptr;
};

}  // namespace strata::node
