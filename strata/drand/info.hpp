#pragma once
// The description of a drand chain, in drand's JSON. Its hash names the chain, and so vouches for the rest. Source:
// drand common/chain/info.go (Hash), handler/http/server.go; docs/protocol/node.md §4.2. Only the scheme of quicknet.
#include <string>

#include <strata/chain/network.hpp>
#include <strata/types/block_header.hpp>

namespace strata::drand {

/// Unchained; the key on G2 and the signatures on G1, hashed as RFC 9380 says.
inline constexpr std::string_view kScheme = "bls-unchained-g1-rfc9380";

/// The hash of quicknet (docs/protocol/node.md §4.2; lotus build/buildconstants/drand.go, DrandQuicknet).
inline constexpr std::string_view kQuicknetHash = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";

struct Info {
    chain::BeaconChain chain;
    Bytes group_hash;  // of the members at the beginning; nobody checks it here
    std::string id;    // "quicknet"

    friend bool operator==(const Info& a, const Info& b) {
        return a.chain.public_key == b.chain.public_key && a.chain.genesis_time == b.chain.genesis_time &&
               a.chain.period == b.chain.period && a.group_hash == b.group_hash && a.id == b.id;
    }
};

Hash256 chain_hash(const Info& info);
std::string encode_info(const Info& info);
/// Errors: malformed; unsupported for any other scheme; verification if the hash inside is not that of the rest.
Result<Info> decode_info(std::string_view json);

/// Returns the newest round that is out at a time in seconds since 1970; 0 before the first.
std::uint64_t round_at(const chain::BeaconChain& chain, std::uint64_t unix_seconds);
/// Returns when a round is out. Rounds count from 1. The time of a round that no clock reaches is the largest number.
std::uint64_t time_of(const chain::BeaconChain& chain, std::uint64_t round);

/// A round, as drand answers.
std::string encode_round(const BeaconEntry& entry);
/// Errors: malformed.
Result<BeaconEntry> decode_round(std::string_view json);

}  // namespace strata::drand
