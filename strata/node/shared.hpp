#pragma once
// The parts that all nodes of one process share. They must outlive the nodes and are thread-safe.
#include <strata/base/jobs.hpp>
#include <strata/chain/beacon_source.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/proof_verifier.hpp>
#include <strata/proofs/params/parameter_store.hpp>
#include <strata/vm/actor_code.hpp>

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
