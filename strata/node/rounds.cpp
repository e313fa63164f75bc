#include <strata/node/rounds.hpp>

#include <fmt/format.h>

namespace strata::node {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxHere = 4'096;    // more than a block after a finality of null rounds has
constexpr std::size_t kMaxWanted = 4'096;  // the same
constexpr auto kPause = 250ms;             // after the source failed; it has longer pauses of its own
constexpr auto kForgetAfter = 10s;         // a round that nobody asked for that long
constexpr auto kShortWait = 1s;

}  // namespace

Rounds::Rounds(chain::BeaconSource& source)
    : source_(source), thread_([this](const std::stop_token& stop) { run(stop); }) {}

Rounds::~Rounds() {
    {
        const Lock lock(mutex_);
        thread_.request_stop();
    }
    changed_.notify_all();
}

std::string Rounds::text_of(std::uint64_t round, const Wanted& wanted) {
    const auto waited = std::chrono::steady_clock::now() - wanted.since;
    return fmt::format("round {} of the beacon, for {} s", round,
                       std::chrono::duration_cast<std::chrono::seconds>(waited).count());
}

Result<BeaconEntry> Rounds::entry(std::uint64_t round) {
    const Lock lock(mutex_);
    if (const auto it = here_.find(round); it != here_.end()) return BeaconEntry{round, it->second};
    if (wanted_.size() >= kMaxWanted && !wanted_.contains(round))
        return fail(Errc::busy, fmt::format("{} rounds of the beacon are waited for already", wanted_.size()));
    const auto now = std::chrono::steady_clock::now();
    const auto [it, is_first] = wanted_.try_emplace(round, Wanted{now, now, {}});
    it->second.asked = now;
    if (is_first) {
        is_new_ = true;
        changed_.notify_all();
    }
    const auto& reason = it->second.reason;
    return fail(Errc::busy, "the node waits for " + text_of(round, it->second) + (reason.empty() ? "" : ": ") + reason);
}

std::string Rounds::waits_for() const {
    const Lock lock(mutex_);
    if (wanted_.empty()) return {};
    const auto& [round, wanted] =
        *std::ranges::min_element(wanted_, {}, [](const auto& one) { return one.second.since; });
    if (std::chrono::steady_clock::now() < wanted.since + kShortWait) return {};
    return text_of(round, wanted);
}

std::vector<std::uint64_t> Rounds::take_wanted() {
    const auto now = std::chrono::steady_clock::now();
    std::erase_if(wanted_, [&](const auto& one) { return one.second.asked + kForgetAfter < now; });
    is_new_ = false;
    std::vector<std::uint64_t> out;
    for (const auto& [round, wanted] : wanted_) out.push_back(round);
    return out;
}

/// Returns true if the round is here now.
bool Rounds::fetch(std::uint64_t round) {
    auto entry = source_.entry(round);
    const Lock lock(mutex_);
    if (!entry) {
        if (const auto it = wanted_.find(round); it != wanted_.end()) it->second.reason = entry.error().message();
        return false;
    }
    wanted_.erase(round);
    here_.insert_or_assign(round, std::move(entry->data));
    if (here_.size() > kMaxHere) here_.erase(here_.begin());
    return true;
}

void Rounds::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        std::vector<std::uint64_t> rounds;
        {
            Lock lock(mutex_);
            while (wanted_.empty() && !stop.stop_requested()) changed_.wait(lock);
            rounds = take_wanted();
        }
        bool has_failed = false;
        for (const auto round : rounds)
            if (!stop.stop_requested()) has_failed |= !fetch(round);
        if (!has_failed) continue;
        Lock lock(mutex_);
        if (!is_new_ && !stop.stop_requested()) changed_.wait_for(lock, kPause);
    }
}

}  // namespace strata::node
