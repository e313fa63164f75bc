#include <strata/index/follower.hpp>

#include <condition_variable>

#include <strata/base/log.hpp>
#include <strata/base/mutex.hpp>

namespace strata::index {
namespace {

using chain::NullRound;
using chain::TipsetPtr;

const Log kLog("index");

// The most epochs whose tipsets are held at a time while the index catches up.
constexpr ChainEpoch kStretch = 128;

/// Returns the tipsets above `tip` up to about kStretch epochs, the oldest first. `tip` is on the chain of `head`.
Result<std::vector<TipsetPtr>> next_tipsets(chain::Chain& chain, const TipsetPtr& tip, const TipsetPtr& head) {
    STRATA_TRY(auto at, chain.tipset_at(std::min(head->height(), tip->height() + kStretch), head, NullRound::next));
    std::vector<TipsetPtr> out;
    while (at->height() > tip->height()) {
        out.push_back(at);
        STRATA_TRY(at, chain.parent(*at));
    }
    std::ranges::reverse(out);
    return out;
}

Status apply(chain::Chain& chain, ChainIndex& index, const TipsetPtr& tipset, const TipsetPtr& parent) {
    STRATA_TRY(const auto messages, chain::messages_in_order(chain, *tipset));
    STRATA_TRY(const auto executed, chain::executed_tipset(chain, parent, *tipset));
    STRATA_TRY(const auto events, chain::events_of(chain, executed));
    return index.apply(*tipset, messages, executed, events);
}

Result<bool> is_on_chain(chain::Chain& chain, const TipsetPtr& tip, const TipsetPtr& head) {
    if (tip->height() > head->height()) return false;
    STRATA_TRY(const auto there, chain.tipset_at(tip->height(), head, NullRound::previous));
    return there->key() == tip->key();
}

/// Brings the index one step closer to the head. Returns false if it is there.
Result<bool> step(chain::Chain& chain, ChainIndex& index, const std::stop_token& stop) {
    const auto head = chain.head();
    STRATA_TRY(const auto covered, index.coverage());
    if (!covered) {
        STRATA_TRY(const auto messages, chain::messages_in_order(chain, *head));
        STRATA_OK(index.apply(*head, messages, std::nullopt, {}));
        return true;
    }
    if (covered->tip == head->key()) return false;
    auto tip = chain.tipset(covered->tip);
    // The node has taken over a different part of the chain since.
    if (!tip && tip.error().code() == Errc::missing_block) {
        STRATA_OK(index.clear());
        return true;
    }
    if (!tip) return tip.error();
    STRATA_TRY(const bool here, is_on_chain(chain, *tip, head));
    if (!here) {
        if (covered->highest <= covered->lowest) {
            STRATA_OK(index.clear());
            return true;
        }
        STRATA_TRY(const auto parent, chain.parent(**tip));
        STRATA_OK(index.revert(**tip, *parent));
        return true;
    }
    STRATA_TRY(const auto next, next_tipsets(chain, *tip, head));
    for (const auto& tipset : next) {
        if (stop.stop_requested()) return true;
        STRATA_OK(apply(chain, index, tipset, *tip));
        tip = tipset;
    }
    return true;
}

}  // namespace

Status follow(chain::Chain& chain, ChainIndex& index, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        STRATA_TRY(const bool moved, step(chain, index, stop));
        if (!moved) break;
    }
    return {};
}

Result<bool> extend_down(chain::Chain& chain, ChainIndex& index, std::uint64_t most, const std::stop_token& stop) {
    STRATA_TRY(const auto covered, index.coverage());
    if (!covered) return true;
    STRATA_TRY(auto child, chain.tipset(covered->first));
    for (std::uint64_t i = 0; i < most && child->height() > 0 && !stop.stop_requested(); ++i) {
        STRATA_TRY(auto tipset, chain.parent(*child));
        STRATA_TRY(const auto executed, chain::executed_tipset(chain, tipset, *child));
        STRATA_TRY(const auto events, chain::events_of(chain, executed, chain::LostEvents::fail));
        STRATA_OK(index.extend_down(executed, events));
        child = std::move(tipset);
    }
    return child->height() > 0;
}

/// Tells the thread that there is a new head.
struct Follower::Wake {
    Mutex mutex;
    std::condition_variable_any changed;
    std::atomic<bool> is_due = false;

    void set() STRATA_EXCLUDES(mutex) {
        const Lock lock(mutex);
        is_due = true;
        changed.notify_all();
    }
    /// Waits until there is a new head, a stop is requested, or the time is over.
    void wait(const std::stop_token& stop, std::chrono::milliseconds time) STRATA_EXCLUDES(mutex) {
        Lock lock(mutex);
        changed.wait_for(lock, stop, time, [this] { return is_due.load(); });
        is_due = false;
    }
};

Follower::Follower(chain::Chain& chain, ChainIndex& index, Pace pace)
    : chain_(chain), index_(index), pace_(pace), wake_(std::make_shared<Wake>()) {
    chain.on_head([weak = std::weak_ptr(wake_)](const auto&, const auto&) {
        if (const auto wake = weak.lock()) wake->set();
    });
    thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}
Follower::~Follower() = default;

/// Adds some tipsets below the lowest one. Returns the time until there is more to do.
std::chrono::milliseconds Follower::extend(const std::stop_token& stop) {
    constexpr auto kUntilHead = std::chrono::hours(1);
    const auto covered = index_.coverage();
    if (covered && (!*covered || (*covered)->is_complete)) return kUntilHead;
    const auto more = covered ? extend_down(chain_, index_, pace_.tipsets, stop) : Result<bool>(covered.error());
    if (more) return *more ? pace_.pause : std::chrono::milliseconds(kUntilHead);
    if (more.error().code() != Errc::missing_block) {
        kLog.limited(failures_, LogLevel::warning, "the index of the chain cannot be completed now",
                     {{"cause", more.error()}});
        return pace_.after_error;
    }
    // Where a snapshot began, or states are not kept, the index begins, too. A restart tries again.
    const auto reached = index_.coverage();
    const ChainEpoch bottom = reached && *reached ? (*reached)->lowest : (*covered)->lowest;
    index_.set_bottom(bottom);
    kLog.info("the index of the chain begins where this node's data begin",
              {{"epoch", bottom}, {"cause", more.error()}});
    return kUntilHead;
}

void Follower::work(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        if (const auto done = follow(chain_, index_, stop); !done) {
            kLog.limited(failures_, LogLevel::warning, "the index of the chain cannot follow the head now",
                         {{"cause", done.error()}});
            wake_->wait(stop, pace_.after_error);
            continue;
        }
        wake_->wait(stop, extend(stop));
    }
}

}  // namespace strata::index
