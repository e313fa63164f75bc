#pragma once
// Gives tests swarms in memory with Filecoin's requests on them: peers that behave as a test says, callers that send
// bytes as they are, and a chain that only answers requests.
#include <gtest/gtest.h>

#include <atomic>
#include <deque>

#include <strata/chain/chain_store.hpp>
#include <strata/chain/peer_api.hpp>
#include <strata/net/memory_carrier.hpp>
#include <strata/p2p/exchange_messages.hpp>
#include <strata/p2p/post.hpp>

namespace strata::p2p::testing {

using namespace std::chrono_literals;

/// The connections of a test, and the work that was posted. Swarms must outlive it.
class Wires {
  public:
    Post post() {
        return [this](std::function<void()> work) { work_.push_back(std::move(work)); };
    }
    void connect(net::Swarm& dialer, net::Swarm& listener) {
        ASSERT_TRUE(carrier_.connect(dialer, listener));
        run();
    }
    /// Until all is silent.
    void run() {
        while (true) {
            carrier_.run();
            if (work_.empty()) return;
            run_work();
        }
    }
    /// Runs one piece of posted work; returns false if there was none.
    bool run_work() {
        if (work_.empty()) return false;
        const auto next = std::move(work_.front());
        work_.pop_front();
        next();
        return true;
    }
    void advance(net::Instant by) {
        carrier_.advance(by);
        run();
    }
    net::Instant now() const { return carrier_.now(); }

  private:
    net::MemoryCarrier carrier_;
    std::deque<std::function<void()>> work_;
};

struct Side {
    explicit Side(std::string_view seed)
        : random(as_bytes(seed)),
          swarm(net::PrivateKey::ed25519(random.bytes<32>()), net::SwarmConfig{.agent = std::string(seed)}, random) {}
    net::PeerId id() const { return swarm.id(); }
    std::string name() const { return swarm.id().to_string(); }

    crypto::SeededRandom random;
    net::Swarm swarm;
};

/// Holds what came back on a stream.
struct Heard {
    Bytes bytes;
    bool finished = false;
    bool lost = false;
};

/// Sends bytes as they are, and keeps what comes back.
class Caller final : public net::StreamHandler {
  public:
    Caller(Heard& heard, Bytes bytes, bool finish = true) : heard_(heard), bytes_(std::move(bytes)), finish_(finish) {}
    void on_open(net::Stream& stream) override {
        EXPECT_EQ(stream.write(bytes_), bytes_.size());
        if (finish_) stream.finish();
    }
    void on_readable(net::Stream& stream) override { append(heard_.bytes, stream.read()); }
    void on_finished(net::Stream&) override { heard_.finished = true; }
    void on_lost(const Error&) override { heard_.lost = true; }

  private:
    Heard& heard_;
    const Bytes bytes_;
    const bool finish_;
};

inline void call(net::Swarm& from, const net::PeerId& to, std::string_view protocol, Heard& heard, Bytes bytes,
                 bool finish = true) {
    ASSERT_TRUE(
        from.open(to, {std::string(protocol)}, std::make_unique<Caller>(heard, std::move(bytes), finish), from.now()));
}

/// A protocol that answers the end of a request as the test says.
class Scripted final : public net::StreamHandler {
  public:
    using Answer = std::function<void(net::Stream& stream, const Bytes& request)>;
    explicit Scripted(Answer answer) : answer_(std::move(answer)) {}
    void on_readable(net::Stream& stream) override { append(request_, stream.read()); }
    void on_finished(net::Stream& stream) override { answer_(stream, request_); }

  private:
    const Answer answer_;
    Bytes request_;
};

/// A chain that only answers requests, from a store, and counts them.
class StorePeer final : public chain::Peer {
  public:
    explicit StorePeer(chain::ChainStore& store) : store_(store) {}
    std::size_t calls = 0;
    std::size_t longest = 0;  // tipsets of a request
    std::optional<Error> failure{};

    /// These may be called from any thread.
    chain::BlockSource* source() const { return source_; }
    TipsetKey followed() {
        const Lock lock(mutex_);
        return followed_;
    }

    void set_source(chain::BlockSource& source) override { source_ = &source; }
    void on_refusal(RefusalListener) override {}
    void on_message(MessageListener) override {}
    void on_block(BlockListener) override {}
    chain::Decision check_block(const BlockMsg&, std::uint64_t) override { return {}; }
    Result<chain::Decision> receive_message(const SignedMessage&) override { return chain::Decision{}; }
    Status receive_block(const chain::FullBlock&, std::uint64_t, const chain::PeerName&) override { return {}; }
    Status receive_block(const BlockMsg&, std::uint64_t, const chain::PeerName&) override { return {}; }
    Status advance(std::uint64_t) override { return {}; }
    chain::ChainAnswer serve(const chain::ChainRequest& request) override {
        ++calls;
        longest = std::max(longest, request.length);
        if (failure) return *failure;
        return chain::serve_chain(store_, request);
    }
    Result<std::vector<chain::FullBlock>> head_blocks() override { return std::vector<chain::FullBlock>{}; }
    Result<chain::HeadNotice> head_notice() override {
        const auto head = store_.head();
        return chain::HeadNotice{head->key(), head->height(), head->parent_weight(), store_.genesis()->cids().front()};
    }
    Status follow_head(const TipsetKey& head, std::uint64_t, const chain::PeerName&) override {
        const Lock lock(mutex_);
        followed_ = head;
        return {};
    }
    Status republish() override { return {}; }

  private:
    chain::ChainStore& store_;
    std::atomic<chain::BlockSource*> source_ = nullptr;
    Mutex mutex_;
    TipsetKey followed_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::p2p::testing
