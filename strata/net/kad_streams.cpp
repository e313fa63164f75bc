// The streams of the DHT: one for each question of this node, and those on which peers ask.
#include <strata/net/frame_reader.hpp>
#include <strata/net/kad.hpp>

namespace strata::net {
namespace {

constexpr std::size_t kPart = 16 << 10;

}  // namespace

/// Asks one question on a stream of its own.
class Kad::Question final : public StreamHandler {
  public:
    Question(const KadMessage& message, Instant time, Answer done)
        : frame_(framed(encode_kad(message))), time_(time), type_(message.type), done_(std::move(done)) {}

    void on_open(Stream& stream) override {
        stream.set_deadline(stream.now() + time_);
        // The frame is small, and a new stream has room. This side ends after the answer, as in go-libp2p-kad-dht:
        // js-libp2p leaves a question unanswered if the end of the stream comes with it (@libp2p/kad-dht 16.4.5
        // src/rpc/index.ts, onIncomingStream: readStatus is no longer "readable" before the first message is read).
        if (stream.write(frame_) == frame_.size()) return;
        stream.reset();
        tell(fail(Errc::busy, "the peer does not take a question of " + std::to_string(frame_.size()) + " bytes"));
    }
    void on_readable(Stream& stream) override {
        reader_.on_bytes(stream.read());
        auto frame = reader_.next();
        if (frame && !*frame) return;
        stream.close();
        if (!frame) {
            tell(std::move(frame).error());
            return;
        }
        auto answer = decode_kad(**frame);
        if (answer && answer->type != type_)
            tell(fail(Errc::malformed, "the answer has a type that is different from the question's"));
        else
            tell(std::move(answer));
    }
    void on_finished(Stream& stream) override {
        stream.close();
        tell(fail(Errc::truncated, "the peer finished the stream before its answer was complete"));
    }
    void on_lost(const Error& why) override { tell(why); }

  private:
    void tell(Result<KadMessage> answer) {
        if (const auto done = std::exchange(done_, {})) done(std::move(answer));
    }

    const Bytes frame_;
    const Instant time_;
    const KadType type_;
    Answer done_;
    FrameReader reader_{KadMessage::kMaxAnswer, "an answer of the DHT"};
};

/// Answers the questions of a stream, one after the other: the next is read when the answer before it is written.
class Kad::Answerer final : public StreamHandler {
  public:
    explicit Answerer(std::shared_ptr<Kad*> kad) : kad_(std::move(kad)) {}
    ~Answerer() override {
        if (*kad_ != nullptr && peer_) (*kad_)->end_serving(*peer_);
    }

    void on_open(Stream& stream) override {
        if (*kad_ == nullptr || !(*kad_)->begin_serving(stream.peer())) {
            stream.reset();
            return;
        }
        peer_ = stream.peer();
        idle_ = (*kad_)->config_.idle_time;
        stream.set_deadline(stream.now() + idle_);
    }
    void on_readable(Stream& stream) override { work(stream); }
    void on_writable(Stream& stream) override { work(stream); }
    void on_finished(Stream& stream) override {
        finished_ = true;
        work(stream);
    }

  private:
    void work(Stream& stream) {
        while (true) {
            left_.drop(stream.write(left_.view()));
            if (!left_.empty()) return;
            auto frame = reader_.next();
            if (frame && !*frame) {
                const Bytes more = stream.read(kPart);
                reader_.on_bytes(more);
                if (!more.empty()) continue;
                if (finished_) stream.close();
                return;
            }
            if (!frame || !serve(stream, **frame)) {
                stream.reset();
                return;
            }
        }
    }
    bool serve(Stream& stream, BytesView request) {
        if (*kad_ == nullptr) return false;
        auto answer = (*kad_)->answer(stream.peer(), request);
        if (!answer) return false;
        stream.set_deadline(stream.now() + idle_);
        if (*answer) left_.push(framed(encode_kad(**answer)));
        return true;
    }

    const std::shared_ptr<Kad*> kad_;
    std::optional<PeerId> peer_;  // once it counts as one of the peer's streams
    Instant idle_{};
    FrameReader reader_{KadMessage::kMaxRequest, "a request of the DHT"};
    ByteQueue left_;
    bool finished_ = false;
};

Kad::Kad(Swarm& swarm, KadConfig config)
    : swarm_(swarm),
      config_(std::move(config)),
      self_(std::make_shared<Kad*>(this)),
      table_(swarm.id(), config_.table),
      now_(swarm.now()),
      next_refresh_(now_ + config_.refresh_every),
      next_look_(now_ + config_.look_for_more_every),
      last_refresh_(now_ - config_.refresh_pause) {
    STRATA_CHECK(config_.connect && !config_.protocol.empty());
    if (config_.serves) swarm_.support(config_.protocol, [self = self_] { return std::make_unique<Answerer>(self); });
    check_all_connected();
}

Kad::~Kad() {
    *self_ = nullptr;
}

bool Kad::begin_serving(const PeerId& peer) {
    auto& count = serving_[peer];
    if (count >= config_.streams_of_peer) return false;
    ++count;
    return true;
}

void Kad::end_serving(const PeerId& peer) {
    const auto it = serving_.find(peer);
    if (it != serving_.end() && --it->second == 0) serving_.erase(it);
}

/// Asks a peer for those that it knows near to a key; connects to it first if needed.
void Kad::ask(const PeerId& peer, const std::vector<Multiaddr>& addresses, const Bytes& key, const Answer& done) {
    if (swarm_.is_connected(peer)) {
        send_question(peer, key, done);
        return;
    }
    if (addresses.empty()) {
        done(fail(Errc::not_found, "no address of the peer is known"));
        return;
    }
    config_.connect(peer, addresses, [self = self_, peer, key, done](const Status& connected) {
        if (*self == nullptr) return;
        if (connected)
            (*self)->send_question(peer, key, done);
        else
            done(connected.error());
    });
}

void Kad::send_question(const PeerId& peer, const Bytes& key, const Answer& done) {
    const KadMessage question{.type = KadType::find_node, .key = key};
    auto handler = std::make_unique<Question>(question, config_.answer_time, done);
    const auto opened = swarm_.open(peer, {config_.protocol}, std::move(handler), now());
    if (!opened) done(opened.error());
}

/// Returns the answer to a request; empty if it gets none. Errors: those that end the stream.
Result<std::optional<KadMessage>> Kad::answer(const PeerId& peer, BytesView bytes) const {
    STRATA_TRY(auto request, decode_kad(bytes));
    const auto level = std::max(request.level, 1);  // go-libp2p-kad-dht pb/message.go GetClusterLevel
    switch (request.type) {
        case KadType::ping:
            // The answer is the request itself, without peers that nobody has checked.
            request.closer.clear();
            return std::optional(std::move(request));
        case KadType::find_node:
            if (request.key.empty()) break;
            return std::optional(
                KadMessage{.type = request.type, .level = level, .closer = nearest_for(peer, request)});
        case KadType::get_value:
        case KadType::get_providers:
            if (request.key.empty()) break;
            return std::optional(KadMessage{
                .type = request.type, .key = request.key, .level = level, .closer = nearest_for(peer, request)});
        case KadType::put_value:
        case KadType::add_provider:
            return fail(Errc::unsupported, "this DHT keeps neither values nor providers");
    }
    return fail(Errc::malformed, "the request of the DHT has no key");
}

/// Returns what a peer is told: the nearest of the table, but not itself. Only addresses of peers that this node was
/// connected to are passed on.
std::vector<KadPeer> Kad::nearest_for(const PeerId& asker, const KadMessage& request) const {
    std::vector<KadPeer> out;
    const auto target = PeerId::from_bytes(request.key);
    const bool by_name = request.type == KadType::find_node && target;
    // The peer that is looked for comes first, even if it is the asker, this node, or not in the table.
    if (by_name)
        if (auto there = known(*target); there && !there->addresses.empty()) out.push_back(std::move(*there));
    std::size_t count = 0;
    for (const auto* entry : table_.nearest(kad_key(request.key), config_.table.bucket + 1)) {
        if (entry->id == asker || count == config_.table.bucket) continue;
        ++count;
        if ((by_name && entry->id == *target) || entry->addresses.empty()) continue;
        out.push_back({entry->id, entry->addresses, swarm_.is_connected(entry->id)});
    }
    return out;
}

/// Returns what this node knows of a peer by itself.
std::optional<KadPeer> Kad::known(const PeerId& peer) const {
    if (peer == swarm_.id()) return KadPeer{peer, passable(swarm_.own_identify(0).listen), false};
    if (swarm_.is_connected(peer)) return KadPeer{peer, addresses_of(peer), true};
    const auto* entry = table_.find(peer);
    return entry == nullptr ? std::optional<KadPeer>() : KadPeer{peer, entry->addresses, false};
}

}  // namespace strata::net
