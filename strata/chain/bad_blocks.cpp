#include <strata/chain/bad_blocks.hpp>

namespace strata::chain {
namespace {

// A state mismatch expires after this number of seconds, and the block may then be checked again.
constexpr std::uint64_t kMismatchLasts = 15 * 60;

}  // namespace

void BadBlocks::add(const Cid& block, std::string reason, Badness badness, std::uint64_t now) {
    const Lock lock(mutex_);
    latest_ = std::max(latest_, now);
    std::optional<std::uint64_t> expires;
    if (badness == Badness::state_mismatch) expires = now + kMismatchLasts;
    entries_.put(block, {std::move(reason), expires});
}

void BadBlocks::add_by_hand(const Cid& block, std::string reason) {
    const Lock lock(mutex_);
    entries_.put(block, {std::move(reason), std::nullopt});
}

void BadBlocks::remove(const Cid& block) {
    const Lock lock(mutex_);
    entries_.erase(block);
}

void BadBlocks::clear() {
    const Lock lock(mutex_);
    entries_ = LruMap<Cid, Entry>(kCapacity);
}

std::optional<std::string> BadBlocks::reason(const Cid& block, std::uint64_t now) {
    const Lock lock(mutex_);
    latest_ = std::max(latest_, now);
    return reason_at(block, now);
}

std::optional<std::string> BadBlocks::reason(const Cid& block) {
    const Lock lock(mutex_);
    return reason_at(block, latest_);
}

std::optional<std::string> BadBlocks::reason_at(const Cid& block, std::uint64_t now) {
    const Entry* const entry = entries_.find(block);
    if (entry == nullptr) return std::nullopt;
    if (!entry->expires || now < *entry->expires) return entry->reason;
    entries_.erase(block);
    return std::nullopt;
}

}  // namespace strata::chain
