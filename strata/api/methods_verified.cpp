// Answers methods about the verified registry and DataCap. Source: lotus node/impl/full/state.go,
// chain/actors/builtin/{verifreg,datacap}.
#include <strata/actors/datacap/token.hpp>
#include <strata/actors/queries.hpp>
#include <strata/api/method_table.hpp>

namespace strata::api {
namespace {

namespace verifreg = actors::verifreg;

struct Registry {
    Context::View view;
    verifreg::State state;
};
Result<Registry> registry(Context& context, const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    STRATA_TRY(auto state, actors::state_of<verifreg::State>(view.state, kVerifiedRegistryId));
    return Registry{std::move(view), std::move(state)};
}

Result<Json> root_key(Context& context, const TipsetKey& key) {
    STRATA_TRY(const auto found, registry(context, key));
    return context.print(found.state.root_key);
}

/// Returns the DataCap of a verifier; null if the address is not a verifier.
Result<Json> verifier_status(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(auto found, registry(context, key));
    STRATA_TRY(const ActorId id, resolve(context, found.view.state, address));
    STRATA_TRY(const auto allowance, verifreg::find_verifier(context.blocks(), found.state, id));
    return context.print(allowance);
}

/// Returns a client's DataCap in bytes; null if it has none. A token is a byte, with 18 decimals.
Result<Json> client_status(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    STRATA_TRY(const ActorId id, resolve(context, view.state, address));
    STRATA_TRY(const auto state, actors::state_of<actors::datacap::State>(view.state, kDatacapId));
    STRATA_TRY(const auto balances, (HamtMap<ActorId, TokenAmount>::load(context.blocks(), state.token.balances,
                                                                         state.token.hamt_bit_width)));
    STRATA_TRY(const auto tokens, balances.get(id));
    if (!tokens) return Json();
    return context.print(div_floor(*tokens, fil(1)));
}

/// Prints the records of one owner by their numbers.
template <class V>
Result<Text> owned(Context& context, const Cid& root, ActorId owner) {
    STRATA_TRY(const auto owners, (HamtMap<ActorId, Cid>::load(context.blocks(), root)));
    STRATA_TRY(const auto inner, owners.get(owner));
    auto out = context.object();
    if (!inner) return std::move(out).finish();
    STRATA_TRY(const auto records, (HamtMap<std::uint64_t, V>::load(context.blocks(), *inner)));
    STRATA_OK(records.for_each([&](std::uint64_t id, const V& record) -> Status {
        STRATA_OK(context.go_on());
        return out.add(std::to_string(id), context.print(record));
    }));
    return std::move(out).finish();
}

/// Prints the records of all owners by their numbers.
template <class V>
Result<Text> all(Context& context, const Cid& root) {
    STRATA_TRY(const auto owners, (HamtMap<ActorId, Cid>::load(context.blocks(), root)));
    auto out = context.object();
    STRATA_OK(owners.for_each([&](ActorId, const Cid& inner) -> Status {
        STRATA_TRY(const auto records, (HamtMap<std::uint64_t, V>::load(context.blocks(), inner)));
        return records.for_each([&](std::uint64_t id, const V& record) -> Status {
            STRATA_OK(context.go_on());
            return out.add(std::to_string(id), context.print(record));
        });
    }));
    return std::move(out).finish();
}
Result<Text> all_allocations(Context& context, const TipsetKey& key) {
    STRATA_TRY(const auto found, registry(context, key));
    return all<verifreg::Allocation>(context, found.state.allocations);
}
Result<Text> all_claims(Context& context, const TipsetKey& key) {
    STRATA_TRY(const auto found, registry(context, key));
    return all<verifreg::Claim>(context, found.state.claims);
}

Result<Text> allocations(Context& context, const Address& client, const TipsetKey& key) {
    STRATA_TRY(auto found, registry(context, key));
    STRATA_TRY(const ActorId id, resolve(context, found.view.state, client));
    return owned<verifreg::Allocation>(context, found.state.allocations, id);
}
Result<Text> claims(Context& context, const Address& provider, const TipsetKey& key) {
    STRATA_TRY(auto found, registry(context, key));
    STRATA_TRY(const ActorId id, resolve(context, found.view.state, provider));
    return owned<verifreg::Claim>(context, found.state.claims, id);
}
Result<Json> allocation(Context& context, const Address& client, const verifreg::AllocationId& number,
                        const TipsetKey& key) {
    STRATA_TRY(auto found, registry(context, key));
    STRATA_TRY(const ActorId id, resolve(context, found.view.state, client));
    STRATA_TRY(const auto record, verifreg::find_allocation(context.blocks(), found.state, id, number));
    return context.print(record);
}
Result<Json> claim(Context& context, const Address& provider, const verifreg::ClaimId& number, const TipsetKey& key) {
    STRATA_TRY(auto found, registry(context, key));
    STRATA_TRY(const ActorId id, resolve(context, found.view.state, provider));
    STRATA_TRY(const auto record, verifreg::find_claim(context.blocks(), found.state, id, number));
    return context.print(record);
}

}  // namespace

void add_verified_methods(MethodTable& table) {
    table.add("StateVerifiedRegistryRootKey", root_key);
    table.add("StateVerifierStatus", verifier_status);
    table.add("StateVerifiedClientStatus", client_status);
    table.add("StateGetAllocations", allocations, Cost::dear);
    table.add("StateGetAllAllocations", all_allocations, Cost::dear);
    table.add("StateGetAllClaims", all_claims, Cost::dear);
    table.add("StateGetAllocation", allocation);
    table.add("StateGetClaims", claims, Cost::dear);
    table.add("StateGetClaim", claim);
}

}  // namespace strata::api
