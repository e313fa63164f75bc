#include <strata/actors/methods.hpp>

#include <strata/actors/verifreg/handlers.hpp>

namespace strata::actors::verifreg {
namespace {

Done constructor(Runtime& rt, const Address& root) {
    STRATA_OK(rt.require_caller({kSystemId}));
    STRATA_TRY(const auto id, rt.resolve(root));
    if (!id) return illegal_argument("the address of the root key, " + root.to_string() + ", has no actor");
    STRATA_TRY(const Cid empty,
               rt.check(HamtMap<ActorId, Cid>::empty_root(rt.store()), ExitCode::illegal_state, "map"));
    return rt.set_state(State{.root_key = Address::id(*id),
                              .verifiers = empty,
                              .remove_data_cap_proposal_ids = empty,
                              .allocations = empty,
                              .next_allocation_id = kNoAllocation + 1,
                              .claims = empty});
}

constexpr Method kMethods[] = {
    method<&constructor>(1),
    method<&add_verifier>(2),
    method<&remove_verifier>(3),
    method<&add_verified_client>(4),
    method<&add_verified_client>(3916220144),
    method<&remove_verified_client_data_cap>(7),
    method<&remove_expired_allocations>(8),
    method<&remove_expired_allocations>(2421068268),
    method<&claim_allocations>(kClaimAllocations),
    method<&get_claims>(kGetClaims),
    method<&get_claims>(2199871187),
    method<&extend_claim_terms>(11),
    method<&extend_claim_terms>(1752273514),
    method<&remove_expired_claims>(12),
    method<&remove_expired_claims>(2873373899),
    method<&receive>(kReceive),
};

}  // namespace

std::span<const Method> methods() {
    return kMethods;
}

}  // namespace strata::actors::verifreg
