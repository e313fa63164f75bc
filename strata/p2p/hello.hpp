#pragma once
// Hello, /fil/hello/1.0.0: each side of a new connection tells its head and genesis, and learns when the other got it.
// Handlers for the streams of a swarm, on its thread. Source: docs/protocol/node.md §17 (lotus node/hello/hello.go);
// sizes from forest src/libp2p/hello/codec.rs.
#include <strata/ipld/cbor.hpp>
#include <strata/net/stream.hpp>
#include <strata/types/block_header.hpp>

namespace strata::p2p {

inline constexpr std::string_view kHelloProtocol = "/fil/hello/1.0.0";

struct HelloMessage {
    static constexpr std::size_t kMaxSize = 4'096;  // bytes

    std::vector<Cid> head;
    ChainEpoch height = 0;
    BigInt weight;
    Cid genesis;
    STRATA_CBOR_TUPLE(head, height, weight, genesis);
    friend bool operator==(const HelloMessage&, const HelloMessage&) = default;
};

/// When the hello came, and when this answer left, in Unix nanoseconds.
struct HelloAnswer {
    static constexpr std::size_t kMaxSize = 32;  // bytes

    std::int64_t arrived = 0;
    std::int64_t sent = 0;
    STRATA_CBOR_TUPLE(arrived, sent);
    friend bool operator==(const HelloAnswer&, const HelloAnswer&) = default;
};

/// Holds what both sides need, and hears what they learn. Must outlive the handlers.
struct HelloHooks {
    Cid genesis;
    std::function<std::chrono::nanoseconds()> unix_time;
    std::function<void(const net::PeerId&, const HelloMessage&)> on_hello;  // its genesis is ours
    /// The peer said something that is not a hello, or has a different genesis.
    std::function<void(const net::PeerId&, const Error&)> on_bad;
    std::function<void(const net::PeerId&, net::Instant round_trip)> on_answer;
    net::Instant time{10'000};  // for each message (lotus streamDeadline)
};

/// Serves one stream that a peer opened.
std::unique_ptr<net::StreamHandler> hear_hello(const HelloHooks& hooks);
/// Says hello. A missing answer has no consequence.
std::unique_ptr<net::StreamHandler> say_hello(const HelloHooks& hooks, const HelloMessage& message);

}  // namespace strata::p2p
