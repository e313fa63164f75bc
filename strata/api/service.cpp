#include <strata/api/service.hpp>

#include <nlohmann/json.hpp>

#include <random>

#include <strata/api/desk.hpp>
#include <strata/api/gzip.hpp>
#include <strata/api/method_table.hpp>
#include <strata/api/rpc.hpp>
#include <strata/base/hex.hpp>
#include <strata/base/metrics.hpp>
#include <strata/chain/address_prefix.hpp>

namespace strata::api {
namespace {

using Clock = std::chrono::steady_clock;

// A batch of at most this number of cheap calls is executed at once; a longer one waits among the expensive calls.
constexpr std::size_t kShortBatch = 10;
// The bytes of memory that a value of a request takes during the work: a node of nlohmann's tree, rounded up.
constexpr std::size_t kValueBytes = 120;

/// A share of a bounded sum of bytes, which the destructor gives back.
class Share {
  public:
    /// Takes a share. Empty if the sum would be more than `limit`.
    static std::optional<Share> take(std::atomic<std::size_t>& sum, std::size_t bytes, std::size_t limit) {
        if (sum.fetch_add(bytes) + bytes <= limit) return Share(sum, bytes);
        sum -= bytes;
        return std::nullopt;
    }
    Share(Share&& other) noexcept : sum_(std::exchange(other.sum_, nullptr)), bytes_(other.bytes_) {}
    Share& operator=(Share&&) = delete;
    ~Share() {
        if (sum_ != nullptr) *sum_ -= bytes_;
    }

  private:
    Share(std::atomic<std::size_t>& sum, std::size_t bytes) : sum_(&sum), bytes_(bytes) {}
    std::atomic<std::size_t>* sum_;
    std::size_t bytes_;
};

http::Response response_of(const Reply& reply) {
    return http::json_response(reply.status, reply.body);
}

/// Draws a session like Lotus: a UUID of version 4 (RFC 9562 §5.4), when the node starts.
std::string draw_session() {
    std::random_device device;
    Bytes bytes(16);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(device());
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);  // the version
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);  // the variant
    std::string text = to_hex(bytes);
    for (const std::size_t at : {20U, 16U, 12U, 8U}) text.insert(at, "-");
    return text;
}

}  // namespace

struct Service::Inside {
    Inside(chain::Chain& c, Options o)
        : chain(c), options(std::move(o)), beacon(options.beacon), desk(std::make_shared<Desk>(options.threads)) {
        for (auto* add :
             {add_node_methods, add_chain_methods, add_state_methods, add_randomness_methods, add_supply_methods,
              add_miner_methods, add_sector_methods, add_mining_methods, add_market_methods, add_verified_methods,
              add_multisig_methods, add_pool_methods, add_execution_methods, add_search_methods, add_sync_methods,
              add_ethereum_methods, add_wallet_methods})
            add(v1);
        v0 = v1;  // NOLINT(cppcoreguidelines-prefer-member-initializer): the loop above has filled v1
        add_v0_methods(v0);
        // The chain keeps the listener forever, so the listener must not keep the desk alive.
        chain.on_head([weak = std::weak_ptr(desk)](const auto&, const auto&) {
            if (const auto found = weak.lock()) found->head_changed();
        });
    }

    class Request;

    chain::Chain& chain;
    const Options options;
    MethodTable v1, v0;
    BeaconCache beacon;
    const std::string session = draw_session();
    std::atomic<std::size_t> memory = 0;
    const std::shared_ptr<Desk> desk;
};

/// Executes the calls of one request, one by one.
class Service::Inside::Request final : public Job {
  public:
    Request(Inside& inside, const MethodTable& table, Calls calls, Share share, std::stop_token gone)
        : Job(std::move(gone)),
          inside_(inside),
          table_(table),
          calls_(std::move(calls)),
          share_(std::move(share)),
          reply_(calls_.is_batch, inside.options.answer_bytes) {}

    bool is_cheap() const {
        return calls_.calls.size() <= kShortBatch && std::ranges::all_of(calls_.calls, [&](const Call& call) {
                   return table_.cost_of(call.method) == Cost::cheap;
               });
    }
    void on_done(http::Done done) { done_ = std::move(done); }
    http::Response finish() { return response_of(std::move(reply_).finish()); }

    Next step() override {
        Call& call = calls_.calls[at_];
        const auto began = Clock::now();
        auto outcome = make(call);
        worked_ += Clock::now() - began;
        if (outcome && !*outcome) {  // the call must wait for the next head
            waited_for_head_ = true;
            return Next::head;
        }
        reply_.add(call, outcome ? Answer(std::move(**outcome)) : Answer(std::move(outcome).error()));
        call = {};  // its parameters are not needed any more
        memory_.reset();
        if (++at_ < calls_.calls.size()) return Next::step;
        observe();
        if (done_) std::exchange(done_, nullptr)(finish());
        return Next::done;
    }
    void give_up() override {
        const Fault why(Code::application, gone().stop_requested() ? "the client has closed its connection"
                                                                   : "this node is stopping: ask a different node");
        for (; at_ < calls_.calls.size(); ++at_) reply_.add(calls_.calls[at_], why);
        if (done_) std::exchange(done_, nullptr)(finish());
    }

  private:
    void observe() const {
        if (inside_.options.answer_seconds == nullptr || waited_for_head_) return;
        inside_.options.answer_seconds->observe(std::chrono::duration<double>(Clock::now() - arrived_).count());
    }
    MethodTable::Outcome make(const Call& call) {
        if (call.refused) return *call.refused;
        if (reply_.is_full())
            return Fault(Code::limit_exceeded, "the answers of the batch are longer than " +
                                                   std::to_string(inside_.options.answer_bytes) +
                                                   " bytes: ask for less");
        if (at_ > 0 && worked_ > inside_.options.work)
            return Fault(Code::limit_exceeded, "the calls of the batch take longer than " +
                                                   std::to_string(inside_.options.work.count()) +
                                                   " milliseconds: ask for less");
        const auto guard = inside_.options.node_guard == nullptr ? std::unique_lock<std::mutex>()
                                                                 : std::unique_lock(*inside_.options.node_guard);
        Context context{.chain = inside_.chain,
                        .options = inside_.options,
                        .beacon = inside_.beacon,
                        .session = inside_.session,
                        .gone = gone(),
                        .deadline = Clock::now() + inside_.options.work,
                        .memory = memory_,
                        .print = Printer(chain::address_prefix(inside_.chain.network()))};
        return table_.call(context, call.method, *call.params);
    }

    Inside& inside_;
    const MethodTable& table_;
    Calls calls_;
    const Share share_;
    ReplyWriter reply_;
    std::size_t at_ = 0;
    const Clock::time_point arrived_ = Clock::now();
    Clock::duration worked_{};
    bool waited_for_head_ = false;
    std::any memory_;
    http::Done done_;
};

Service::Service(chain::Chain& chain, Options options) : inside_(std::make_unique<Inside>(chain, std::move(options))) {}
Service::~Service() {
    stop();
}

void Service::stop() {
    inside_->desk->stop();
}

std::vector<std::string> Service::methods() const {
    return inside_->v1.names();
}

bool Service::serves(const http::Request& request) {
    std::string_view path = request.path;
    if (path.ends_with('/')) path.remove_suffix(1);
    return path == "/rpc/v1" || path == "/rpc/v0";
}

http::Response Service::handle(const http::Request& request) {
    if (request.header("upgrade") == "websocket" || request.method == "GET")
        return http::text_response(400, "neither WebSocket nor GET is served here: send JSON-RPC 2.0 as POST");
    if (request.method != "POST")
        return http::text_response(405, request.method + " is not served here: send JSON-RPC 2.0 as POST");
    const Options& options = inside_->options;
    const auto body = unpack(request, options.request_bytes);
    if (!body) return http::error_response(body.error().code() == Errc::unsupported ? 415 : 400, body.error());

    auto read = read_calls(body->view(), options);
    if (auto* refused = std::get_if<Reply>(&read)) return response_of(*refused);
    auto& calls = std::get<Calls>(read);
    auto share = Share::take(inside_->memory, body->view().size() + calls.values * kValueBytes, options.memory);
    if (!share) {
        auto busy = refuse({Code::limit_exceeded, "this node is working on too many requests: ask again later"});
        busy.status = 503;
        return response_of(busy);
    }
    const MethodTable& table = request.path.starts_with("/rpc/v0") ? inside_->v0 : inside_->v1;
    const auto job =
        std::make_shared<Inside::Request>(*inside_, table, std::move(calls), std::move(*share), request.gone);
    // Cheap calls run on this thread of the HTTP server; all others go to the desk, so that no thread of the server
    // waits.
    if (job->is_cheap()) {
        while (job->step() != Job::Next::done) {
        }
        return job->finish();
    }
    return {200, {}, http::Later{[desk = inside_->desk, job](http::Done done) {
                job->on_done(std::move(done));
                desk->add(job);
            }}};
}

}  // namespace strata::api
