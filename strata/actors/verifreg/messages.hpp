#pragma once
// Parameters and returns of the verified registry's methods. Source: docs/protocol/fvm.md §8.10.
#include <strata/actors/verifreg/state.hpp>
#include <strata/types/actor_signature.hpp>

namespace strata::actors::verifreg {

inline constexpr MethodNumber kClaimAllocations = 9;
inline constexpr MethodNumber kGetClaims = 10;

using DataCap = BigInt;  // bytes

struct VerifierParams {
    Address address;
    DataCap allowance;
    STRATA_CBOR_TUPLE(address, allowance);
};
struct RemoveDataCapRequest {
    Address verifier;
    ActorSignature signature;
    STRATA_CBOR_TUPLE(verifier, signature);
};
struct RemoveDataCapParams {
    Address verified_client;
    DataCap amount;
    RemoveDataCapRequest request_1;
    RemoveDataCapRequest request_2;
    STRATA_CBOR_TUPLE(verified_client, amount, request_1, request_2);
};
struct RemoveDataCapReturn {
    Address verified_client;
    DataCap removed;
    STRATA_CBOR_TUPLE(verified_client, removed);
};
struct RemovalProposalId {
    std::uint64_t id = 0;
    STRATA_CBOR_TUPLE(id);
};
struct RemovalProposal {
    Address verified_client;
    DataCap amount;
    RemovalProposalId id;
    STRATA_CBOR_TUPLE(verified_client, amount, id);
};
/// Lists allocations of a client or claims of a provider. An empty list means all that have expired.
struct RemoveExpiredParams {
    ActorId owner = 0;
    std::vector<std::uint64_t> ids;
    STRATA_CBOR_TUPLE(owner, ids);
};
struct RemoveExpiredAllocationsReturn {
    std::vector<AllocationId> considered;
    BatchReturn results;
    DataCap recovered;
    STRATA_CBOR_TUPLE(considered, results, recovered);
};
struct RemoveExpiredClaimsReturn {
    std::vector<ClaimId> considered;
    BatchReturn results;
    STRATA_CBOR_TUPLE(considered, results);
};

struct AllocationClaim {
    ActorId client = 0;
    AllocationId allocation_id = 0;
    Cid data;
    std::uint64_t size = 0;
    STRATA_CBOR_TUPLE(client, allocation_id, data, size);
};
struct SectorAllocationClaims {
    SectorNumber sector = 0;
    ChainEpoch expiry = 0;
    std::vector<AllocationClaim> claims;
    STRATA_CBOR_TUPLE(sector, expiry, claims);
};
struct ClaimAllocationsParams {
    std::vector<SectorAllocationClaims> sectors;
    bool all_or_nothing = false;
    STRATA_CBOR_TUPLE(sectors, all_or_nothing);
};
struct ClaimAllocationsReturn {
    BatchReturn sector_results;
    std::vector<BigInt> claimed_space;  // for each sector that succeeded
    STRATA_CBOR_TUPLE(sector_results, claimed_space);
};
struct GetClaimsParams {
    ActorId provider = 0;
    std::vector<ClaimId> ids;
    STRATA_CBOR_TUPLE(provider, ids);
};
struct GetClaimsReturn {
    BatchReturn results;
    std::vector<Claim> claims;
    STRATA_CBOR_TUPLE(results, claims);
};
struct ClaimTerm {
    ActorId provider = 0;
    ClaimId claim = 0;
    ChainEpoch term_max = 0;
    STRATA_CBOR_TUPLE(provider, claim, term_max);
};
struct ExtendClaimTermsParams {
    std::vector<ClaimTerm> terms;
    STRATA_CBOR_TUPLE(terms);
};

}  // namespace strata::actors::verifreg
