// Answers methods about the verified registry and DataCap. Source: lotus node/impl/full/state.go,
// chain/actors/builtin/{verifreg,datacap}.
#include <nlohmann/json.hpp>

#include <strata/actors/market/types.hpp>
#include <strata/actors/read/market.hpp>
#include <strata/actors/read/verifreg.hpp>
#include <strata/actors/verifreg/types.hpp>
#include <strata/api/method_table.hpp>

namespace strata::api {
namespace {

namespace verifreg = actors::verifreg;

struct Registry {
    Context::View view;
    actors::read::VerifiedRegistry registry;
};
Result<Registry> registry(Context& context, const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    STRATA_TRY(auto registry, actors::read::VerifiedRegistry::load(view.state));
    return Registry{std::move(view), std::move(registry)};
}

Result<Json> root_key(Context& context, const TipsetKey& key) {
    STRATA_TRY(const auto found, registry(context, key));
    return context.print(found.registry.root_key());
}

/// Returns the DataCap of a verifier; null if the address is not a verifier.
Result<Json> verifier_status(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(auto found, registry(context, key));
    STRATA_TRY(const ActorId id, resolve(context, found.view.state, address));
    STRATA_TRY(const auto allowance, found.registry.verifier(id));
    return context.print(allowance);
}

/// Returns a client's DataCap in bytes; null if it has none. A byte is 10^18 units of the token.
Result<Json> client_status(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    STRATA_TRY(const ActorId id, resolve(context, view.state, address));
    STRATA_TRY(const auto tokens, actors::read::datacap_balance(view.state, id));
    if (!tokens) return Json();
    return context.print(div_floor(*tokens, fil(1)));
}

/// Returns a function that adds a record to `out` under its number.
template <class V>
auto printer(Context& context, TextWriter& out) {
    return [&](std::uint64_t id, const V& record) -> Status {
        STRATA_OK(context.check_may_continue());
        return out.add(std::to_string(id), context.print(record));
    };
}
Result<Text> print_allocations(Context& context, const Registry& found, std::optional<ActorId> client) {
    auto out = context.object();
    STRATA_OK(found.registry.for_each_allocation(client, printer<verifreg::Allocation>(context, out)));
    return std::move(out).finish();
}
Result<Text> print_claims(Context& context, const Registry& found, std::optional<ActorId> provider) {
    auto out = context.object();
    STRATA_OK(found.registry.for_each_claim(provider, printer<verifreg::Claim>(context, out)));
    return std::move(out).finish();
}

Result<Text> all_allocations(Context& context, const TipsetKey& key) {
    STRATA_TRY(const auto found, registry(context, key));
    return print_allocations(context, found, std::nullopt);
}
Result<Text> all_claims(Context& context, const TipsetKey& key) {
    STRATA_TRY(const auto found, registry(context, key));
    return print_claims(context, found, std::nullopt);
}
Result<Text> allocations(Context& context, const Address& client, const TipsetKey& key) {
    STRATA_TRY(auto found, registry(context, key));
    STRATA_TRY(const ActorId id, resolve(context, found.view.state, client));
    return print_allocations(context, found, id);
}
Result<Text> claims(Context& context, const Address& provider, const TipsetKey& key) {
    STRATA_TRY(auto found, registry(context, key));
    STRATA_TRY(const ActorId id, resolve(context, found.view.state, provider));
    return print_claims(context, found, id);
}
Result<Json> allocation(Context& context, const Address& client, const verifreg::AllocationId& number,
                        const TipsetKey& key) {
    STRATA_TRY(auto found, registry(context, key));
    STRATA_TRY(const ActorId id, resolve(context, found.view.state, client));
    STRATA_TRY(const auto record, found.registry.allocation(id, number));
    return context.print(record);
}
// The ID 0 means "none", as in the market's answers to Lotus' clients (go-state-types verifreg: NoAllocationID).
Result<Json> pending_allocation_id(Context& context, const DealId& deal, const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    STRATA_TRY(const auto market, actors::read::Market::load(view.state));
    STRATA_TRY(const auto id, market.pending_allocation(deal));
    return Json(id.value_or(0));
}

/// Returns the allocation of a verified deal that is published and not active; null if there is none.
Result<Json> pending_allocation(Context& context, const DealId& deal, const TipsetKey& key) {
    STRATA_TRY(auto found, registry(context, key));
    STRATA_TRY(const auto market, actors::read::Market::load(found.view.state));
    STRATA_TRY(const auto number, market.pending_allocation(deal));
    if (number.value_or(0) == 0) return Json();
    STRATA_TRY(const auto published, market.deal(deal));
    if (!published) return fail(Errc::not_found, "deal " + std::to_string(deal) + " not found");
    STRATA_TRY(const ActorId client, resolve(context, found.view.state, published->proposal.client));
    STRATA_TRY(const auto record, found.registry.allocation(client, *number));
    return context.print(record);
}

Result<Json> claim(Context& context, const Address& provider, const verifreg::ClaimId& number, const TipsetKey& key) {
    STRATA_TRY(auto found, registry(context, key));
    STRATA_TRY(const ActorId id, resolve(context, found.view.state, provider));
    STRATA_TRY(const auto record, found.registry.claim(id, number));
    return context.print(record);
}

}  // namespace

void add_verified_methods(MethodTable& table) {
    table.add("StateVerifiedRegistryRootKey", root_key);
    table.add("StateVerifierStatus", verifier_status);
    table.add("StateVerifiedClientStatus", client_status);
    table.add("StateGetAllocations", allocations, Cost::expensive);
    table.add("StateGetAllAllocations", all_allocations, Cost::slow);
    table.add("StateGetAllClaims", all_claims, Cost::slow);
    table.add("StateGetAllocation", allocation);
    table.add("StateGetAllocationIdForPendingDeal", pending_allocation_id);
    table.add("StateGetAllocationForPendingDeal", pending_allocation);
    table.add("StateGetClaims", claims, Cost::expensive);
    table.add("StateGetClaim", claim);
}

}  // namespace strata::api
