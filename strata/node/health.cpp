#include <strata/node/health.hpp>

#include <fmt/format.h>

#include <bit>

#include <strata/base/log.hpp>

namespace strata::node {
namespace {

const Log kLog("node");

/// A node is ready while its head is at most this many epochs old. Lotus' limit is 5 epochs; local networks have more
/// null rounds in a row.
constexpr ChainEpoch kMaxEpochsBehind = 20;

}  // namespace

std::string_view part_name(Part part) {
    switch (part) {
        case Part::network:
            return "network";
        case Part::provider:
            return "provider";
        case Part::market:
            return "market";
        case Part::mining:
            return "mining";
    }
    return "unknown";
}

Health::Health(std::string name, Metrics& metrics) : name_(std::move(name)), metrics_(metrics) {}

void Health::at(ChainEpoch epoch) {
    const Lock lock(mutex_);
    epoch_ = epoch;
}

ChainEpoch Health::epoch() const {
    const Lock lock(mutex_);
    return epoch_.value_or(0);
}

void Health::ran(Part part, const Status& status) {
    const Lock lock(mutex_);
    if (status) {
        if (failures_.erase(part) != 0)
            kLog.info("a part of the node works again", {{"node", name_}, {"part", part_name(part)}});
        return;
    }
    auto& failure = failures_[part];
    const std::string why = status.error().message();
    failure.why = why;
    if (++failure.times == 1) failure.since = epoch_.value_or(0);
    metrics_
        .counter("strata_failures_total", "Failed attempts of a part of the node.",
                 {{"part", std::string(part_name(part))}})
        .add();
    // Logged at 1, 2, 4, 8, … failures in a row, so that a lasting failure does not fill the log.
    if (std::has_single_bit(failure.times))
        kLog.warning("a part of the node failed and will try again",
                     {{"node", name_}, {"part", part_name(part)}, {"times", failure.times}, {"error", why}});
}

std::map<Part, Failure> Health::failures() const {
    const Lock lock(mutex_);
    return failures_;
}

std::string Health::waits_for(ChainEpoch head) const {
    const Lock lock(mutex_);
    if (!epoch_) return "the node is starting";
    if (*epoch_ - head > kMaxEpochsBehind)
        return fmt::format("the head is at epoch {}, {} epochs behind epoch {}; the node waits for a block", head,
                           *epoch_ - head, *epoch_);
    if (!failures_.empty()) {
        // The reason itself may name files of this machine, so it is in the log only.
        const auto& [part, failure] = *failures_.begin();
        return fmt::format("the {} part has failed since epoch {}; see the node's log", part_name(part), failure.since);
    }
    return {};
}

}  // namespace strata::node
