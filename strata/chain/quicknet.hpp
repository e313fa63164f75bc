#pragma once
// drand's quicknet, the beacon of all of Lotus' networks today, as drand and descriptions of networks write it. Source:
// docs/protocol/node.md §4.2 (lotus build/buildconstants/drand.go, DrandQuicknet;
// api.drand.sh/v2/beacons/quicknet/info).
#include <string_view>

namespace strata::chain {

/// The member "chain_info" of a description (parse_network).
inline constexpr std::string_view kQuicknetInfo =
    R"({"public_key":"83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451)"
    R"(0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",)"
    R"("genesis_time":1692803367,"period":3,"schemeID":"bls-unchained-g1-rfc9380"})";

}  // namespace strata::chain
