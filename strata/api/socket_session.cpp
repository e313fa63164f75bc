#include <strata/api/socket_session.hpp>

#include <nlohmann/json.hpp>

namespace strata::api {
namespace {

constexpr std::string_view kCancel = "xrpc.cancel";
constexpr std::string_view kOwnNames = "xrpc.";

std::string notification(std::string_view method, const std::string& params) {
    return R"({"jsonrpc":"2.0","method":")" + std::string(method) + R"(","params":)" + params + "}";
}

}  // namespace

/// A channel of this connection. Its lock may be taken under that of a feed, and is not held while the session's is
/// taken.
class SocketSession::SocketChannel final : public Channel, public std::enable_shared_from_this<SocketChannel> {
  public:
    SocketChannel(std::weak_ptr<SocketSession> session, std::shared_ptr<http::WebSocket> socket, std::uint64_t request,
                  std::uint64_t id, ChannelForm form)
        : session_(std::move(session)),
          socket_(std::move(socket)),
          request_(request),
          id_(id),
          form_(std::move(form)) {}

    bool send(const std::string& value) override {
        if (!is_open()) return false;
        if (waiting() >= form_.most_waiting) {
            close();
            return false;
        }
        ++*waiting_;
        const std::shared_ptr<const void> ticket(waiting_.get(), [count = waiting_](const void*) { --*count; });
        return socket_->send(form_.before.empty()
                                 ? notification("xrpc.ch.val", "[" + std::to_string(id_) + "," + value + "]")
                                 : form_.before + value + form_.after,
                             ticket);
    }
    void close() override {
        if (!is_open_.exchange(false)) return;
        if (form_.before.empty()) socket_->send(notification("xrpc.ch.close", "[" + std::to_string(id_) + "]"), {});
        if (const auto session = session_.lock()) session->forget_channel(request_, id_);
    }
    bool is_open() const override { return is_open_; }
    std::size_t waiting() const override { return *waiting_; }
    /// Ends the channel without a word to the client, which is gone.
    void abandon() { is_open_ = false; }

  private:
    const std::weak_ptr<SocketSession> session_;
    const std::shared_ptr<http::WebSocket> socket_;
    const std::uint64_t request_;
    const std::uint64_t id_;
    const ChannelForm form_;
    std::atomic<bool> is_open_ = true;
    // Messages that wait may outlive the channel.
    const std::shared_ptr<std::atomic<std::size_t>> waiting_ = std::make_shared<std::atomic<std::size_t>>(0);
};

/// The channels that one request opens. They start when its answer is on its way.
class SocketSession::Opening final : public ChannelHost {
  public:
    Opening(std::shared_ptr<SocketSession> session, std::uint64_t request)
        : session_(std::move(session)), request_(request) {}

    std::optional<std::uint64_t> open(ChannelStart start, ChannelForm form) override {
        const Options& options = session_->serving_.options;
        const Lock lock(session_->mutex_);
        const auto it = session_->running_.find(request_);
        if (it == session_->running_.end() || session_->open_channels_ >= options.channels) return std::nullopt;
        const auto id = session_->next_channel_++;
        if (form.most_waiting == 0) form.most_waiting = options.channel_values;
        auto channel = std::make_shared<SocketChannel>(session_, session_->socket_, request_, id, std::move(form));
        it->second.channels.emplace(id, channel);
        ++session_->open_channels_;
        opened_.emplace_back(std::move(channel), std::move(start));
        return id;
    }
    void start() {
        for (auto& [channel, begin] : std::exchange(opened_, {})) begin(channel);
    }
    /// Closes the channels of a request that is not answered, so that nobody knows their numbers.
    void drop() {
        for (auto& [channel, begin] : std::exchange(opened_, {})) channel->close();
    }

  private:
    const std::shared_ptr<SocketSession> session_;
    const std::uint64_t request_;
    std::vector<std::pair<std::shared_ptr<SocketChannel>, ChannelStart>> opened_;
};

void SocketSession::on_message(std::string message) {
    auto read = read_calls(as_bytes(message), serving_.limits.get());
    if (auto* refused = std::get_if<Reply>(&read)) {
        socket_->send(std::move(refused->body));
        return;
    }
    auto& calls = std::get<Calls>(read);
    if (!calls.is_batch) {
        const Call& call = calls.calls.front();
        if (call.is_answer) return;  // this node asks its clients nothing
        if (call.method == kCancel && call.params) return cancel(*call.params);
        if (call.method.starts_with(kOwnNames)) return;  // channels of the client: no method here takes one
    }
    run(std::move(calls));
}

void SocketSession::refuse_call(const Calls& calls, const Fault& fault) {
    ReplyWriter reply(calls.is_batch, serving_.limits.get().answer_bytes);
    for (const auto& call : calls.calls) reply.add(call, fault);
    auto body = std::move(reply).finish().body;
    if (!body.empty()) socket_->send(std::move(body));
}

void SocketSession::run(Calls calls) {
    auto share = MemoryShare::take(serving_, calls, permissions_);
    if (!share)
        return refuse_call(calls, {Code::limit_exceeded, "this node is working on too many requests: ask again later"});
    std::uint64_t request = 0;
    std::stop_token gone;
    {
        const Lock lock(mutex_);
        if (is_closed_) return;
        if (running_.size() < serving_.options.socket_calls + open_channels_) {
            request = next_request_++;
            Running& running = running_[request];
            const auto& id = calls.calls.front().id;
            if (!calls.is_batch && id) running.id = text_of(*id);
            gone = running.stop.get_token();
        }
    }
    if (request == 0)
        return refuse_call(calls, {Code::limit_exceeded,
                                   "this connection has too many calls that are not answered "
                                   "yet: wait for answers or cancel calls"});
    const auto opened = std::make_shared<Opening>(shared_from_this(), request);
    const auto job = std::make_shared<RequestJob>(
        serving_,
        RequestJob::Caller{.table = table_, .permissions = permissions_, .channels = opened, .gone = std::move(gone)},
        std::move(calls), std::move(*share));
    const Cost cost = job->cost();
    if (cost == Cost::cheap) {
        while (job->step() != Job::Next::done) {
        }
        return finish(request, job->finish(), *opened);
    }
    job->on_done([self = shared_from_this(), request, opened](Reply reply) {
        self->finish(request, std::move(reply), *opened);
    });
    serving_.desk_for(cost)->add(job);
}

// The call no longer counts when its answer is sent: a client that has the answer may make the next call.
void SocketSession::finish(std::uint64_t request, Reply reply, Opening& opened) {
    {
        const Lock lock(mutex_);
        const auto it = running_.find(request);
        if (it != running_.end()) {
            it->second.is_answered = true;
            if (it->second.channels.empty()) running_.erase(it);
        }
    }
    const bool is_sent = !reply.body.empty() && socket_->send(std::move(reply.body));
    if (!is_sent) opened.drop();
    opened.start();
}

void SocketSession::cancel(const Json& params) {
    if (!params.is_array() || params.empty()) return;
    const std::string id = text_of(params[0]);
    std::vector<std::shared_ptr<SocketChannel>> channels;
    std::vector<std::stop_source> stops;
    {
        const Lock lock(mutex_);
        for (auto& [number, running] : running_) {
            if (running.id != id) continue;
            stops.push_back(running.stop);
            for (const auto& [channel_id, channel] : running.channels) channels.push_back(channel);
        }
    }
    for (auto& stop : stops) stop.request_stop();
    for (const auto& channel : channels) channel->close();
}

void SocketSession::forget_channel(std::uint64_t request, std::uint64_t channel) {
    const Lock lock(mutex_);
    const auto it = running_.find(request);
    if (it == running_.end() || it->second.channels.erase(channel) == 0) return;
    --open_channels_;
    if (it->second.channels.empty() && it->second.is_answered) running_.erase(it);
}

void SocketSession::on_close() {
    std::map<std::uint64_t, Running> running;
    {
        const Lock lock(mutex_);
        is_closed_ = true;
        running.swap(running_);
        open_channels_ = 0;
    }
    for (auto& [request, one] : running) {
        one.stop.request_stop();
        for (const auto& [id, channel] : one.channels) channel->abandon();
    }
}

}  // namespace strata::api
