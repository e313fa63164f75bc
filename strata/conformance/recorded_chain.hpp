#pragma once
// A chain that Lotus recorded (vectors/lotus-devnet), in a node of our own: everything from genesis to its head is in
// memory. The result of a tipset is taken from its child's header, because native actors use less gas than the official
// ones.
#include <filesystem>
#include <memory>

#include <strata/chain/local_beacon.hpp>
#include <strata/chain/local_chain.hpp>
#include <strata/conformance/recorded_proofs.hpp>

namespace strata::conformance {

class RecordedChain {
  public:
    /// Opens the chain in `folder`, which has chain.car (packed or not) and network.json. Errors: io, malformed,
    /// missing_block.
    static Result<std::unique_ptr<RecordedChain>> open(const std::filesystem::path& folder);
    RecordedChain(const RecordedChain&) = delete;
    RecordedChain& operator=(const RecordedChain&) = delete;

    /// Use the node from one thread at a time.
    chain::LocalChain& node() { return *node_; }
    /// Returns the beacon that made the entries in the chain.
    chain::LocalBeacon& beacon() { return *beacon_; }

  private:
    RecordedChain() = default;
    Status load(const std::string& car);
    Status record_states(chain::ChainStore& chain);

    MemoryBlockstore blocks_;
    store::MemoryKeyValue meta_;
    chain::Network network_;
    RecordedProofs proofs_;
    std::unique_ptr<vm::ActorTable> actors_;
    std::unique_ptr<chain::LocalBeacon> beacon_;
    std::unique_ptr<chain::LocalChain> node_;
};

}  // namespace strata::conformance
