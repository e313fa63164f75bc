#include <strata/node/runner.hpp>

#include <fmt/format.h>

#include <thread>

#include <strata/chain/network.hpp>
#include <strata/chain/winning.hpp>
#include <strata/node/network.hpp>
#include <strata/node/node.hpp>

namespace strata::node {
namespace {

constexpr auto kLookEvery = std::chrono::milliseconds(50);

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

// A block of the next epoch is made while the present one lasts: on the blocks of the present one, after they had time
// to arrive. It leaves when its time has come.
void Runner::step() {
    const auto time = now();
    if (time < network_.genesis_timestamp) return;
    const auto epoch = static_cast<ChainEpoch>((time - network_.genesis_timestamp) / network_.block_delay);
    if (epoch != worked_) {
        worked_ = epoch;
        node_.on_epoch(epoch);
    }
    if (!node_.makes_blocks() || mined_ > epoch) return;
    if (time < network_.timestamp_at(epoch) + propagation_delay(network_)) return;
    if (node_.network() != nullptr && !node_.network()->is_settled()) return;
    mined_ = epoch + 1;
    mine(epoch + 1);
}

void Runner::mine(ChainEpoch epoch) {
    auto win = node_.check_win(epoch);
    if (!win) return node_.health().ran(Part::mining, std::move(win).error());
    if (!*win) return;
    auto made = node_.make_block(**win, now());
    if (!made && made.error().code() == Errc::cancelled) return;
    if (!made)
        made =
            std::move(made).error().with_context(fmt::format("epoch {} was won but has no block of this miner", epoch));
    node_.health().ran(Part::mining, made);
}

}  // namespace strata::node
