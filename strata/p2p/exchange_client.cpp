#include <strata/p2p/exchange_client.hpp>

namespace strata::p2p {

/// One request to one peer.
class ExchangeClient::Fetch final : public net::StreamHandler {
  public:
    Fetch(ExchangeClient& client, Job job)
        : client_(client),
          job_(std::move(job)),
          reader_(job_.request.length,
                  job_.request.what == chain::ChainRequest::What::headers ? kMaxExchangeHeaders : kMaxExchangeTipset),
          checker_(job_.request),
          most_(is_short() ? std::min(client.limits_.header_bytes, client.limits_.bytes) : client.limits_.bytes) {}
    Fetch(const Fetch&) = delete;
    Fetch& operator=(const Fetch&) = delete;
    ~Fetch() override { all_->erase(this); }

    std::uint64_t received() const { return is_over_ ? 0 : received_; }
    void give_way() {
        is_over_ = true;
        stream_->reset();
        client_.give_back(
            job_, fail(Errc::busy, "the answers that are not complete have more than " +
                                       std::to_string(client_.limits_.bytes_of_all) + " bytes together, the limit"));
    }

    void on_open(net::Stream& stream) override {
        stream_ = &stream;
        all_->insert(this);
        stream.set_deadline(stream.now() + client_.limits_.write_time);
        out_ = to_cbor(to_exchange(job_.request));
        on_writable(stream);
    }
    void on_writable(net::Stream& stream) override {
        if (is_sent_) return;
        written_ += stream.write(BytesView(out_).subspan(written_));
        if (written_ < out_.size()) return;
        is_sent_ = true;
        sent_at_ = stream.now();
        stream.finish();
        extend(stream);
    }
    void on_readable(net::Stream& stream) override {
        // A part at a time, so that a fast peer does not fill this node's memory with bytes that wait to be read.
        while (!is_over_) {
            const Bytes bytes = stream.read(kPart);
            if (bytes.empty()) return;
            take(stream, bytes);
        }
    }
    void on_finished(net::Stream& stream) override {
        on_readable(stream);
        if (is_over_) return;
        stream.reset();
        break_off(fail(Errc::truncated, "the peer ended its answer early"));
    }
    void on_lost(const Error& why) override {
        if (!is_over_) break_off(why);
    }

  private:
    static constexpr std::size_t kPart = 64 << 10;

    bool is_short() const { return job_.request.what == chain::ChainRequest::What::headers; }

    void extend(net::Stream& stream) const {
        const auto earned = static_cast<std::int64_t>(received_ * 1'000 / client_.limits_.bytes_a_second);
        stream.set_deadline(sent_at_ + client_.limits_.read_time + net::Instant(earned));
    }

    void take(net::Stream& stream, BytesView bytes) {
        const bool is_too_long = bytes.size() > most_ - received_;
        if (is_too_long) bytes = bytes.first(most_ - received_);
        received_ += bytes.size();
        extend(stream);
        client_.make_room();
        if (is_over_) return;
        while (true) {
            auto tipset = reader_.next(bytes);
            if (!tipset) return give_up(stream, Errc::verification, tipset.error());
            if (!*tipset) break;
            auto blocks = checker_.take(std::move(**tipset));
            if (!blocks) return give_up(stream, Errc::verification, blocks.error());
            tipsets_.push_back(std::move(*blocks));
        }
        if (reader_.is_complete()) return complete(stream);
        if (is_too_long) end_at_limit(stream);
    }

    // Each tipset of an honest peer is within its limit, but many together may not be. Those that came are of use, and
    // the syncer asks for the others anew.
    void end_at_limit(net::Stream& stream) {
        if (tipsets_.empty())
            return give_up(
                stream, Errc::verification,
                fail(Errc::too_large, "the answer has more than " + std::to_string(most_) + " bytes, the limit"));
        is_over_ = true;
        stream.reset();
        client_.succeed(job_, std::move(tipsets_));
    }

    void complete(net::Stream& stream) {
        const auto status = reader_.status();
        if (status != ExchangeStatus::ok && status != ExchangeStatus::partial)
            return give_up(
                stream, Errc::not_found,
                fail(Errc::not_found, "the peer answers with status " +
                                          std::to_string(static_cast<std::uint64_t>(status)) + ": " + reader_.text()));
        if (const auto good = checker_.finish(status); !good) return give_up(stream, Errc::verification, good.error());
        is_over_ = true;
        stream.close();
        client_.succeed(job_, std::move(tipsets_));
    }

    void give_up(net::Stream& stream, Errc code, const Error& why) {
        is_over_ = true;
        stream.reset();
        client_.fail_job(job_, code, why);
    }
    // Tipsets that came are checked, so a peer that was lost after them was of use.
    void break_off(const Error& why) {
        is_over_ = true;
        if (tipsets_.empty()) return client_.fail_job(job_, Errc::truncated, why);
        client_.ranking_.on_failure(job_.peer, client_.swarm_.now() - job_.begun, job_.request.length);
        client_.succeed(job_, std::move(tipsets_));
    }

    ExchangeClient& client_;
    const std::shared_ptr<std::set<Fetch*>> all_ = client_.fetches_;
    Job job_;
    ExchangeReader reader_;
    ExchangeChecker checker_;
    Bytes out_;
    std::size_t written_ = 0;
    bool is_sent_ = false;
    bool is_over_ = false;
    net::Instant sent_at_{};
    const std::uint64_t most_;
    std::uint64_t received_ = 0;
    net::Stream* stream_ = nullptr;
    std::vector<std::vector<chain::FullBlock>> tipsets_;
};

std::vector<chain::PeerName> ExchangeClient::peers() {
    const Lock lock(mutex_);
    return names_;
}

void ExchangeClient::ask(const chain::PeerName& peer, const chain::ChainRequest& request,
                         std::function<void(chain::ChainAnswer)> done) {
    const auto id = net::PeerId::parse(peer);
    if (!id) return done(fail(Errc::not_found, "there is no peer named " + peer));
    if (request.length == 0 || request.length > kMaxExchangeLength || request.top.empty())
        return done(fail(Errc::not_found, "no peer answers a request for " + std::to_string(request.length) +
                                              " tipsets from " + request.top.to_string()));
    post_([this, job = Job{.peer = *id, .request = request, .done = std::move(done)}]() mutable {
        begin(std::move(job));
    });
}

void ExchangeClient::answer(const Job& job, chain::ChainAnswer answer) const {
    job.done(std::move(answer));
    wake_();
}

void ExchangeClient::begin(Job job) {
    if (requests_ >= limits_.requests)
        return answer(job, fail(Errc::busy, std::to_string(requests_) + " requests wait for an answer, the limit"));
    ++requests_;
    open(std::move(job));
}

void ExchangeClient::open(Job job) {
    job.begun = swarm_.now();
    const Job copy = job;  // the handler is gone if the stream cannot be opened
    const auto opened = swarm_.open_at_once(copy.peer, std::string(kExchangeProtocol),
                                            std::make_unique<Fetch>(*this, std::move(job)), swarm_.now());
    // Every error but busy means that the peer is gone; none is a failure of this node.
    if (!opened) fail_job(copy, opened.error().code() == Errc::busy ? Errc::busy : Errc::truncated, opened.error());
}

void ExchangeClient::make_room() {
    std::uint64_t sum = 0;
    for (const auto* fetch : *fetches_) sum += fetch->received();
    if (sum <= limits_.bytes_of_all) return;
    const auto longest = std::ranges::max_element(*fetches_, {}, [](const Fetch* fetch) { return fetch->received(); });
    (*longest)->give_way();
}

void ExchangeClient::succeed(Job& job, std::vector<std::vector<chain::FullBlock>> tipsets) {
    --requests_;
    ranking_.on_success(job.peer, swarm_.now() - job.begun, tipsets.size());
    refresh();
    answer(job, std::move(tipsets));
}

void ExchangeClient::give_back(const Job& job, const Error& why) {
    --requests_;
    answer(job, why);
}

// The syncer asks a different peer: it knows whom it has asked already, and how many requests a chain is worth.
void ExchangeClient::fail_job(const Job& job, Errc code, const Error& why) {
    if (code != Errc::busy) ranking_.on_failure(job.peer, swarm_.now() - job.begun, job.request.length);
    if (code == Errc::verification) ranking_.exclude(job.peer, swarm_.now() + limits_.liar_time);
    refresh();
    --requests_;
    answer(job, fail(code, job.peer.to_string() + ": " + why.message()));
}

void ExchangeClient::add(const net::PeerId& peer) {
    written_.try_emplace(peer, peer.to_string());
    if (ranking_.add(peer)) refresh();
}

void ExchangeClient::remove(const net::PeerId& peer) {
    ranking_.remove(peer);
    written_.erase(peer);
    refresh();
}

void ExchangeClient::refresh() {
    std::vector<chain::PeerName> names;
    for (const auto& peer : ranking_.order(swarm_.now(), swarm_.random())) names.push_back(written_.at(peer));
    const Lock lock(mutex_);
    names_ = std::move(names);
}

}  // namespace strata::p2p
