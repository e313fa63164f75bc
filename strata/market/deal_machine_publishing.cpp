// Turns received deals into deals on chain: fills the provider's escrow, sends PublishStorageDeals, and reads what the
// actor answered. The signed message is in the records, with its deals, before it is published, so that a restart sends
// the same message again instead of a second one.
// Source: builtin-actors actors/market/src/lib.rs (publish_storage_deals).
#include <algorithm>

#include <strata/actors/read/market.hpp>
#include <strata/market/deal_machine.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::market {
namespace {

namespace actor = actors::market;
using Outcome = provider::Outbox::Outcome;

std::vector<DealRecord> records_of(const DealRecords& records, const PublishRecord& message) {
    std::vector<DealRecord> out;
    for (const auto& cid : message.proposals)
        if (auto record = records.find(cid)) out.push_back(std::move(*record));
    return out;
}

void put_on_chain(DealRecord& record, DealId id, ChainEpoch epoch) {
    record.stage = DealStage::sealing;
    record.id = id;
    record.since = epoch;
    record.failure.clear();
}

}  // namespace

// Finds out what became of each PublishStorageDeals message. The list is copied, because each outcome changes it.
Status DealMachine::follow_published() {
    const auto messages = context_.records.publishing();
    for (const auto& [cid, record] : messages) {
        const auto settled = context_.outbox.settle(record.message, epoch_, *wakeups_);
        if (!settled) {
            if (settled.error().is_fatal()) return settled.error();
            wakeups_->wake_at(epoch_ + 1);
        } else if (settled->outcome == Outcome::failed) {
            publish_after_ = epoch_ + kTryAgain;
            STRATA_OK(publish_again(record, settled->reason));
        } else if (settled->outcome == Outcome::lost) {
            STRATA_OK(publish_again(record, "a different message took the nonce of its PublishStorageDeals message"));
        } else if (settled->outcome == Outcome::landed) {
            STRATA_TRY(const auto fate, context_.chain.fate(record.message));
            STRATA_OK(conclude(record, fate.receipt));
        }
    }
    return {};
}

// Puts the deals of a failed message back among the received ones. Each is judged anew before the next message.
Status DealMachine::publish_again(const PublishRecord& message, std::string_view why) {
    auto deals = records_of(context_.records, message);
    for (auto& record : deals) {
        record.stage = DealStage::received;
        record.failure = why;
    }
    return context_.records.end_publishing(deals, message.message.cid());
}

// The actor returns a bit field of the deals that it accepted, and their IDs in the same order. It does not say why it
// skipped the others, so our own checks look for the reason in the state after the head.
Status DealMachine::conclude(const PublishRecord& message, const Receipt& receipt) {
    const auto answer = from_cbor<actor::PublishStorageDealsReturn>(receipt.return_data);
    if (!answer || answer->ids.size() != answer->valid_deals.count())
        return publish_again(message, "message " + message.message.cid().to_string() +
                                          " landed, but its return value is not that of PublishStorageDeals");
    auto deals = records_of(context_.records, message);
    STRATA_TRY(auto state, context_.chain.head_state());
    std::size_t taken = 0;
    for (std::size_t i = 0; i < deals.size(); ++i) {
        auto& record = deals[i];
        if (answer->valid_deals.contains(i)) {
            put_on_chain(record, answer->ids.at(taken++), epoch_);
            continue;
        }
        const auto checked = check_on_chain(context_.rules(), record.deal, state, epoch_, {});
        record.stage = DealStage::failed;
        record.since = epoch_;
        record.failure = "the market actor refused the deal: " +
                         (checked ? "it gave no reason, and none is visible in the state after the message"
                                  : checked.error().message());
    }
    STRATA_OK(context_.records.end_publishing(deals, message.message.cid()));
    wakeups_->wake_at(epoch_ + 1);
    for (const auto& record : deals)
        if (record.stage == DealStage::failed)
            STRATA_OK(context_.data.drop_unless_needed(record.deal.proposal.piece_cid));
    return {};
}

Result<DealMachine::Judgement> DealMachine::judge(const DealRecord& record, vm::StateTree& state,
                                                  const actors::read::Market& market,
                                                  std::map<Address, TokenAmount>& promised) const {
    const auto refused = [](const Error& why) -> Result<Judgement> {
        if (why.is_fatal()) return why;
        return Judgement{.kind = Judgement::Kind::refused, .id = 0, .why = why.message()};
    };
    const auto named = with_ids(state, record.deal.proposal, context_.address_prefix());
    if (!named) return refused(named.error());
    STRATA_TRY(const auto id, market.find_pending(*named));
    if (id) return Judgement{.kind = Judgement::Kind::on_chain, .id = *id};
    if (const auto times = check_times(*named, epoch_, /*least_lead=*/0); !times) return refused(times.error());
    // `promised` keeps two deals in one message from counting on the same money.
    auto& taken = promised[named->client];
    if (const auto terms = check_on_chain(context_.rules(), record.deal, state, epoch_, taken); !terms)
        return refused(terms.error());
    taken += named->client_balance_requirement();
    return Judgement{.kind = Judgement::Kind::publish};
}

// Returns the received deals that can be published now. Those that the actor would refuse fail here; those that are on
// chain already enter the sealing stage.
Result<std::vector<DealRecord>> DealMachine::sort_out_received(vm::StateTree& state) {
    STRATA_TRY(const auto market, actors::read::Market::load(state));
    std::vector<DealRecord> ready;
    std::map<Address, TokenAmount> promised;  // by client: the money that the deals before this one lock
    for (auto& record : context_.records.deals_in(DealStage::received)) {
        STRATA_TRY(const auto judgement, judge(record, state, market, promised));
        switch (judgement.kind) {
            case Judgement::Kind::publish:
                ready.push_back(std::move(record));
                break;
            case Judgement::Kind::on_chain:
                put_on_chain(record, judgement.id, epoch_);
                STRATA_OK(context_.records.advance(std::span(&record, 1), DealStage::received));
                break;
            case Judgement::Kind::refused:
                STRATA_OK(fail_deal(record, judgement.why));
                break;
        }
    }
    return ready;
}

// Returns true if the provider's escrow covers the collateral of these deals and of those being published. Otherwise
// sends AddBalance for the missing part; the deals wait until it has landed.
Result<bool> DealMachine::fill_escrow(std::span<const DealRecord> deals) {
    STRATA_TRY(auto state, context_.chain.head_state());
    STRATA_TRY(const auto market, actors::read::Market::load(state));
    TokenAmount needed;
    for (const auto& record : deals) needed += record.deal.proposal.provider_collateral;
    for (const auto& record : context_.records.deals_in(DealStage::publishing)) {
        const auto named = with_ids(state, record.deal.proposal, context_.address_prefix());
        if (!named && named.error().is_fatal()) return named.error();
        STRATA_TRY(const bool locked, named ? market.is_pending(*named) : Result<bool>(false));
        if (!locked) needed += record.deal.proposal.provider_collateral;
    }
    STRATA_TRY(const auto escrow, market.escrow(context_.miner));
    const TokenAmount free = escrow.free();
    if (free >= needed) return true;
    const auto message = sign(actor::kAddBalance, to_cbor(Address::id(context_.miner)), needed - free);
    if (!message) {
        if (message.error().is_fatal()) return message.error();
        publish_after_ = epoch_ + kTryAgain;
        for (const auto& record : deals)
            STRATA_OK(note(record, "the provider's escrow lacks " + (needed - free).to_string() +
                                       " attoFIL, and AddBalance cannot be sent: " + message.error().message()));
        wakeups_->wake_at(publish_after_);
        return false;
    }
    STRATA_OK(context_.records.set_escrow_message(*message));
    static_cast<void>(context_.outbox.keep_alive(*message, epoch_));
    wakeups_->needs_tipset_at(epoch_);
    return false;
}

Status DealMachine::publish() {
    if (const auto& message = context_.records.escrow_message()) {
        STRATA_TRY(const auto settled, context_.outbox.settle(*message, epoch_, *wakeups_));
        if (settled.outcome == Outcome::waiting) return {};
        if (settled.outcome == Outcome::failed) publish_after_ = epoch_ + kTryAgain;
        STRATA_OK(context_.records.set_escrow_message(std::nullopt));
    }
    const auto waiting = context_.records.deals_in(DealStage::received);
    if (waiting.empty()) return {};
    // Deals wait for others to share the message and its gas, until it is full or the oldest has waited long enough.
    const auto oldest = std::ranges::min(waiting, {}, &DealRecord::since).since;
    const auto config = context_.config();  // of one moment: it may change meanwhile
    const bool full = waiting.size() >= config.publish_batch;
    const auto from = std::max(publish_after_, full ? epoch_ : oldest + config.publish_delay);
    if (epoch_ < from) {
        wakeups_->wake_at(from);
        return {};
    }
    STRATA_TRY(auto state, context_.chain.head_state());
    STRATA_TRY(const auto ready, sort_out_received(state));
    if (ready.empty()) return {};
    STRATA_TRY(const bool covered, fill_escrow(ready));
    if (!covered) return {};
    for (std::size_t at = 0; at < ready.size(); at += config.publish_batch) {
        const auto group = std::span(ready).subspan(at, std::min(ready.size() - at, config.publish_batch));
        STRATA_OK(publish_group({group.begin(), group.end()}));
    }
    return {};
}

Status DealMachine::publish_group(std::vector<DealRecord> group) {
    actor::PublishStorageDealsParams params;
    for (const auto& record : group) params.deals.push_back(record.deal);
    const auto message = sign(actor::kPublishStorageDeals, to_cbor(params));
    if (!message && message.error().is_fatal()) return message.error();
    if (!message && group.size() > 1) {  // one deal may make the message fail for all, so each is tried alone
        for (auto& record : group) STRATA_OK(publish_group({std::move(record)}));
        return {};
    }
    if (!message) {
        publish_after_ = epoch_ + kTryAgain;
        wakeups_->wake_at(publish_after_);
        return note(group.front(), message.error().message());
    }
    PublishRecord publishing{*message, {}};
    for (auto& record : group) {
        publishing.proposals.push_back(proposal_cid(record.deal.proposal));
        record.stage = DealStage::publishing;
        record.publish_message = message->cid();
        record.since = epoch_;
        record.failure.clear();
    }
    STRATA_OK(context_.records.start_publishing(group, publishing));
    // A failure is ignored here: follow_published() finds a message that the pool refuses and lets it be made again.
    static_cast<void>(context_.outbox.keep_alive(*message, epoch_));
    wakeups_->needs_tipset_at(epoch_);
    return {};
}

}  // namespace strata::market
