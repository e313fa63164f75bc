#include <strata/actors/policy.hpp>

namespace strata::actors {
namespace {

// The sizes of sectors, by their index in the numbers of the proof types (docs/protocol/fvm.md §1.11).
enum : std::int64_t { k2KiB, k8MiB, k512MiB, k32GiB, k64GiB };
using SizeIndices = std::initializer_list<std::int64_t>;

// Returns the proof types of some kinds for some sector sizes. A proof type is the first number of its kind (one of
// `bases`) plus the index of the sector size.
template <class Proof>
std::set<Proof> proofs(std::initializer_list<std::int64_t> bases, SizeIndices sizes) {
    std::set<Proof> out;
    for (const auto base : bases)
        for (const auto size : sizes) out.insert(static_cast<Proof>(base + size));
    return out;
}

Policy make_policy(SizeIndices sizes, const StoragePower& minimum_power) {
    return {
        .window_post_proofs = proofs<RegisteredPoStProof>({10}, sizes),         // V1P1
        .pre_commit_seal_proofs = proofs<RegisteredSealProof>({5, 10}, sizes),  // V1P1, synthetic
        .ni_seal_proofs = proofs<RegisteredSealProof>({15}, sizes),             // non-interactive
        .pre_commit_challenge_delay = 150,
        .minimum_consensus_power = minimum_power,
        .minimum_verified_allocation_size = BigInt(1 << 20),  // 1 MiB
        .provider_collateral_supply_target_num = 1,
        .provider_collateral_supply_target_denom = 100,
    };
}

}  // namespace

const Policy& mainnet_policy() {
    static const Policy policy = make_policy({k32GiB, k64GiB}, BigInt::pow2(40) * BigInt(10));  // 10 TiB
    return policy;
}

const Policy& calibnet_policy() {
    static const Policy policy = make_policy({k32GiB, k64GiB}, BigInt::pow2(35));  // 32 GiB
    return policy;
}

const Policy& butterflynet_policy() {
    static const Policy policy = make_policy({k512MiB, k32GiB, k64GiB}, BigInt::pow2(31));  // 2 GiB
    return policy;
}

const Policy& devnet_policy() {
    static const Policy policy = [] {
        Policy p = make_policy({k2KiB, k8MiB}, BigInt(2048));
        p.pre_commit_challenge_delay = 10;
        p.minimum_verified_allocation_size = BigInt(256);
        return p;
    }();
    return policy;
}

}  // namespace strata::actors
