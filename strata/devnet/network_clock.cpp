#include <strata/devnet/network_clock.hpp>

namespace strata::devnet {
namespace {

using std::chrono::duration_cast;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// Smaller jumps are the machine's own corrections of its clock.
constexpr seconds kNoticedJump{30};

}  // namespace

Clocks Clocks::of_machine() {
    return {[] { return duration_cast<nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()); },
            [] { return duration_cast<nanoseconds>(std::chrono::system_clock::now().time_since_epoch()); }};
}

NetworkClock::NetworkClock(const chain::Network& network, ChainEpoch epoch, Clocks clocks)
    : network_(network), clocks_(std::move(clocks)), apart_(clocks_.calendar() - clocks_.steady()) {
    set(epoch);
}

void NetworkClock::set(ChainEpoch epoch) {
    base_ = network_.timestamp_at(epoch);
    started_ = clocks_.steady();
}

std::uint64_t NetworkClock::now() const {
    return base_ + static_cast<std::uint64_t>(duration_cast<seconds>(clocks_.steady() - started_).count());
}

ChainEpoch NetworkClock::epoch() const {
    return static_cast<ChainEpoch>((now() - network_.genesis_timestamp) / network_.block_delay);
}

std::optional<std::int64_t> NetworkClock::calendar_jump() {
    const auto apart = clocks_.calendar() - clocks_.steady();
    const auto jump = duration_cast<seconds>(apart - apart_);
    if (std::chrono::abs(jump) <= kNoticedJump) return std::nullopt;
    apart_ = apart;
    return jump.count();
}

}  // namespace strata::devnet
