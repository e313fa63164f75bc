#include <strata/p2p/exchange_server.hpp>

#include <strata/net/byte_queue.hpp>

namespace strata::p2p {

/// One request. The number of tipsets comes before the first of them, so the answer is measured, and then read again
/// and sent tipset by tipset.
class ExchangeServer::Answer final : public net::StreamHandler {
  public:
    explicit Answer(ExchangeServer& server) : server_(server) {}
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;
    ~Answer() override {
        if (!peer_) return;
        --server_.streams_;
        if (--server_.of_peer_[*peer_] == 0) server_.of_peer_.erase(*peer_);
    }

    void on_open(net::Stream& stream) override {
        stream.set_deadline(stream.now() + server_.limits_.read_time);
        const auto it = server_.of_peer_.find(stream.peer());
        const std::size_t of_peer = it == server_.of_peer_.end() ? 0 : it->second;
        if (server_.streams_ >= server_.limits_.streams || of_peer >= server_.limits_.streams_of_peer) {
            refuse(stream, ExchangeStatus::go_away, "this node answers too many requests now");
            return;
        }
        peer_ = stream.peer();
        ++server_.streams_;
        ++server_.of_peer_[*peer_];
    }
    void on_readable(net::Stream& stream) override {
        const Bytes bytes = stream.read();
        if (stage_ != Stage::reading) return;
        BytesView rest = bytes;
        const auto complete = reader_.take(rest);
        if (!complete) return reset(stream);
        if (*complete) begin(stream);
    }
    void on_finished(net::Stream& stream) override {
        if (stage_ == Stage::reading) reset(stream);
    }
    void on_writable(net::Stream& stream) override {
        if (stage_ == Stage::sending) send(stream);
    }
    void on_lost(const Error&) override { stage_ = Stage::over; }

  private:
    enum class Stage : std::uint8_t { reading, measuring, sending, over };

    void reset(net::Stream& stream) {
        stage_ = Stage::over;
        stream.reset();
    }
    void refuse(net::Stream& stream, ExchangeStatus status, std::string_view text) {
        out_.push(exchange_response_head(status, text, 0));
        stage_ = Stage::sending;
        send(stream);
    }

    void begin(net::Stream& stream) {
        auto request = from_cbor<ExchangeRequest>(reader_.item());
        if (!request) return reset(stream);
        request_ = std::move(*request);
        stream.set_deadline(stream.now() + server_.limits_.write_time);
        if (const auto refusal = refusal_of(request_)) return refuse(stream, ExchangeStatus::bad_request, *refusal);
        next_ = TipsetKey(request_.head);
        stage_ = Stage::measuring;
        measure(stream);
    }

    chain::ChainRequest ask_for(const TipsetKey& top, std::size_t length) const {
        using What = chain::ChainRequest::What;
        return {.top = top,
                .length = length,
                .what = (request_.options & ExchangeRequest::kMessages) != 0 ? What::blocks : What::headers};
    }

    /// Continues after the swarm had its turn, if the stream still exists then.
    void later(net::Stream& stream, void (Answer::*step)(net::Stream&)) {
        server_.post_([this, &stream, step, alive = std::weak_ptr(alive_)] {
            if (!alive.expired() && stage_ != Stage::over) (this->*step)(stream);
        });
    }

    // Finds how many tipsets there are.
    void measure(net::Stream& stream) {
        const std::size_t left = request_.length - keys_.size();
        const auto got = server_.chain_.serve(ask_for(next_, std::min(left, server_.limits_.tipsets_of_turn)));
        if (!got && keys_.empty()) {
            const bool busy = got.error().code() == Errc::busy;
            return refuse(stream, busy ? ExchangeStatus::go_away : ExchangeStatus::internal_error,
                          got.error().message());
        }
        const bool is_end = !got || !count(*got);
        if (!is_end) return later(stream, &Answer::measure);
        const bool is_whole = keys_.size() == request_.length;
        out_.push(exchange_response_head(is_whole ? ExchangeStatus::ok : ExchangeStatus::partial, "", keys_.size()));
        stage_ = Stage::sending;
        send(stream);
    }
    /// Returns false if the answer ends with these tipsets.
    bool count(const std::vector<std::vector<chain::FullBlock>>& tipsets) {
        for (const auto& blocks : tipsets) {
            keys_.push_back(next_);
            for (const auto& block : blocks) size_ += chain::approximate_size(block);
            next_ = TipsetKey(blocks.front().header.parents);
            if (blocks.front().header.height == 0 || size_ >= server_.limits_.bytes) return false;
        }
        return keys_.size() < request_.length;
    }

    void send(net::Stream& stream) {
        for (std::size_t turn = 0;; ++turn) {
            out_.drop(stream.write(out_.view()));
            if (!out_.empty()) return;  // on_writable continues
            if (sent_ == keys_.size()) break;
            if (turn == server_.limits_.tipsets_of_turn) return later(stream, &Answer::send);
            const auto got = server_.chain_.serve(ask_for(keys_[sent_], 1));
            // A tipset was lost since it was announced, so the answer cannot go on.
            if (!got) return reset(stream);
            ++sent_;
            out_.push(exchange_tipset(got->front(), request_.options));
        }
        stage_ = Stage::over;
        stream.close();
    }

    ExchangeServer& server_;
    std::optional<net::PeerId> peer_;  // once it counts
    Stage stage_ = Stage::reading;
    ItemReader reader_{kMaxExchangeRequest};
    ExchangeRequest request_;
    TipsetKey next_;
    std::vector<TipsetKey> keys_;  // of the tipsets of the answer
    std::size_t size_ = 0;
    std::size_t sent_ = 0;
    net::ByteQueue out_;
    const std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

std::unique_ptr<net::StreamHandler> ExchangeServer::accept() {
    return std::make_unique<Answer>(*this);
}

}  // namespace strata::p2p
