#include <strata/market/deal_machine.hpp>

#include <algorithm>

#include <strata/actors/miner/types.hpp>
#include <strata/actors/read/market.hpp>
#include <strata/actors/read/miner.hpp>
#include <strata/types/basic.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::market {
namespace {

// How long a deal that failed before it was published is kept, so that its client can ask why.
constexpr ChainEpoch kRememberFailed = kEpochsInDay;

}  // namespace

Result<TokenAmount> DealContext::promised(vm::StateTree& state, ActorId client, const Cid& except) const {
    STRATA_TRY(const auto market, actors::read::Market::load(state));
    TokenAmount sum;
    for (const auto& record : records.deals()) {
        const auto& terms = record.deal.proposal;
        // From the sealing stage on, the market actor has already locked the money.
        if (record.stage > DealStage::publishing || proposal_cid(terms) == except) continue;
        const auto named = with_ids(state, terms, address_prefix());
        if (!named && named.error().is_fatal()) return named.error();
        if (!named || named->client != Address::id(client)) continue;
        STRATA_TRY(const bool locked, market.is_pending(*named));
        if (!locked) sum += terms.client_balance_requirement();
    }
    return sum;
}

void DealMachine::resume(ChainEpoch epoch) {
    std::vector<SignedMessage> messages;
    for (const auto& [cid, record] : context_.records.publishing()) messages.push_back(record.message);
    if (const auto& escrow = context_.records.escrow_message()) messages.push_back(*escrow);
    for (const auto& record : context_.records.settlements())
        if (!record.outcome.landed) messages.push_back(record.message);
    // The pool takes a sender's messages in the order of their nonces.
    std::ranges::sort(messages, {}, [](const SignedMessage& m) { return m.message.nonce; });
    // Failures are ignored here: a message that the pool refuses is made again when its deal has its turn.
    for (const auto& message : messages) static_cast<void>(context_.outbox.keep_alive(message, epoch));
}

Status DealMachine::on_epoch(ChainEpoch epoch, provider::Wakeups& wakeups) {
    epoch_ = epoch;
    wakeups_ = &wakeups;
    STRATA_OK(give_up_on_data());
    // Messages that landed are looked at before anything new is signed, so that no deal is published or counted twice.
    STRATA_OK(follow_published());
    STRATA_OK(publish());
    STRATA_OK(follow_sealing());
    STRATA_OK(follow_settlements());
    return forget_failed();
}

Status DealMachine::give_up_on_data() {
    const auto wait = context_.config().data_wait;
    for (const auto& record : context_.records.deals_in(DealStage::accepted)) {
        const auto end = std::min(record.since + wait, record.deal.proposal.start_epoch);
        if (epoch_ >= end) {
            STRATA_OK(fail_deal(record, "its data did not arrive before epoch " + std::to_string(end)));
        } else {
            wakeups_->wake_at(end);
        }
    }
    return {};
}

Status DealMachine::forget_failed() {
    auto failed = context_.records.deals_in(DealStage::failed);
    // A deal that was once published is part of the provider's history and stays.
    std::erase_if(failed, [](const DealRecord& record) { return record.publish_message.has_value(); });
    std::ranges::sort(failed, std::ranges::greater{}, &DealRecord::since);
    const auto most = context_.config().max_failed;
    for (std::size_t i = 0; i < failed.size(); ++i)
        if (i >= most || epoch_ >= failed[i].since + kRememberFailed)
            STRATA_OK(context_.records.forget(proposal_cid(failed[i].deal.proposal)));
    return {};
}

Result<SignedMessage> DealMachine::sign(MethodNumber method, Bytes params, const TokenAmount& value) {
    STRATA_TRY(auto state, context_.chain.head_state());
    STRATA_TRY(const auto miner, actors::read::Miner::load(state, Address::id(context_.miner)));
    STRATA_TRY(const auto info, miner.info());
    Message message;
    message.to = Address::id(kMarketId);
    message.from = info.worker;
    message.method = method;
    message.params = std::move(params);
    message.value = value;
    return context_.chain.sign(std::move(message));
}

Status DealMachine::enter(DealRecord record, DealStage stage, std::string failure) {
    const DealStage from = std::exchange(record.stage, stage);
    record.since = epoch_;
    record.failure = std::move(failure);
    STRATA_TRY(const bool done, context_.records.advance(std::span(&record, 1), from));
    if (!done) return {};  // the deal's data arrived at this very moment; the next epoch takes the deal up
    wakeups_->wake_at(epoch_ + 1);
    return stage == DealStage::failed ? context_.data.drop_unless_needed(record.deal.proposal.piece_cid) : Status{};
}

Status DealMachine::note(DealRecord record, const std::string& why) {
    if (record.failure == why) return {};
    record.failure = why;
    STRATA_OK(context_.records.advance(std::span(&record, 1), record.stage));
    return {};
}

}  // namespace strata::market
