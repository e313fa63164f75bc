#pragma once
// Allocations and claims, as the registry stores them, and the messages about them to and from other actors. Source:
// docs/protocol/fvm.md §8.10, docs/protocol/storage.md §9.
#include <strata/actors/batch_return.hpp>
#include <strata/ipld/cbor.hpp>
#include <strata/types/basic.hpp>

namespace strata::actors::verifreg {

using AllocationId = std::uint64_t;
using ClaimId = std::uint64_t;
inline constexpr AllocationId kNoAllocation = 0;  // an ID that no allocation has

struct Claim {
    ActorId provider = 0;
    ActorId client = 0;
    Cid data;
    std::uint64_t size = 0;
    ChainEpoch term_min = 0;
    ChainEpoch term_max = 0;
    ChainEpoch term_start = 0;
    SectorNumber sector = 0;
    STRATA_CBOR_TUPLE(provider, client, data, size, term_min, term_max, term_start, sector);
    ChainEpoch expires() const { return term_start + term_max; }
};

struct Allocation {
    ActorId client = 0;
    ActorId provider = 0;
    Cid data;
    std::uint64_t size = 0;
    ChainEpoch term_min = 0;
    ChainEpoch term_max = 0;
    ChainEpoch expiration = 0;
    STRATA_CBOR_TUPLE(client, provider, data, size, term_min, term_max, expiration);
    ChainEpoch expires() const { return expiration; }
};

struct AllocationRequest {
    ActorId provider = 0;
    Cid data;
    std::uint64_t size = 0;  // padded
    ChainEpoch term_min = 0;
    ChainEpoch term_max = 0;
    ChainEpoch expiration = 0;
    STRATA_CBOR_TUPLE(provider, data, size, term_min, term_max, expiration);
};
struct ClaimExtensionRequest {
    ActorId provider = 0;
    ClaimId claim = 0;
    ChainEpoch term_max = 0;
    STRATA_CBOR_TUPLE(provider, claim, term_max);
};
struct AllocationRequests {
    std::vector<AllocationRequest> allocations;
    std::vector<ClaimExtensionRequest> extensions;
    STRATA_CBOR_TUPLE(allocations, extensions);
};
struct AllocationsResponse {
    BatchReturn allocation_results;
    BatchReturn extension_results;
    std::vector<AllocationId> new_allocations;
    STRATA_CBOR_TUPLE(allocation_results, extension_results, new_allocations);
};

/// The limits of an allocation: a term of 180 days to 5 years, and an expiration within 60 days
/// (runtime/src/runtime/policy.rs).
inline constexpr ChainEpoch kMinimumTerm = 180 * kEpochsInDay;
inline constexpr ChainEpoch kMaximumTerm = 5 * 1051897;  // 1051897 epochs are a year
inline constexpr ChainEpoch kMaximumExpiration = 60 * kEpochsInDay;

}  // namespace strata::actors::verifreg
