#include <strata/actors/policy.hpp>

namespace strata::actors {
namespace {

// Returns the proof types of some kinds for two sector sizes. A proof type is the first number of its kind (one of
// `bases`) plus the index of the sector size: 0 for 2 KiB to 4 for 64 GiB (docs/protocol/fvm.md §1.11).
template <class Proof>
std::set<Proof> proofs(std::initializer_list<std::int64_t> bases, std::int64_t index_a, std::int64_t index_b) {
    std::set<Proof> out;
    for (const auto base : bases) {
        out.insert(static_cast<Proof>(base + index_a));
        out.insert(static_cast<Proof>(base + index_b));
    }
    return out;
}

Policy make_policy(std::int64_t index_a, std::int64_t index_b) {
    return {
        .window_post_proofs = proofs<RegisteredPoStProof>({10}, index_a, index_b),         // V1P1
        .pre_commit_seal_proofs = proofs<RegisteredSealProof>({5, 10}, index_a, index_b),  // V1P1, synthetic
        .ni_seal_proofs = proofs<RegisteredSealProof>({15}, index_a, index_b),             // non-interactive
        .pre_commit_challenge_delay = 150,
        .minimum_consensus_power = BigInt::pow2(40) * BigInt(10),  // 10 TiB
        .minimum_verified_allocation_size = BigInt(1 << 20),       // 1 MiB
        .provider_collateral_supply_target_num = 1,
        .provider_collateral_supply_target_denom = 100,
    };
}

}  // namespace

const Policy& mainnet_policy() {
    static const Policy policy = make_policy(3, 4);  // 32 GiB and 64 GiB
    return policy;
}

const Policy& devnet_policy() {
    static const Policy policy = [] {
        Policy p = make_policy(0, 1);  // 2 KiB and 8 MiB
        p.pre_commit_challenge_delay = 10;
        p.minimum_consensus_power = BigInt(2048);
        p.minimum_verified_allocation_size = BigInt(256);
        return p;
    }();
    return policy;
}

}  // namespace strata::actors
