#include <strata/p2p/settling.hpp>

#include <algorithm>

namespace strata::p2p {
namespace {

/// Peers' heads this close to ours are not waited for, since they come with the next block.
constexpr ChainEpoch kNear = 2;
constexpr int kPatienceEpochs = 20;

}  // namespace

SettlingTimes SettlingTimes::of(std::uint64_t block_delay) {
    SettlingTimes out;
    out.patience = std::max<net::Instant>(
        out.patience, std::chrono::seconds(static_cast<std::int64_t>(block_delay)) * kPatienceEpochs);
    return out;
}

bool Settling::look(net::Instant now, ChainEpoch head, std::size_t heads_compared, const chain::SyncStatus& status) {
    if (is_settled_) return true;
    if (std::exchange(grown_to_, head) != head) grown_at_ = now;
    const bool is_behind = std::ranges::any_of(status.tasks, [head](const auto& task) {
        return task.target_height > head + kNear || task.target_height == 0;  // 0: its header has not come yet
    });
    const bool has_news = heads_compared > 0 || now >= began_ + times_.alone;
    is_settled_ = (has_news && !is_behind) || now >= grown_at_ + times_.patience;
    return is_settled_;
}

}  // namespace strata::p2p
