#pragma once
// Answers requests of peers for tipsets, a few tipsets at a time, so that the swarm's thread is never held up for long.
// Runs on the thread of the swarm. Source: docs/protocol/node.md §18 (lotus chain/exchange/server.go).
#include <strata/chain/peer_api.hpp>
#include <strata/net/stream.hpp>
#include <strata/p2p/exchange_messages.hpp>
#include <strata/p2p/post.hpp>

namespace strata::p2p {

struct ExchangeServerLimits {
    std::size_t streams = 32;  // requests that are being answered; ours
    std::size_t streams_of_peer = 4;
    std::size_t tipsets_of_turn = 4;            // read from the chain without a pause
    std::size_t bytes = std::size_t{32} << 20;  // of an answer; it ends with the tipset that reaches them
    net::Instant read_time{10'000};             // lotus streamReadDeadline
    net::Instant write_time{60'000};            // lotus WriteResDeadline
};

class ExchangeServer {
  public:
    /// Both must outlive the server, which must outlive the swarm and everything that it posted.
    ExchangeServer(chain::Peer& chain, Post post, ExchangeServerLimits limits = {})
        : chain_(chain), post_(std::move(post)), limits_(limits) {}
    ExchangeServer(const ExchangeServer&) = delete;
    ExchangeServer& operator=(const ExchangeServer&) = delete;

    /// Returns the handler of one stream that a peer opened.
    std::unique_ptr<net::StreamHandler> accept();
    /// Returns the number of requests that are being answered.
    std::size_t streams() const { return streams_; }

  private:
    class Answer;

    chain::Peer& chain_;
    const Post post_;
    const ExchangeServerLimits limits_;
    std::size_t streams_ = 0;
    std::map<net::PeerId, std::size_t> of_peer_;
};

}  // namespace strata::p2p
