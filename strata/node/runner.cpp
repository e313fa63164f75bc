#include <strata/node/runner.hpp>

#include <fmt/format.h>

#include <thread>

#include <strata/chain/api.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/winning.hpp>
#include <strata/node/network.hpp>
#include <strata/node/node.hpp>

namespace strata::node {
namespace {

constexpr auto kLookEvery = std::chrono::milliseconds(50);
/// A head this many epochs behind the clock is continued epoch by epoch.
constexpr ChainEpoch kLate = 10;

}  // namespace

// 10 s of a block delay of 30 s on public networks, 1 s of 4 s on local ones (lotus build/buildconstants/params_*.go,
// PropagationDelaySecs).
std::uint64_t propagation_delay(const chain::Network& network) {
    return chain::is_public(network) ? 10 : std::clamp<std::uint64_t>(network.block_delay / 4, 1, 10);
}

std::uint64_t Runner::now() const {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(unix_time_()).count());
}

void Runner::run(const std::function<bool()>& stopped) {
    while (!stopped()) {
        step();
        std::this_thread::sleep_for(kLookEvery);
    }
}

// Source: lotus miner/miner.go, mine: the epoch after the base and its null rounds, however late it is.
ChainEpoch Runner::wanted(ChainEpoch present) const {
    const auto head = node_.chain().head()->height();
    if (head + kLate >= present) return present + 1;
    return std::max(head, mined_) + 1;
}

// Blocks need time to arrive before the next one is built on them. Late ones keep the same distance, so that peers and
// messages can follow: a miner with stub proofs has no window PoSts, and loses its power at its first deadline.
bool Runner::is_ready_for(ChainEpoch wanted, ChainEpoch present) const {
    if (wanted <= mined_ || wanted > present + 1) return false;
    if (wanted <= present) return now() >= late_again_;
    return now() >= network_.timestamp_at(present) + propagation_delay(network_);
}

// A block of the next epoch is made while the present one lasts, and leaves when its time has come.
void Runner::step() {
    const auto time = now();
    if (time < network_.genesis_timestamp) return;
    const auto epoch = static_cast<ChainEpoch>((time - network_.genesis_timestamp) / network_.block_delay);
    if (epoch != worked_) {
        worked_ = epoch;
        node_.on_epoch(epoch);
    }
    if (!node_.makes_blocks()) return;
    const auto next = wanted(epoch);
    if (!is_ready_for(next, epoch)) return;
    if (node_.network() != nullptr && !node_.network()->is_settled()) return;
    mined_ = next;
    late_again_ = time + propagation_delay(network_);
    mine(next);
}

void Runner::mine(ChainEpoch epoch) {
    auto win = node_.check_win(epoch);
    if (win && !*win) return;
    auto made = win ? node_.make_block(**win, now()) : Status(std::move(win).error());
    if (!made && made.error().code() == Errc::cancelled) return;
    if (!made && win)
        made =
            std::move(made).error().with_context(fmt::format("epoch {} was won but has no block of this miner", epoch));
    node_.health().ran(Part::mining, made);
}

}  // namespace strata::node
