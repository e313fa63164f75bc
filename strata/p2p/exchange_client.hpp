#pragma once
// Asks peers for tipsets: the source of a chain's syncer. An answer is checked before it is handed on. Source:
// docs/protocol/node.md §18 (lotus chain/exchange/client.go).
//
// Threads: peers() and ask() may be called from any; everything else on the swarm's.
#include <map>

#include <strata/base/mutex.hpp>
#include <strata/net/swarm.hpp>
#include <strata/p2p/exchange_messages.hpp>
#include <strata/p2p/peer_ranking.hpp>
#include <strata/p2p/post.hpp>

namespace strata::p2p {

struct ExchangeClientLimits {
    std::size_t requests = 32;                // that wait for an answer; ours
    net::Instant write_time{5'000};           // lotus WriteReqDeadline
    net::Instant read_time{5'000};            // lotus ReadResDeadline; more as bytes come
    std::uint64_t bytes_a_second = 50 << 10;  // lotus ReadResMinSpeed
    std::uint64_t bytes = kMaxExchangeResponse;
    std::uint64_t header_bytes = 32 << 20;  // of an answer without messages: 900 tipsets of mainnet have 8 MiB; ours
    /// Bytes of all answers that are not complete. Above, the longest of them is given up. Ours.
    std::uint64_t bytes_of_all = std::uint64_t{192} << 20;
    net::Instant liar_time{300'000};  // a peer whose answer was wrong is left out for this time; ours
};

class ExchangeClient final : public chain::BlockSource {
  public:
    /// The swarm must outlive every call. The client must outlive the swarm's handlers and everything that it posted.
    /// `wake` is called after each answer, on the thread that brought it.
    ExchangeClient(
        net::Swarm& swarm, Post post, ExchangeClientLimits limits = {}, std::function<void()> wake = [] {})
        : swarm_(swarm), post_(std::move(post)), limits_(limits), wake_(std::move(wake)) {}
    ExchangeClient(const ExchangeClient&) = delete;
    ExchangeClient& operator=(const ExchangeClient&) = delete;
    ~ExchangeClient() override = default;

    // The syncer's side.

    /// Returns the names of the peers (PeerId::to_string), the best first.
    std::vector<chain::PeerName> peers() override STRATA_EXCLUDES(mutex_);
    /// An answer that breaks off, is too slow or has too many bytes after some good tipsets gives those. Errors: those
    /// of ChainAnswer.
    void ask(const chain::PeerName& peer, const chain::ChainRequest& request,
             std::function<void(chain::ChainAnswer)> done) override;

    // The swarm's side.

    /// Takes a connected peer that serves chain exchange on the same chain.
    void add(const net::PeerId& peer);
    void remove(const net::PeerId& peer);
    void on_round_trip(const net::PeerId& peer, net::Instant time) { ranking_.on_round_trip(peer, time); }
    /// Takes back peers whose time of being left out is over.
    void on_time() { refresh(); }
    /// Returns the number of requests that wait for an answer.
    std::size_t requests() const { return requests_; }
    /// Returns how often the peer failed; 0 for an unknown one.
    std::uint64_t failures(const net::PeerId& peer) const { return ranking_.failures(peer); }

  private:
    class Fetch;
    struct Job {
        net::PeerId peer;
        chain::ChainRequest request;
        std::function<void(chain::ChainAnswer)> done;
        net::Instant begun{};
    };

    void answer(const Job& job, chain::ChainAnswer answer) const;
    void begin(Job job);
    void open(Job job);
    void succeed(Job& job, std::vector<std::vector<chain::FullBlock>> tipsets);
    void make_room();
    /// `code` is one of ChainAnswer; `why` may be any error.
    void fail_job(const Job& job, Errc code, const Error& why);
    void give_back(const Job& job, const Error& why);
    void refresh() STRATA_EXCLUDES(mutex_);

    net::Swarm& swarm_;
    const Post post_;
    const ExchangeClientLimits limits_;
    const std::function<void()> wake_;
    PeerRanking ranking_;
    std::map<net::PeerId, chain::PeerName> written_;  // the peers of the ranking; to write an id takes long
    std::size_t requests_ = 0;
    /// Those that have a stream; they share it, since the swarm destroys them.
    const std::shared_ptr<std::set<Fetch*>> fetches_ = std::make_shared<std::set<Fetch*>>();
    Mutex mutex_;
    std::vector<chain::PeerName> names_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::p2p
