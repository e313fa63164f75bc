#include <strata/api/funds.hpp>

#include <strata/actors/market/types.hpp>
#include <strata/actors/read/market.hpp>
#include <strata/api/context.hpp>
#include <strata/store/key_value.hpp>

namespace strata::api {
namespace {

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

struct Withdrawal {
    Address owner;
    TokenAmount amount;
    STRATA_CBOR_TUPLE(owner, amount);
};

Result<Cid> send(Context& context, const Address& wallet, const TokenAmount& value, MethodNumber method, Bytes params) {
    Message message;
    message.to = Address::id(kMarketId);
    message.from = wallet;
    message.value = value;
    message.method = method;
    message.params = std::move(params);
    STRATA_TRY(const auto sent, context.sender.push(message, {}));
    return sent.cid();
}

Status check_amount(const TokenAmount& amount) {
    if (!amount.is_negative()) return {};
    return fail(Errc::invalid_argument, "the amount is " + amount.to_string() + ", expected 0 or more");
}

}  // namespace

Result<Funds::Record> Funds::load(const Address& owner) {
    if (records_ == nullptr) return kept_[owner];
    STRATA_TRY(const auto found, records_->get(key_of(owner)));
    if (!found) return Record{};
    return from_cbor<Record>(*found);
}

Status Funds::save(const Address& owner, const Record& record) {
    if (records_ != nullptr) return records_->put(key_of(owner), to_cbor(record));
    kept_[owner] = record;
    return {};
}

Result<bool> Funds::is_pending(Context& context, Record& record) {
    if (!record.message) return false;
    const auto found = context.chain.search(*record.message);
    // A message that nobody knows any more, or that a different one replaced, is not waited for.
    if (found && !*found) return true;
    record.message.reset();
    return false;
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
    const Lock lock(mutex_);
    STRATA_TRY(auto record, load(owner));
    STRATA_TRY(const bool pending, is_pending(context, record));
    if (pending) return std::optional<Cid>();
    record.reserved += amount;
    Cid sent;
    STRATA_TRY(const auto there, available(context, owner));
    if (record.reserved > there) {
        STRATA_TRY(sent, send(context, wallet, record.reserved - there, actors::market::kAddBalance, to_cbor(owner)));
        record.message = sent;
    }
    STRATA_OK(save(owner, record));
    return std::optional(sent);
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
    const Lock lock(mutex_);
    STRATA_TRY(auto record, load(owner));
    STRATA_TRY(const bool pending, is_pending(context, record));
    if (pending) return std::optional<Cid>();
    STRATA_TRY(const auto there, available(context, owner));
    const TokenAmount free = there - record.reserved;
    if (amount > free)
        return fail(Errc::invalid_argument, "insufficient funds for withdrawal of " + amount.to_string() +
                                                " attoFIL: net available (" + free.to_string() + ") = available (" +
                                                there.to_string() + ") - reserved (" + record.reserved.to_string() +
                                                ")");
    if (amount.is_zero()) return std::optional(Cid());
    STRATA_TRY(const Cid sent, send(context, wallet, TokenAmount(0), actors::market::kWithdrawBalance,
                                    to_cbor(Withdrawal{owner, amount})));
    record.message = sent;
    STRATA_OK(save(owner, record));
    return std::optional(sent);
}

}  // namespace strata::api
