#pragma once
// Who takes part in the tests of this folder, and the CIDs of small files.
#include <strata/retrieval/client_file.hpp>
#include <strata/types/address.hpp>

namespace strata::client::testing {

inline const Address kMiner = Address::id(1000);
inline const Address kClientId = Address::id(1004);
constexpr const char* kWallet = "t1d2xrzcslx7xlbbylc5c3d5lvandqw4iwl6epxba";
constexpr const char* kFaucet = "t1abjxfbp274xpdqcpuaykwkfb43omjotacm2p3za";

/// Returns the CID of a small file: one raw block.
inline Cid root_of(std::string_view content) {
    return import_file(memory_source(as_bytes(content)), [](const Cid&, BytesView) { return Status{}; })->root;
}

}  // namespace strata::client::testing
