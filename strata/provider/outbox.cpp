#include <strata/provider/outbox.hpp>

#include <fmt/format.h>

#include <strata/vm/kernel.hpp>

namespace strata::provider {
namespace {

/// A message that has not landed is published again after this many epochs: a pool may have dropped it, and a peer may
/// have missed it.
constexpr ChainEpoch kPublishAgain = 10;
/// A message that is in none of the blocks of this many epochs bids too little. Blocks must have come: a chain that
/// stands still says nothing about a bid.
constexpr ChainEpoch kRaiseAfter = 10;

}  // namespace

Status Outbox::keep_alive(const SignedMessage& message, ChainEpoch epoch) {
    const Cid cid = message.cid();
    const auto it = published_.find(cid);
    if (it != published_.end() && epoch < it->second + kPublishAgain) return {};
    STRATA_OK(chain_.publish(message));
    published_.insert_or_assign(cid, epoch);
    return {};
}

Status Outbox::raise_if_passed_over(const SignedMessage& message) {
    const ChainEpoch head = chain_.head_epoch();
    const auto [it, is_new] = bid_at_.try_emplace(message.cid(), head);
    if (is_new || head < it->second + kRaiseAfter) return {};
    it->second = head;
    const auto raised = chain_.raise_bid(message);
    // The message with its present bid goes on waiting, whatever the reason.
    return !raised && raised.error().is_fatal() ? raised : Status();
}

void Outbox::forget(const SignedMessage& message) {
    published_.erase(message.cid());
    bid_at_.erase(message.cid());
}

Result<Outbox::Settled> Outbox::settle(const SignedMessage& message, ChainEpoch epoch, Wakeups& wakeups) {
    STRATA_TRY(const auto fate, chain_.fate(message));
    switch (fate.kind) {
        case MessageFate::Kind::lost:
            forget(message);
            return Settled{Outcome::lost};
        case MessageFate::Kind::waiting: {
            const auto published = keep_alive(message, epoch);
            // A failure of this node, or a pool that is full now, says nothing about the message.
            if (!published && published.error().is_fatal()) return published.error();
            if (!published && published.error().code() != Errc::busy)
                return Settled{.outcome = Outcome::failed, .reason = published.error().message()};
            if (published) STRATA_OK(raise_if_passed_over(message));
            wakeups.needs_tipset_at(epoch);
            return Settled{Outcome::waiting};
        }
        case MessageFate::Kind::landed:
            break;
    }
    // A reorganisation may still take back what landed only a few epochs ago.
    if (chain_.head_epoch() < fate.height + confidence_) {
        wakeups.needs_tipset_at(fate.height + confidence_);
        return Settled{Outcome::waiting};
    }
    forget(message);
    if (fate.receipt.exit_code == 0) return Settled{Outcome::landed};
    return Settled{.outcome = Outcome::failed,
                   .out_of_gas = fate.receipt.exit_code == static_cast<std::uint32_t>(vm::ExitCode::sys_out_of_gas),
                   .reason = fmt::format("message {} failed with exit code {}", message.cid().to_string(),
                                         fate.receipt.exit_code)};
}

}  // namespace strata::provider
