#pragma once
// Reads the verified registry, and the DataCap that its clients hold. Layout: docs/protocol/fvm.md §8.10.
#include <functional>
#include <memory>

#include <strata/types/basic.hpp>

namespace strata {
class Blockstore;
namespace vm {
class StateTree;
}
namespace actors::verifreg {
struct Allocation;
struct Claim;
struct State;
}  // namespace actors::verifreg
}  // namespace strata

namespace strata::actors::read {

class VerifiedRegistry {
  public:
    /// The blocks below `tree` must outlive the object. Errors: not_found without the actor; missing_block, malformed.
    static Result<VerifiedRegistry> load(vm::StateTree& tree);

    const Address& root_key() const;
    /// Returns the DataCap in bytes that a verifier may still grant; empty if the actor is not a verifier.
    Result<std::optional<StoragePower>> verifier(ActorId id) const;

    using VisitAllocation = std::function<Status(std::uint64_t id, const verifreg::Allocation&)>;
    using VisitClaim = std::function<Status(std::uint64_t id, const verifreg::Claim&)>;
    /// Empty if the client has no such allocation, or the provider no such claim.
    Result<std::optional<verifreg::Allocation>> allocation(ActorId client, std::uint64_t id) const;
    Result<std::optional<verifreg::Claim>> claim(ActorId provider, std::uint64_t id) const;
    /// Visit the records of one owner, or of all if `owner` is empty.
    Status for_each_allocation(std::optional<ActorId> owner, const VisitAllocation& visit) const;
    Status for_each_claim(std::optional<ActorId> owner, const VisitClaim& visit) const;

  private:
    VerifiedRegistry(Blockstore& blocks, verifreg::State state);

    Blockstore* blocks_;
    std::shared_ptr<const verifreg::State> state_;
};

/// Returns the DataCap tokens of an actor, with 18 decimals; empty if it never had any.
Result<std::optional<TokenAmount>> datacap_balance(vm::StateTree& tree, ActorId owner);

}  // namespace strata::actors::read
