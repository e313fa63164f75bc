#include <strata/actors/methods.hpp>

#include <strata/actors/frozen.hpp>
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

// Since version 19 claims can be read, and every method that writes is refused. Source: FIP-0118 §1.5;
// builtin-actors #1778, actors/verifreg/src/lib.rs.
Done claims_refused(Runtime& rt, const ClaimAllocationsParams&) {
    STRATA_OK(rt.require_caller_type({ActorType::miner}));
    return no_datacap();
}
Done tokens_refused(Runtime& rt, const UniversalReceiverParams&) {
    STRATA_OK(rt.require_caller({kDatacapId}));
    return no_datacap();
}

constexpr Method kMethods19[] = {
    method<&constructor>(1),
    method<&frozen<VerifierParams>>(2),
    method<&frozen<Address>>(3),
    method<&frozen<VerifierParams>>(4),
    method<&frozen<VerifierParams>>(3916220144),
    method<&frozen<RemoveDataCapParams>>(7),
    method<&frozen<RemoveExpiredParams>>(8),
    method<&frozen<RemoveExpiredParams>>(2421068268),
    method<&claims_refused>(kClaimAllocations),
    method<&get_claims>(kGetClaims),
    method<&get_claims>(2199871187),
    method<&frozen<ExtendClaimTermsParams>>(11),
    method<&frozen<ExtendClaimTermsParams>>(1752273514),
    method<&frozen<RemoveExpiredParams>>(12),
    method<&frozen<RemoveExpiredParams>>(2873373899),
    method<&tokens_refused>(kReceive),
};

}  // namespace

std::span<const Method> methods() {
    return kMethods;
}

std::span<const Method> methods19() {
    return kMethods19;
}

}  // namespace strata::actors::verifreg
