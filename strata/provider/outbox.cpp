#include <strata/provider/outbox.hpp>

#include <fmt/format.h>

#include <strata/vm/kernel.hpp>

namespace strata::provider {
namespace {

/// A message that has not landed is published again after this many epochs: a pool may have dropped it, and a peer may
/// have missed it.
constexpr ChainEpoch kPublishAgain = 10;

}  // namespace

Status Outbox::keep_alive(const SignedMessage& message, ChainEpoch epoch) {
    const Cid cid = message.cid();
    const auto it = published_.find(cid);
    if (it != published_.end() && epoch < it->second + kPublishAgain) return {};
    STRATA_OK(chain_.publish(message));
    published_.insert_or_assign(cid, epoch);
    return {};
}

Result<Outbox::Settled> Outbox::settle(const SignedMessage& message, ChainEpoch epoch, Wakeups& wakeups) {
    STRATA_TRY(const auto fate, chain_.fate(message));
    switch (fate.kind) {
        case MessageFate::Kind::lost:
            published_.erase(message.cid());
            return Settled{Outcome::lost};
        case MessageFate::Kind::waiting: {
            const auto published = keep_alive(message, epoch);
            // A failure of this node, or a pool that is full now, says nothing about the message.
            if (!published && published.error().is_fatal()) return published.error();
            if (!published && published.error().code() != Errc::busy)
                return Settled{.outcome = Outcome::failed, .reason = published.error().message()};
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
    published_.erase(message.cid());
    if (fate.receipt.exit_code == 0) return Settled{Outcome::landed};
    return Settled{.outcome = Outcome::failed,
                   .out_of_gas = fate.receipt.exit_code == static_cast<std::uint32_t>(vm::ExitCode::sys_out_of_gas),
                   .reason = fmt::format("message {} failed with exit code {}", message.cid().to_string(),
                                         fate.receipt.exit_code)};
}

}  // namespace strata::provider
