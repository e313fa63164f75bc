#pragma once
// Gives peers the blocks that they want, by bitswap: Lotus asks so for messages of a gossip block. Answers go on a
// stream that this node opens. Runs on the thread of the swarm. Source: docs/protocol/node.md §19; boxo bitswap/server,
// bsnet.
#include <functional>
#include <map>

#include <strata/net/swarm.hpp>
#include <strata/p2p/bitswap_messages.hpp>
#include <strata/p2p/post.hpp>

namespace strata::p2p {

/// The versions, the newest first (lotus node/modules/chain.go: the prefix /chain).
inline constexpr std::string_view kBitswapProtocols[] = {"/chain/ipfs/bitswap/1.2.0", "/chain/ipfs/bitswap/1.1.0",
                                                         "/chain/ipfs/bitswap/1.0.0", "/chain/ipfs/bitswap"};

struct BitswapLimits {
    std::size_t wants_of_peer = 1'024;  // that wait (boxo MaxQueuedWantlistEntiresPerPeer); further ones are dropped
    std::size_t wants = 65'536;         // of all peers; ours
    std::size_t streams_of_peer = 8;    // on which it asks at once; ours
    std::size_t block = 2 << 20;        // bytes; larger ones count as not here (boxo: blocks of 2 MiB)
    std::size_t message = 16 << 10;     // a message that reaches this ends (BitswapEngineTargetMessageSize)
    std::size_t wants_of_turn = 64;     // looked up without a pause; ours
    net::Instant idle_time{120'000};    // of a stream on which a peer asks; ours
    net::Instant write_time{60'000};    // for one message; ours
};

class BitswapServer {
  public:
    /// Returns a whole block; empty if it is not here.
    using Get = std::function<Result<std::optional<Bytes>>(const Cid&)>;

    /// Serves the protocols. The swarm may be gone before this is.
    BitswapServer(net::Swarm& swarm, Get get, Post post, BitswapLimits limits = {});
    BitswapServer(const BitswapServer&) = delete;
    BitswapServer& operator=(const BitswapServer&) = delete;
    /// Streams and what was posted end by themselves.
    ~BitswapServer();

    struct Stats {
        std::size_t peers = 0, waiting = 0;   // wants that are not answered yet
        std::uint64_t blocks = 0, bytes = 0;  // sent
    };
    Stats stats() const;

  private:
    class Inbound;
    class Outbound;
    using Place = std::pair<std::int64_t, std::uint64_t>;  // the negative priority, and the order of arrival

    struct Peer {
        enum class Out : std::uint8_t { none, opening, open };
        std::map<Place, BitswapWant> queue;
        std::map<Cid, Place> places;
        std::size_t inbound = 0;
        Out state = Out::none;
        Outbound* out = nullptr;  // while it is open
    };
    bool begin(const net::PeerId& peer);
    void end(const net::PeerId& peer);
    void on_request(const net::PeerId& peer, const BitswapRequest& request);
    void add(Peer& peer, const BitswapWant& want);
    void drop(Peer& peer, const Cid& cid);
    void clear(Peer& peer);
    void on_outbound(const net::PeerId& peer, Outbound& handler);
    void outbound_gone(const net::PeerId& peer);
    BitswapAnswer next_answer(Peer& peer, BitswapForm form);
    void answer_one(const BitswapWant& want, BitswapAnswer& to, std::size_t& size);
    void tidy(const net::PeerId& peer);

    net::Swarm& swarm_;
    const Get get_;
    const Post post_;
    const BitswapLimits limits_;
    const std::shared_ptr<BitswapServer*> self_;  // what handlers know; null inside when this is gone
    std::map<net::PeerId, Peer> peers_;
    std::size_t waiting_ = 0;
    std::uint64_t next_ = 0;
    std::uint64_t blocks_ = 0;
    std::uint64_t bytes_ = 0;
};

}  // namespace strata::p2p
