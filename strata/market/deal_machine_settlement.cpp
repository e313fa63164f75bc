// Gets active deals paid, with SettleDealPayments. The actor's cron does not pay deals that were published since
// network version 22, so their provider has to ask (builtin-actors actors/market/src/lib.rs, settle_deal_payments;
// FIP-0074).
#include <algorithm>

#include <strata/market/deal_machine.hpp>

namespace strata::market {
namespace {

namespace actor = actors::market;
using Outcome = provider::Outbox::Outcome;

// The actor returns one exit code for each deal, in ascending order of IDs, and one summary for each code that is ok.
void read_answer(Settlement& outcome, BytesView data) {
    const auto answer = from_cbor<actor::SettleDealPaymentsReturn>(data);
    if (!answer || answer->results.size() != outcome.deals.size() ||
        answer->settlements.size() != answer->results.success_count) {
        outcome.failure = "the message landed, but its return value is not that of SettleDealPayments for " +
                          std::to_string(outcome.deals.size()) + " deals";
        return;
    }
    const auto codes = answer->results.codes();
    std::size_t paid = 0;
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const auto name = "deal " + std::to_string(outcome.deals[i]);
        if (codes[i] != actors::ExitCode::ok) {
            outcome.failure += (outcome.failure.empty() ? "" : "; ") + name + " was not settled: exit code " +
                               std::to_string(static_cast<std::uint32_t>(codes[i]));
            continue;
        }
        const auto& summary = answer->settlements[paid++];
        outcome.payment += summary.payment;
        if (summary.completed) outcome.completed.push_back(outcome.deals[i]);
    }
}

}  // namespace

Result<Cid> DealMachine::settle(std::span<const DealId> deals, ChainEpoch epoch, provider::Wakeups& wakeups) {
    epoch_ = epoch;
    wakeups_ = &wakeups;
    if (deals.empty()) return fail(Errc::invalid_argument, "no deal is given; name at least one to settle");
    // The actor answers in ascending order, which read_answer() relies on.
    std::vector<DealId> ids(deals.begin(), deals.end());
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    STRATA_TRY(auto message, sign(actor::kSettleDealPayments, to_cbor(BitField::of(ids))));
    const Cid cid = message.cid();
    const SettlementRecord record{
        std::move(message),
        {.message = cid, .deals = std::move(ids), .landed = false, .payment = {}, .completed = {}, .failure = {}}};
    STRATA_OK(context_.records.save_settlement(context_.records.settlements().size(), record));
    static_cast<void>(context_.outbox.keep_alive(record.message, epoch_));
    wakeups_->needs_tipset_at(epoch_);
    return cid;
}

Status DealMachine::follow_settlements() {
    auto records = context_.records.settlements();
    for (std::uint64_t number = 0; number < records.size(); ++number) {
        auto& record = records[number];
        if (record.outcome.landed) continue;
        STRATA_TRY(const auto settled, context_.outbox.settle(record.message, epoch_, *wakeups_));
        if (settled.outcome != Outcome::waiting) STRATA_OK(conclude(number, std::move(record), settled));
    }
    return {};
}

Status DealMachine::conclude(std::uint64_t number, SettlementRecord record, const provider::Outbox::Settled& settled) {
    auto& outcome = record.outcome;
    // A lost message is replaced with a new one under the same number. If none can be signed, the settlement is over.
    if (settled.outcome == Outcome::lost) {
        auto message = sign(actor::kSettleDealPayments, to_cbor(BitField::of(outcome.deals)));
        if (message) {
            record.message = std::move(*message);
            outcome.message = record.message.cid();
            STRATA_OK(context_.records.save_settlement(number, record));
            static_cast<void>(context_.outbox.keep_alive(record.message, epoch_));
            wakeups_->needs_tipset_at(epoch_);
            return {};
        }
        outcome.failure = message.error().message();
    }
    outcome.landed = true;
    if (settled.outcome == Outcome::failed) outcome.failure = settled.reason;
    if (settled.outcome == Outcome::landed) {
        STRATA_TRY(const auto fate, context_.chain.fate(record.message));
        read_answer(outcome, fate.receipt.return_data);
    }
    return context_.records.save_settlement(number, record);
}

}  // namespace strata::market
