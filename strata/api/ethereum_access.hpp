#pragma once
// Collects the accounts and the slots of storage that contracts touch while they run.
#include <map>
#include <set>

#include <strata/actors/evm/watcher.hpp>
#include <strata/api/ethereum_json.hpp>

namespace strata::api {

class AccessWatcher final : public actors::evm::Watcher {
  public:
    void enter(const actors::evm::Frame& frame) override { touched[frame.receiver]; }
    void step(actors::evm::Frame& frame, std::size_t pc, actors::evm::Op op, std::uint64_t gas) override;
    void leave(std::uint64_t) override {}

    /// The accounts that were named or ran, and the slots that were read or written in each.
    std::map<EthereumAddress, std::set<Hash256>> touched;
};

}  // namespace strata::api
