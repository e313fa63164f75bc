#pragma once
// Measures a chain's store on disk.
#include <filesystem>

#include <strata/base/files.hpp>
#include <strata/chain/collector.hpp>
#include <strata/chain/snapshot/walk.hpp>
#include <strata/chain/test_stub_chain.hpp>
#include <strata/store/repository.hpp>

namespace strata::chain::testing {

/// The bytes of all families of blocks, in files and buffers.
inline std::uint64_t bytes_in_families(const store::Generations& generations) {
    std::uint64_t total = 0;
    for (const auto& family : generations.sizes()) total += family.bytes;
    return total;
}

/// The bytes that a store must have: the family that stays, and what the kept states reach, each block once.
inline std::uint64_t live_bytes(store::Generations& generations, ChainStore& chain, ChainEpoch keep) {
    SnapshotWalk walk(chain.blocks(), std::uint64_t{1} << 30, [](const Cid&, BytesView) -> Status { return {}; });
    STRATA_CHECK(walk.below(chain.genesis()->parent_state_root()).has_value());
    auto at = chain.head();
    for (ChainEpoch i = 0; i < keep && at->height() > 0; ++i, at = chain.parent(*at).value())
        STRATA_CHECK(walk.below(at->parent_state_root()).has_value());
    return walk.bytes() + generations.sizes().front().bytes;
}

}  // namespace strata::chain::testing
