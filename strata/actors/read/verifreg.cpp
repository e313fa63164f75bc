#include <strata/actors/read/verifreg.hpp>

#include <strata/actors/datacap/token.hpp>
#include <strata/actors/read/state_of.hpp>
#include <strata/actors/verifreg/state.hpp>

namespace strata::actors::read {
namespace {

using Owners = HamtMap<ActorId, Cid>;
template <class V>
using Records = HamtMap<std::uint64_t, V>;

template <class V>
Result<std::optional<V>> find(Blockstore& blocks, const Cid& root, ActorId owner, std::uint64_t id) {
    STRATA_TRY(const auto owners, Owners::load(blocks, root));
    STRATA_TRY(const auto of_owner, owners.get(owner));
    if (!of_owner) return std::optional<V>{};
    STRATA_TRY(const auto records, Records<V>::load(blocks, *of_owner));
    return records.get(id);
}

template <class V>
Status visit_all(Blockstore& blocks, const Cid& root, std::optional<ActorId> owner,
                 const std::function<Status(std::uint64_t, const V&)>& visit) {
    STRATA_TRY(const auto owners, Owners::load(blocks, root));
    const auto visit_one = [&](ActorId, const Cid& of_owner) -> Status {
        STRATA_TRY(const auto records, Records<V>::load(blocks, of_owner));
        return records.for_each(visit);
    };
    if (!owner) return owners.for_each(visit_one);
    STRATA_TRY(const auto of_owner, owners.get(*owner));
    return of_owner ? visit_one(*owner, *of_owner) : Status{};
}

}  // namespace

VerifiedRegistry::VerifiedRegistry(Blockstore& blocks, verifreg::State state)
    : blocks_(&blocks), state_(std::make_shared<const verifreg::State>(std::move(state))) {}

Result<VerifiedRegistry> VerifiedRegistry::load(vm::StateTree& tree) {
    STRATA_TRY(auto state, state_of<verifreg::State>(tree, kVerifiedRegistryId));
    return VerifiedRegistry(tree.store(), std::move(state));
}

const Address& VerifiedRegistry::root_key() const {
    return state_->root_key;
}

Result<std::optional<StoragePower>> VerifiedRegistry::verifier(ActorId id) const {
    STRATA_TRY(const auto verifiers, (HamtMap<Address, StoragePower>::load(*blocks_, state_->verifiers)));
    return verifiers.get(Address::id(id));
}

Result<std::optional<verifreg::Allocation>> VerifiedRegistry::allocation(ActorId client, std::uint64_t id) const {
    return find<verifreg::Allocation>(*blocks_, state_->allocations, client, id);
}
Result<std::optional<verifreg::Claim>> VerifiedRegistry::claim(ActorId provider, std::uint64_t id) const {
    return find<verifreg::Claim>(*blocks_, state_->claims, provider, id);
}
Status VerifiedRegistry::for_each_allocation(std::optional<ActorId> owner, const VisitAllocation& visit) const {
    return visit_all<verifreg::Allocation>(*blocks_, state_->allocations, owner, visit);
}
Status VerifiedRegistry::for_each_claim(std::optional<ActorId> owner, const VisitClaim& visit) const {
    return visit_all<verifreg::Claim>(*blocks_, state_->claims, owner, visit);
}

Result<std::optional<TokenAmount>> datacap_balance(vm::StateTree& tree, ActorId owner) {
    STRATA_TRY(const auto state, state_of<datacap::State>(tree, kDatacapId));
    STRATA_TRY(const auto balances,
               (HamtMap<ActorId, TokenAmount>::load(tree.store(), state.token.balances, state.token.hamt_bit_width)));
    return balances.get(owner);
}

}  // namespace strata::actors::read
