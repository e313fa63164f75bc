#include <strata/p2p/bitswap_server.hpp>

#include <strata/net/frame_reader.hpp>

namespace strata::p2p {
namespace {

constexpr std::size_t kPart = 64 << 10;
constexpr std::size_t kPresence = 48;  // about the bytes of an answer without a block

}  // namespace

/// Reads what a peer wants.
class BitswapServer::Inbound final : public net::StreamHandler {
  public:
    explicit Inbound(std::shared_ptr<BitswapServer*> server) : server_(std::move(server)) {}
    ~Inbound() override {
        if (*server_ != nullptr && peer_) (*server_)->end(*peer_);
    }

    void on_open(net::Stream& stream) override {
        if (*server_ == nullptr || !(*server_)->begin(stream.peer())) {
            stream.reset();
            return;
        }
        peer_ = stream.peer();
        stream.set_deadline(stream.now() + (*server_)->limits_.idle_time);
    }
    void on_readable(net::Stream& stream) override {
        while (*server_ != nullptr) {
            const Bytes bytes = stream.read(kPart);
            if (bytes.empty()) return;
            reader_.on_bytes(bytes);
            stream.set_deadline(stream.now() + (*server_)->limits_.idle_time);
            if (!take_frames(stream)) break;
        }
        stream.reset();
    }
    void on_finished(net::Stream& stream) override { stream.close(); }

  private:
    Status take_frames(net::Stream& stream) {
        while (*server_ != nullptr) {
            STRATA_TRY(const auto frame, reader_.next());
            if (!frame) break;
            STRATA_TRY(const auto request, decode_bitswap(*frame));
            (*server_)->on_request(stream.peer(), request);
        }
        return {};
    }

    const std::shared_ptr<BitswapServer*> server_;
    std::optional<net::PeerId> peer_;  // once it counts as one of the peer's streams
    net::FrameReader reader_{BitswapRequest::kMaxFrame, "a message of bitswap"};
};

/// Writes answers, one message after the other, until nothing waits.
class BitswapServer::Outbound final : public net::StreamHandler {
  public:
    Outbound(std::shared_ptr<BitswapServer*> server, const net::PeerId& peer)
        : server_(std::move(server)), peer_(peer) {}
    ~Outbound() override {
        if (*server_ != nullptr) (*server_)->outbound_gone(peer_);
    }

    void on_open(net::Stream& stream) override {
        stream_ = &stream;
        if (*server_ != nullptr) (*server_)->on_outbound(peer_, *this);
    }
    // A peer says nothing on this stream.
    void on_readable(net::Stream& stream) override { stream.read(); }
    void on_writable(net::Stream&) override { work(); }

    /// Writes what is left, and then makes the next message in a turn of its own, so that others have theirs.
    void work() {
        left_.drop(stream_->write(left_.view()));
        if (!left_.empty()) return;
        (*server_)->post_([server = server_, peer = peer_] {
            if (*server == nullptr) return;
            const auto it = (*server)->peers_.find(peer);
            if (it != (*server)->peers_.end() && it->second.out != nullptr) it->second.out->make_next();
        });
    }

  private:
    void make_next() {
        if (*server_ == nullptr || !left_.empty()) return;
        auto& peer = (*server_)->peers_.at(peer_);
        const bool is_old = stream_->protocol() != kBitswapProtocols[0] && stream_->protocol() != kBitswapProtocols[1];
        const auto form = is_old ? BitswapForm::bare : BitswapForm::prefixed;
        const auto answer = (*server_)->next_answer(peer, form);
        if (!answer.blocks.empty() || !answer.presences.empty()) {
            stream_->set_deadline(stream_->now() + (*server_)->limits_.write_time);
            left_.push(net::framed(encode_bitswap(answer, form)));
            work();
        } else if (!peer.queue.empty()) {
            work();
        } else {
            peer.out = nullptr;
            stream_->close();
        }
    }

    const std::shared_ptr<BitswapServer*> server_;
    const net::PeerId peer_;
    net::Stream* stream_ = nullptr;
    net::ByteQueue left_;
};

BitswapServer::BitswapServer(net::Swarm& swarm, Get get, Post post, BitswapLimits limits)
    : swarm_(swarm),
      get_(std::move(get)),
      post_(std::move(post)),
      limits_(limits),
      self_(std::make_shared<BitswapServer*>(this)) {
    for (const auto protocol : kBitswapProtocols)
        swarm_.support(std::string(protocol), [self = self_] { return std::make_unique<Inbound>(self); });
}

BitswapServer::~BitswapServer() {
    *self_ = nullptr;
}

bool BitswapServer::begin(const net::PeerId& peer) {
    auto& known = peers_[peer];
    if (known.inbound >= limits_.streams_of_peer) return false;
    ++known.inbound;
    return true;
}

void BitswapServer::end(const net::PeerId& peer) {
    --peers_.at(peer).inbound;
    tidy(peer);
}

void BitswapServer::tidy(const net::PeerId& peer) {
    const auto it = peers_.find(peer);
    if (it == peers_.end()) return;
    const auto& state = it->second;
    if (state.inbound == 0 && state.queue.empty() && state.state == Peer::Out::none) peers_.erase(it);
}

void BitswapServer::on_request(const net::PeerId& peer, const BitswapRequest& request) {
    auto& state = peers_.at(peer);
    if (request.replaces) clear(state);
    for (const auto& want : request.wants) {
        if (want.cancels)
            drop(state, want.cid);
        else
            add(state, want);
    }
    if (state.queue.empty() || state.state != Peer::Out::none) return;
    state.state = Peer::Out::opening;
    std::vector<std::string> protocols;
    for (const auto protocol : kBitswapProtocols) protocols.emplace_back(protocol);
    // If it cannot be opened, the handler's end tells so.
    (void)swarm_.open(peer, protocols, std::make_unique<Outbound>(self_, peer), swarm_.now());
}

void BitswapServer::add(Peer& peer, const BitswapWant& want) {
    // A want of the block is more than the question whether it is here.
    const auto known = peer.places.find(want.cid);
    if (known != peer.places.end() && want.asks_whether && !peer.queue.at(known->second).asks_whether) return;
    drop(peer, want.cid);
    if (peer.queue.size() >= limits_.wants_of_peer || waiting_ >= limits_.wants) return;
    const Place place{-static_cast<std::int64_t>(want.priority), next_++};
    peer.queue.emplace(place, want);
    peer.places.emplace(want.cid, place);
    ++waiting_;
}

void BitswapServer::drop(Peer& peer, const Cid& cid) {
    const auto it = peer.places.find(cid);
    if (it == peer.places.end()) return;
    peer.queue.erase(it->second);
    peer.places.erase(it);
    --waiting_;
}

void BitswapServer::clear(Peer& peer) {
    waiting_ -= peer.queue.size();
    peer.queue.clear();
    peer.places.clear();
}

void BitswapServer::on_outbound(const net::PeerId& peer, Outbound& handler) {
    auto& state = peers_.at(peer);
    state.state = Peer::Out::open;
    state.out = &handler;
    handler.work();
}

/// The stream is over. Wants that came after its last message, if it ended well, get a new one; otherwise the peer has
/// to ask again.
void BitswapServer::outbound_gone(const net::PeerId& peer) {
    const auto it = peers_.find(peer);
    if (it == peers_.end()) return;
    auto& state = it->second;
    const bool has_ended_well = state.state == Peer::Out::open && state.out == nullptr;
    state.state = Peer::Out::none;
    state.out = nullptr;
    if (!has_ended_well) clear(state);
    if (has_ended_well && !state.queue.empty())
        post_([self = self_, peer] {
            if (*self == nullptr) return;
            const auto there = (*self)->peers_.find(peer);
            if (there != (*self)->peers_.end()) (*self)->on_request(peer, {});
        });
    tidy(peer);
}

/// Returns the answers to the next wants, as many as fit into one message and one turn.
BitswapAnswer BitswapServer::next_answer(Peer& peer, BitswapForm form) {
    BitswapAnswer out;
    std::size_t size = 0;
    for (std::size_t i = 0; i < limits_.wants_of_turn && size < limits_.message && !peer.queue.empty(); ++i) {
        const BitswapWant want = peer.queue.begin()->second;
        drop(peer, want.cid);
        answer_one(want, out, size);
    }
    // The old form has no place for them.
    if (form == BitswapForm::bare) out.presences.clear();
    return out;
}

void BitswapServer::answer_one(const BitswapWant& want, BitswapAnswer& to, std::size_t& size) {
    // The CID of the identity hash is its own data, and nobody needs to be asked for it.
    auto block = want.cid.hash() == HashCode::identity ? Result<std::optional<Bytes>>(std::nullopt) : get_(want.cid);
    const bool is_here = block && *block && (*block)->size() <= limits_.block;
    if (is_here && !want.asks_whether) {
        size += (*block)->size();
        bytes_ += (*block)->size();
        ++blocks_;
        to.blocks.push_back({want.cid, std::move(**block)});
    } else if (is_here || want.wants_refusal) {
        size += kPresence;
        to.presences.push_back({want.cid, is_here});
    }
}

BitswapServer::Stats BitswapServer::stats() const {
    return {peers_.size(), waiting_, blocks_, bytes_};
}

}  // namespace strata::p2p
