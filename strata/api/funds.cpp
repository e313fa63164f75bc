#include <strata/api/funds.hpp>

#include <strata/actors/market/types.hpp>
#include <strata/actors/read/market.hpp>
#include <strata/api/context.hpp>
#include <strata/base/log.hpp>
#include <strata/chain/audit.hpp>
#include <strata/chain/tipset.hpp>
#include <strata/store/key_value.hpp>

namespace strata::api {
namespace {

const Log kLog("funds");

// Epochs after which a message counts as settled. Source: lotus build/buildconstants/params_shared_vals.go
// (MessageConfidence).
constexpr ChainEpoch kConfidence = 5;

std::string key_of(const Address& owner) {
    return "api/reserved/" + owner.to_string('f');
}

/// The parts of the balance that no deal has locked.
Result<TokenAmount> available(Context& context, const Address& owner) {
    STRATA_TRY(auto view, context.view({}));
    STRATA_TRY(auto market, actors::read::Market::load(view.state));
    STRATA_TRY(const ActorId id, resolve(context, view.state, owner));
    STRATA_TRY(const auto escrow, market.escrow(id));
    return escrow.free();
}

Status check_amount(const TokenAmount& amount) {
    if (!amount.is_negative()) return {};
    return fail(Errc::invalid_argument, "the amount is " + amount.to_string() + ", expected 0 or more");
}

/// Returns an amount as Lotus prints it: without commas (lotus chain/types/fil.go).
std::string fil_of(const TokenAmount& atto) {
    auto out = chain::exact_fil(atto);
    std::erase(out, ',');
    return out;
}

}  // namespace

Result<MarketMessage> Funds::send(Context& context, const Address& wallet, const TokenAmount& value,
                                  MethodNumber method, Bytes params) {
    Message message;
    message.to = Address::id(kMarketId);
    message.from = wallet;
    message.value = value;
    message.method = method;
    message.params = std::move(params);
    STRATA_TRY(const auto sent, context.sender.push(message, {}));
    return MarketMessage{sent.cid(), sent.message.from, sent.message.nonce};
}

// A message is settled when the nonce of its sender has passed its own in a state that is a few epochs old: then it was
// executed, or a different message took its nonce, and it never will be. Nothing else ends the wait. A message that the
// pool has dropped, for example, may still come into a block of somebody else.
Result<bool> Funds::is_settled(Context& context, const MarketMessage& sent) {
    const auto head = context.chain.head();
    if (head->height() < kConfidence) return false;
    STRATA_TRY(const auto at, context.chain.tipset_at(head->height() - kConfidence, head, chain::NullRound::previous));
    STRATA_TRY(auto view, context.view(at->key()));
    STRATA_TRY(const auto id, view.state.resolve(sent.from));
    if (!id) return false;
    STRATA_TRY(const auto actor, view.state.get(*id));
    return actor && actor->sequence > sent.nonce;
}

Result<FundsRecord> Funds::load(const Address& owner) {
    if (const auto kept = kept_.find(owner); kept != kept_.end()) return kept->second;
    if (records_ == nullptr) return FundsRecord{};
    STRATA_TRY(const auto found, records_->get(key_of(owner)));
    if (!found) return FundsRecord{};
    return from_cbor<FundsRecord>(*found);
}

Status Funds::save(const Address& owner, const FundsRecord& record) {
    if (records_ != nullptr) STRATA_OK(records_->put(key_of(owner), to_cbor(record)));
    kept_.insert_or_assign(owner, record);
    return {};
}

void Funds::save_sent(const Address& owner, const FundsRecord& record) {
    const auto saved = save(owner, record);
    if (saved) return;
    kept_.insert_or_assign(owner, record);
    kLog.error(
        "money in the market is on its way, but this cannot be noted: do not restart the node before the message "
        "is on the chain, or the same amount may be sent again",
        {{"owner", owner.to_string('f')}, {"message", record.sent->cid.to_string()}, {"cause", saved.error()}});
}

std::optional<Funds::Turn> Funds::take_turn(const Address& owner) {
    const Lock lock(mutex_);
    if (!turns_.insert(owner).second) return std::nullopt;
    return Turn(nullptr, [this, owner](const void*) {
        const Lock end(mutex_);
        turns_.erase(owner);
    });
}

Result<std::optional<FundsRecord>> Funds::settled_record(Context& context, const Address& owner) {
    FundsRecord record;
    {
        const Lock lock(mutex_);
        STRATA_TRY(record, load(owner));
    }
    if (!record.sent) return std::optional(std::move(record));
    STRATA_TRY(const bool settled, is_settled(context, *record.sent));
    return settled ? std::optional(std::move(record)) : std::nullopt;
}

Result<TokenAmount> Funds::reserved(const Address& owner) {
    const Lock lock(mutex_);
    STRATA_TRY(const auto record, load(owner));
    return record.reserved;
}

// One message at a time is sent for an owner, because only then the balance says what the next one must add.
Result<std::optional<Cid>> Funds::reserve(Context& context, const Address& wallet, const Address& owner,
                                          const TokenAmount& amount) {
    STRATA_OK(check_defined(owner));
    STRATA_OK(check_amount(amount));
    const auto turn = take_turn(owner);
    if (!turn) return std::optional<Cid>();
    STRATA_TRY(const auto before, settled_record(context, owner));
    if (!before) return std::optional<Cid>();
    STRATA_TRY(const auto there, available(context, owner));
    const TokenAmount missing = before->reserved + amount - there;
    std::optional<MarketMessage> sent;
    if (!missing.is_negative() && !missing.is_zero()) {
        STRATA_TRY(sent, send(context, wallet, missing, actors::market::kAddBalance, to_cbor(owner)));
    }
    const Lock lock(mutex_);
    auto record = load(owner).value_or(*before);  // a part may have been released meanwhile
    record.reserved += amount;
    record.sent = sent;
    if (!sent) {
        STRATA_OK(save(owner, record));
        return std::optional(Cid());
    }
    save_sent(owner, record);
    return std::optional(sent->cid);
}

Status Funds::release(const Address& owner, const TokenAmount& amount) {
    STRATA_OK(check_defined(owner));
    STRATA_OK(check_amount(amount));
    const Lock lock(mutex_);
    STRATA_TRY(auto record, load(owner));
    record.reserved = max(record.reserved - amount, TokenAmount(0));
    return save(owner, record);
}

Result<std::optional<Cid>> Funds::withdraw(Context& context, const Address& wallet, const Address& owner,
                                           const TokenAmount& amount) {
    STRATA_OK(check_defined(owner));
    STRATA_OK(check_amount(amount));
    const auto turn = take_turn(owner);
    if (!turn) return std::optional<Cid>();
    STRATA_TRY(const auto before, settled_record(context, owner));
    if (!before) return std::optional<Cid>();
    STRATA_TRY(const auto there, available(context, owner));
    const TokenAmount free = there - before->reserved;
    if (amount > free)
        return fail(Errc::invalid_argument, "insufficient funds for withdrawal of " + fil_of(amount) +
                                                ": net available (" + fil_of(free) + ") = available (" + fil_of(there) +
                                                ") - reserved (" + fil_of(before->reserved) + ")");
    if (amount.is_zero()) return std::optional(Cid());
    STRATA_TRY(const auto sent, send(context, wallet, TokenAmount(0), actors::market::kWithdrawBalance,
                                     to_cbor(actors::market::WithdrawBalanceParams{owner, amount})));
    const Lock lock(mutex_);
    auto record = load(owner).value_or(*before);
    record.sent = sent;
    save_sent(owner, record);
    return std::optional(sent.cid);
}

}  // namespace strata::api
