#pragma once
// Holds what differs between the built-in actors of the networks and versions. Each official bundle was built with its
// own values. A constant that is the same on all networks is defined with the actor that uses it. Source:
// builtin-actors v18 runtime/src/runtime/policy.rs and runtime/build.rs (docs/protocol/fvm.md §8.8, §8.15).
#include <set>

#include <strata/types/sector.hpp>

namespace strata::actors {

struct Policy {
    std::set<RegisteredPoStProof> window_post_proofs;      // accepted for new miners and Window PoSts
    std::set<RegisteredSealProof> pre_commit_seal_proofs;  // accepted by PreCommitSectorBatch2
    std::set<RegisteredSealProof> ni_seal_proofs;          // accepted by ProveCommitSectorsNI
    ChainEpoch pre_commit_challenge_delay = 0;
    StoragePower minimum_consensus_power;
    BigInt minimum_verified_allocation_size;
    std::int64_t provider_collateral_supply_target_num = 0;
    std::int64_t provider_collateral_supply_target_denom = 100;
    /// Contracts know CLZ (EIP-7939) and P256VERIFY (EIP-7951): since actors v18 (FIP-0114, FIP-0113).
    bool evm_has_clz_and_p256 = true;
    /// Every new sector has the highest quality, and there is no datacap: since actors v19 (FIP-0118).
    bool solstice = false;
};

/// The policies of the official bundles (actors/bundle.hpp), by the kind of network.
const Policy& mainnet_policy();
const Policy& calibnet_policy();
const Policy& butterflynet_policy();
const Policy& devnet_policy();  // NOLINT(readability-redundant-declaration): chain/network.hpp has it too

}  // namespace strata::actors
