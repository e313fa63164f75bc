#pragma once
// For tests: what the servers of quicknet answer (https://api.drand.sh, chain 52db9ba7…).
#include <string_view>

#include <strata/http/message.hpp>

namespace strata::drand::testing {

inline constexpr std::string_view kQuicknetInfo =
    R"({"public_key":"83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a","period":3,"genesis_time":1692803367,"hash":"52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971","groupHash":"f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e","schemeID":"bls-unchained-g1-rfc9380","metadata":{"beaconID":"quicknet"}})";
inline constexpr std::string_view kQuicknetRound =
    R"({"round":1000,"randomness":"fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd","signature":"b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"})";

inline http::Request request_for(std::string path, std::string method = "GET") {
    http::Request out;
    out.method = std::move(method);
    out.path = std::move(path);
    return out;
}

}  // namespace strata::drand::testing
