#include <strata/api/ethereum_feed.hpp>

#include <nlohmann/json.hpp>

#include <strata/api/ethereum_logs.hpp>
#include <strata/api/ethereum_lookup.hpp>
#include <strata/api/ethereum_receipts.hpp>
#include <strata/base/log.hpp>
#include <strata/chain/address_prefix.hpp>
#include <strata/chain/network.hpp>
#include <strata/crypto/random.hpp>

namespace strata::api {
namespace {

using chain::TipsetPtr;
using index::EventQuery;

const Log kLog("api");

/// Returns true if the tipset is one that the query asks for.
bool is_in_range(const EventQuery& query, const chain::Tipset& tipset) {
    if (query.tipset) return *query.tipset == block_hash(tipset.key());
    return tipset.height() >= query.from && (query.to < 0 || tipset.height() <= query.to);
}

}  // namespace

EthereumFeed::EthereumFeed(chain::Chain& chain, const Options& options, Limits limits)
    : chain_(chain), options_(options), limits_(limits), print_(chain::address_prefix(chain.network())) {}

EthereumFeed::~EthereumFeed() {
    stop();
}

std::shared_ptr<EthereumFeed> EthereumFeed::open(chain::Chain& chain, const Options& options, Limits limits) {
    const std::shared_ptr<EthereumFeed> out(new EthereumFeed(chain, options, limits));
    const std::weak_ptr<EthereumFeed> weak = out;
    chain.on_head([weak](const auto& reverted, const auto& applied) {
        if (const auto self = weak.lock()) self->head_changed(reverted, applied);
    });
    chain.on_pool_change([weak](const SignedMessage& message, bool is_added) {
        const auto self = weak.lock();
        if (!self || !is_added) return;
        const Lock lock(self->mutex_);
        if (self->is_wanted(Kind::pending))
            self->queue({.tipset = {}, .is_applied = true, .message = message, .number = 0});
    });
    const Lock lock(out->mutex_);
    if (out->head_.empty()) out->head_ = chain.head()->key();
    return out;
}

void EthereumFeed::head_changed(const std::vector<TipsetPtr>& reverted, const std::vector<TipsetPtr>& applied) {
    const Lock lock(mutex_);
    if (!applied.empty()) head_ = applied.back()->key();
    if (filters_.empty() && subscriptions_.empty()) return;
    for (const auto& tipset : reverted) queue({.tipset = tipset, .is_applied = false, .message = {}, .number = 0});
    for (const auto& tipset : applied) queue({.tipset = tipset, .is_applied = true, .message = {}, .number = 0});
}

bool EthereumFeed::is_wanted(Kind kind) const {
    const auto is_it = [&](const auto& one) { return one.second.wanted.kind == kind; };
    return std::ranges::any_of(filters_, is_it) || std::ranges::any_of(subscriptions_, is_it);
}

void EthereumFeed::queue(Change change) {
    if (is_stopped_) return;
    if (changes_.size() >= limits_.changes) {
        const bool has_tipsets = std::ranges::any_of(changes_, [](const Change& one) { return one.tipset != nullptr; });
        lose(has_tipsets || change.tipset != nullptr);
        changes_.clear();
    }
    change.number = ++number_;
    changes_.push_back(std::move(change));
    is_due_ = true;
    changed_.notify_all();
}

void EthereumFeed::lose(bool also_blocks) {
    const auto is_hit = [&](const Wanted& wanted) { return also_blocks || wanted.kind == Kind::pending; };
    for (auto& [id, filter] : filters_)
        if (is_hit(filter.wanted)) filter.has_lost = true;
    for (auto& [id, subscription] : subscriptions_)
        if (is_hit(subscription.wanted)) subscription.channel->close();
}

void EthereumFeed::start_thread() {
    if (thread_.joinable() || is_stopped_) return;
    thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

void EthereumFeed::stop() {
    std::jthread ended;
    {
        const Lock lock(mutex_);
        is_stopped_ = true;
        changes_.clear();
        ended = std::move(thread_);
    }
    ended.request_stop();
}

Hash256 EthereumFeed::draw_id() {
    Hash256 out{};
    crypto::SystemRandom random;
    random.fill(std::span(out).first(16));
    return out;
}

Result<Hash256> EthereumFeed::add_filter(Wanted wanted, std::vector<std::string> values, const TipsetKey& as_of) {
    const Hash256 id = draw_id();
    const Lock lock(mutex_);
    if (!as_of.empty() && head_ != as_of) return fail(Errc::busy, "the head of the chain has changed: ask again");
    end_idle_filters();
    if (filters_.size() >= limits_.filters) return fail(Errc::too_large, "maximum number of filters registered");
    Filter& filter = filters_[id];
    filter.wanted = std::move(wanted);
    filter.since = number_;
    filter.used = std::chrono::steady_clock::now();
    for (const auto& value : values) keep(filter, value);
    start_thread();
    return id;
}

Result<std::vector<std::string>> EthereumFeed::take(const Hash256& id, bool only_logs) {
    const Lock lock(mutex_);
    end_idle_filters();
    const auto it = filters_.find(id);
    if (it == filters_.end()) return fail(Errc::not_found, "filter not found");
    Filter& filter = it->second;
    if (only_logs && filter.wanted.kind != Kind::logs) return fail(Errc::invalid_argument, "wrong filter type");
    filter.used = std::chrono::steady_clock::now();
    std::vector<std::string> out(std::move_iterator(filter.values.begin()), std::move_iterator(filter.values.end()));
    filter.values.clear();
    bytes_ -= std::exchange(filter.bytes, 0);
    if (std::exchange(filter.has_lost, false))
        return fail(Errc::too_large,
                    "more values waited in the filter than this node keeps, so that some were dropped: the filter goes "
                    "on from here; ask for the range again, or ask more often");
    return out;
}

bool EthereumFeed::remove_filter(const Hash256& id) {
    const Lock lock(mutex_);
    const auto it = filters_.find(id);
    if (it == filters_.end()) return false;
    bytes_ -= it->second.bytes;
    filters_.erase(it);
    return true;
}

void EthereumFeed::end_idle_filters() {
    const auto oldest = std::chrono::steady_clock::now() - limits_.idle;
    for (auto it = filters_.begin(); it != filters_.end();) {
        if (it->second.used > oldest) {
            ++it;
            continue;
        }
        bytes_ -= it->second.bytes;
        it = filters_.erase(it);
    }
}

void EthereumFeed::subscribe(const Hash256& id, Wanted wanted, const std::shared_ptr<Channel>& channel) {
    const Lock lock(mutex_);
    std::erase_if(subscriptions_, [](const auto& one) { return !one.second.channel->is_open(); });
    if (subscriptions_.size() >= limits_.subscriptions) return channel->close();
    subscriptions_.insert_or_assign(id,
                                    Subscription{.wanted = std::move(wanted), .channel = channel, .since = number_});
    start_thread();
}

bool EthereumFeed::unsubscribe(const Hash256& id) {
    std::shared_ptr<Channel> channel;
    {
        const Lock lock(mutex_);
        const auto it = subscriptions_.find(id);
        if (it == subscriptions_.end()) return false;
        channel = std::move(it->second.channel);
        subscriptions_.erase(it);
    }
    const bool was_open = channel->is_open();
    channel->close();
    return was_open;
}

void EthereumFeed::work(const std::stop_token& stop) {
    while (true) {
        std::optional<Change> change;
        {
            Lock lock(mutex_);
            if (!changed_.wait(lock, stop, [this] { return is_due_.load(); })) return;
            if (!changes_.empty()) {
                change = std::move(changes_.front());
                changes_.pop_front();
            }
            is_due_ = !changes_.empty();
        }
        if (change) tell(*change);
    }
}

void EthereumFeed::tell(const Change& change) {
    const auto guard =
        options_.node_guard == nullptr ? std::unique_lock<std::mutex>() : std::unique_lock(*options_.node_guard);
    Status done;
    if (change.message) {
        done = tell_message(change);
    } else {
        done = tell_events(change);
        if (done && change.is_applied) done = tell_block(change);
    }
    if (done) return;
    kLog.warning("subscribers cannot be told what happened on the chain", {{"cause", done.error()}});
    const Lock lock(mutex_);
    lose(!change.message);
}

Status EthereumFeed::tell_block(const Change& change) {
    give_to_filters(Kind::blocks, change.number, text_of(Json(hex_text(block_hash(change.tipset->key())))));
    {
        const Lock lock(mutex_);
        if (std::ranges::none_of(subscriptions_,
                                 [](const auto& one) { return one.second.wanted.kind == Kind::blocks; }))
            return {};
    }
    // Blocks with the same parents have the same newest block with results.
    if (change.tipset->height() == 0 || last_block_ == change.tipset->parents()) return {};
    STRATA_TRY(const auto newest, chain_.parent(*change.tipset));
    STRATA_TRY(const auto block, block_json(chain_, options_, newest, true));
    give_to_subscribers(Kind::blocks, change.number, text_of(block));
    last_block_ = change.tipset->parents();
    return {};
}

Status EthereumFeed::tell_events(const Change& change) {
    if (change.tipset->height() == 0) return {};
    STRATA_TRY(const auto tipset, chain_.parent(*change.tipset));
    bool wants_logs = false, wants_events = false;
    {
        const Lock lock(mutex_);
        for (const auto& [id, one] : subscriptions_)
            if (one.wanted.kind == Kind::events && one.wanted.query.to >= 0 && tipset->height() > one.wanted.query.to)
                one.channel->close();
        wants_logs = is_wanted(Kind::logs);
        wants_events = is_wanted(Kind::events);
    }
    if (!wants_logs && !wants_events) return {};
    STRATA_TRY(const auto executed, chain::executed_tipset(chain_, tipset, *change.tipset));
    STRATA_TRY(const auto events, chain::events_of(chain_, executed));
    const std::string block = hex_text(block_hash(tipset->key()));
    for (const auto& event : events) {
        auto found = indexed_event(executed, event);
        found.on_chain = change.is_applied;
        const Accepts accepts = [&](const Wanted& wanted) {
            return is_in_range(wanted.query, *tipset) && matches(wanted.query, event) &&
                   (!wanted.accepts || wanted.accepts(event.entries));
        };
        if (wants_events)
            give_to_subscribers(Kind::events, change.number, text_of(print_actor_event(print_, found)), accepts);
        if (!wants_logs) continue;
        STRATA_TRY(const auto hash, chain::ethereum_hash(executed.messages[event.message], chain_.network().chain_id));
        const auto log = indexed_log_text(found, block, hex_text(hash));
        if (!log) continue;
        give_to_filters(Kind::logs, change.number, *log, accepts);
        give_to_subscribers(Kind::logs, change.number, *log, accepts);
    }
    return {};
}

Status EthereumFeed::tell_message(const Change& change) {
    const auto hash = chain::ethereum_hash(*change.message, chain_.network().chain_id);
    if (!hash) return {};  // not a transaction of this chain
    const auto text = text_of(Json(hex_text(*hash)));
    give_to_filters(Kind::pending, change.number, text);
    give_to_subscribers(Kind::pending, change.number, text);
    return {};
}

void EthereumFeed::keep(Filter& filter, const std::string& value) {
    if (filter.values.size() >= limits_.values || bytes_ + value.size() > limits_.bytes) {
        bytes_ -= std::exchange(filter.bytes, 0);
        filter.values.clear();
        filter.has_lost = true;
    }
    if (filter.has_lost) return;
    filter.values.push_back(value);
    filter.bytes += value.size();
    bytes_ += value.size();
}

void EthereumFeed::give_to_filters(Kind kind, std::uint64_t change, const std::string& value, const Accepts& accepts) {
    const Lock lock(mutex_);
    for (auto& [id, filter] : filters_) {
        if (filter.wanted.kind != kind || change <= filter.since) continue;
        if (!accepts || accepts(filter.wanted)) keep(filter, value);
    }
}

void EthereumFeed::give_to_subscribers(Kind kind, std::uint64_t change, const std::string& value,
                                       const Accepts& accepts) {
    const Lock lock(mutex_);
    std::erase_if(subscriptions_, [&](const auto& one) {
        const Subscription& subscription = one.second;
        if (subscription.wanted.kind != kind || change <= subscription.since) return false;
        if (accepts && !accepts(subscription.wanted)) return false;
        return !subscription.channel->send(value);
    });
}

}  // namespace strata::api
