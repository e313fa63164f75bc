#include <strata/node/runner.hpp>

#include <fmt/format.h>

#include <thread>

#include <strata/actors/bundle.hpp>
#include <strata/chain/api.hpp>
#include <strata/chain/network.hpp>
#include <strata/node/network.hpp>
#include <strata/node/node.hpp>

namespace strata::node {
namespace {

constexpr auto kLookEvery = std::chrono::milliseconds(50);
/// A head this many epochs behind the clock is continued epoch by epoch.
constexpr ChainEpoch kLate = 10;
constexpr auto kAskEvery = std::chrono::milliseconds(250);  // for what a look at an epoch waits for

}  // namespace

// 10 s of a block delay of 30 s on public networks, 1 s of 4 s on local ones (lotus build/buildconstants/params_*.go,
// PropagationDelaySecs).
std::uint64_t propagation_delay(const chain::Network& network) {
    return chain::is_public(network) ? 10 : std::clamp<std::uint64_t>(network.block_delay / 4, 1, 10);
}

// lotus build/buildconstants/params_*.go, EquivocationDelaySecs.
std::uint64_t equivocation_delay(const chain::Network& network) {
    return network.bundle == actors::ActorBundle::devnet ? 0 : 2;
}

Runner::Runner(Node& node, const chain::Network& network, std::function<std::chrono::nanoseconds()> unix_time,
               std::optional<std::uint64_t> equivocation)
    : node_(node),
      network_(network),
      unix_time_(std::move(unix_time)),
      equivocation_(equivocation.value_or(equivocation_delay(network))) {}

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
    if (epoch != worked_) begin_epoch(epoch);
    if (!node_.makes_blocks()) return;
    if (won_) return finish_block();
    const auto next = unanswered_ >= epoch ? unanswered_ : wanted(epoch);
    if (!is_ready_for(next, epoch)) return;
    if (node_.network() != nullptr && !node_.network()->is_settled()) return;
    if (std::chrono::steady_clock::now() >= ask_again_) look_for_win(next);
}

void Runner::begin_epoch(ChainEpoch epoch) {
    worked_ = epoch;
    if (waits_ && unanswered_ < epoch) {
        has_failed_ = true;
        node_.health().ran(Part::mining, std::move(*std::exchange(waits_, std::nullopt)));
        // This epoch can still be won, late.
        if (wanted(epoch) == epoch + 1) unanswered_ = epoch;
    }
    node_.on_epoch(epoch);
}

void Runner::look_for_win(ChainEpoch epoch) {
    auto win = node_.check_win(epoch);
    if (!win && win.error().code() == Errc::busy) {
        waits_ = std::move(win).error().with_context(fmt::format("it is not known whether epoch {} is won", epoch));
        unanswered_ = epoch;
        ask_again_ = std::chrono::steady_clock::now() + kAskEvery;
        return;
    }
    mined_ = epoch;
    unanswered_ = -1;
    late_again_ = now() + propagation_delay(network_);
    waits_.reset();
    if (!win) {
        has_failed_ = true;
        return node_.health().ran(Part::mining, std::move(win).error());
    }
    if (std::exchange(has_failed_, false)) node_.health().ran(Part::mining, {});
    if (*win) take_win(std::move(**win));
}

// The proof is made while blocks of equivocating miners may still come.
void Runner::take_win(chain::Win win) {
    won_ = Won{std::move(win), unix_time_()};
    if (equivocation_.count() != 0) {
        auto proven = node_.prove(won_->win);
        if (!proven) return tell(std::exchange(won_, std::nullopt)->win.epoch, std::move(proven));
    }
    finish_block();
}

void Runner::finish_block() {
    if (unix_time_() < won_->at + equivocation_) return;
    auto won = std::move(*std::exchange(won_, std::nullopt));
    auto made = equivocation_.count() == 0 ? Status{} : node_.refresh(won.win);
    if (made) made = node_.make_block(won.win, now());
    tell(won.win.epoch, std::move(made));
}

void Runner::tell(ChainEpoch epoch, Status made) {
    if (!made && made.error().code() == Errc::cancelled) return;
    if (!made)
        made =
            std::move(made).error().with_context(fmt::format("epoch {} was won but has no block of this miner", epoch));
    node_.health().ran(Part::mining, made);
}

}  // namespace strata::node
