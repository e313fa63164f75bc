#pragma once
// The registry's methods, by the file that defines them. methods.cpp lists them in its table.
#include <strata/actors/receiver_hook.hpp>
#include <strata/actors/verifreg/messages.hpp>

namespace strata::actors::verifreg {

// verifiers.cpp
Done add_verifier(Runtime& rt, const VerifierParams& params);
Done remove_verifier(Runtime& rt, const Address& address);
Done add_verified_client(Runtime& rt, const VerifierParams& params);
ActorResult<RemoveDataCapReturn> remove_verified_client_data_cap(Runtime& rt, const RemoveDataCapParams& params);

// allocations.cpp
ActorResult<RemoveExpiredAllocationsReturn> remove_expired_allocations(Runtime& rt, const RemoveExpiredParams& params);
ActorResult<ClaimAllocationsReturn> claim_allocations(Runtime& rt, const ClaimAllocationsParams& params);
ActorResult<GetClaimsReturn> get_claims(Runtime& rt, const GetClaimsParams& params);
ActorResult<BatchReturn> extend_claim_terms(Runtime& rt, const ExtendClaimTermsParams& params);
ActorResult<RemoveExpiredClaimsReturn> remove_expired_claims(Runtime& rt, const RemoveExpiredParams& params);
ActorResult<AllocationsResponse> receive(Runtime& rt, const UniversalReceiverParams& params);

// Calls to the datacap token. Amounts are bytes of datacap.
ActorResult<DataCap> datacap_of(Runtime& rt, const Address& owner);
Done burn_datacap(Runtime& rt, const DataCap& amount);

}  // namespace strata::actors::verifreg
