#include <strata/api/request_job.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include <strata/base/hex.hpp>
#include <strata/base/log.hpp>
#include <strata/base/metrics.hpp>
#include <strata/chain/address_prefix.hpp>

namespace strata::api {
namespace {

using Clock = std::chrono::steady_clock;

const Log kLog("api");

// A batch of at most this number of cheap calls is executed at once; a longer one waits among the expensive calls.
constexpr std::size_t kShortBatch = 10;
// Callers without the permission `admin` leave one part of this number of the memory for requests to its owner.
constexpr std::size_t kOwnersPart = 8;

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

Serving::Serving(chain::Chain& c, Options o)
    : chain(c),
      options(std::move(o)),
      beacon(options.beacon),
      session(draw_session()),
      feeds(Feeds::open(c)),
      ethereum(EthereumFeed::open(c, options)),
      pool_hashes(PoolHashes::open(c)),
      sender(c, options.wallet, options.records),
      // Blocks without a lock of their own cannot be read beside the node.
      exports(c, {.at_once = options.node_guard == nullptr ? options.exports : 0,
                  .for_others = options.exports_for_others,
                  .patience = options.export_patience,
                  .least_rate = options.export_least_rate,
                  .memory = options.export_memory}),
      funds(options.records),
      desk(std::make_shared<Desk>(options.threads)),
      slow_desk(std::make_shared<Desk>(options.slow_threads)) {
    add_all_methods(v1);
    v0 = v1;  // NOLINT(cppcoreguidelines-prefer-member-initializer): v1 is filled now
    add_v0_methods(v0);
    add_v2_methods(v2, v1);
    // The chain keeps the listener forever, so the listener must not keep the desk alive.
    for (const auto& one : {desk, slow_desk})
        chain.on_head([weak = std::weak_ptr(one)](const auto&, const auto&) {
            if (const auto found = weak.lock()) found->head_changed();
        });
}

std::optional<MemoryShare> MemoryShare::take(Serving& serving, const Calls& calls, const Permissions& permissions) {
    const std::size_t all = serving.limits.get().memory;
    const std::size_t mine = permissions.has(Permission::admin) ? all : all - all / kOwnersPart;
    if (serving.memory.fetch_add(calls.bytes) + calls.bytes <= mine) return MemoryShare(serving.memory, calls.bytes);
    serving.memory -= calls.bytes;
    return std::nullopt;
}

RequestJob::RequestJob(Serving& serving, Caller caller, Calls calls, MemoryShare share)
    : Job(caller.gone),
      serving_(serving),
      caller_(std::move(caller)),
      limits_(serving.limits.get()),
      calls_(std::move(calls)),
      share_(std::move(share)),
      reply_(calls_.is_batch, limits_.answer_bytes) {}

Cost RequestJob::cost() const {
    Cost out = calls_.calls.size() <= kShortBatch ? Cost::cheap : Cost::expensive;
    for (const auto& call : calls_.calls) out = std::max(out, caller_.table.cost_of(call.method));
    return out;
}

Job::Next RequestJob::step() {
    Call& call = calls_.calls[at_];
    const auto began = Clock::now();
    auto outcome = make_safely(call);
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

void RequestJob::give_up() {
    const Fault why(Code::application, gone().stop_requested()
                                           ? "context canceled: the client has cancelled this call or is gone"
                                           : "this node is stopping: ask a different node");
    for (; at_ < calls_.calls.size(); ++at_) reply_.add(calls_.calls[at_], why);
    if (done_) std::exchange(done_, nullptr)(finish());
}

void RequestJob::observe() const {
    if (serving_.options.answer_seconds == nullptr || waited_for_head_) return;
    serving_.options.answer_seconds->observe(std::chrono::duration<double>(Clock::now() - arrived_).count());
}

// A fault of this program in one call must not end the node: threads of the desk have nobody else who catches.
MethodTable::Outcome RequestJob::make_safely(const Call& call) {
    try {
        return make(call);
    } catch (const std::bad_alloc&) {
        return Fault(Code::application, "there is not enough memory for this call");
    } catch (const std::exception& error) {
        static LogLimit limit(10, std::chrono::seconds(60));
        kLog.limited(limit, LogLevel::error, "a call failed because of an error in this program",
                     {{"method", call.method.substr(0, 100)}, {"cause", error.what()}});
        return Fault(Code::application, "this call failed because of an error in this program");
    }
}

MethodTable::Outcome RequestJob::make(const Call& call) {
    const Options& options = serving_.options;
    if (call.refused) return *call.refused;
    if (reply_.is_full())
        return Fault(Code::limit_exceeded, "the answers of the batch are longer than " +
                                               std::to_string(limits_.answer_bytes) + " bytes: ask for less");
    if (at_ > 0 && worked_ > limits_.work)
        return Fault(Code::limit_exceeded, "the calls of the batch take longer than " +
                                               std::to_string(limits_.work.count()) + " seconds: ask for less");
    const auto guard =
        options.node_guard == nullptr ? std::unique_lock<std::mutex>() : std::unique_lock(*options.node_guard);
    Context context{.chain = serving_.chain,
                    .options = options,
                    .limits = limits_,
                    .beacon = serving_.beacon,
                    .session = serving_.session,
                    .started = serving_.started,
                    .permissions = caller_.permissions,
                    .feeds = *serving_.feeds,
                    .ethereum = *serving_.ethereum,
                    .finality = serving_.finality,
                    .pool_hashes = *serving_.pool_hashes,
                    .sender = serving_.sender,
                    .exports = serving_.exports,
                    .funds = serving_.funds,
                    .table = caller_.table,
                    .channels = caller_.channels.get(),
                    .gone = gone(),
                    .deadline = Clock::now() + limits_.work,
                    .memory = memory_,
                    .print = Printer(chain::address_prefix(serving_.chain.network()))};
    auto outcome = caller_.table.call(context, call.method, *call.params);
    wake_at_ = context.wake_at;
    return outcome;
}

}  // namespace strata::api
