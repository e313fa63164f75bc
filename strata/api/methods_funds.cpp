// Answers methods about the money of the node's owner in the storage market. Source: lotus node/impl/market/market.go.
#include <nlohmann/json.hpp>

#include <strata/actors/market/types.hpp>
#include <strata/api/funds.hpp>
#include <strata/api/method_table.hpp>

namespace strata::api {
namespace {

/// Adds money to a balance in the market, whatever it has.
Result<Json> add_balance(Context& context, const Address& wallet, const Address& owner, const TokenAmount& amount) {
    STRATA_OK(check_defined(owner));
    Message message;
    message.to = Address::id(kMarketId);
    message.from = wallet;
    message.value = amount;
    message.method = actors::market::kAddBalance;
    message.params = to_cbor(owner);
    STRATA_TRY(const auto sent, context.sender.push(message, {}));
    return context.print(sent.cid());
}

Result<Json> get_reserved(Context& context, const Address& owner) {
    STRATA_TRY(const auto amount, context.funds.reserved(owner));
    return context.print(amount);
}

std::optional<Json> printed(const Context& context, const std::optional<Cid>& sent) {
    return sent ? std::optional(context.print(*sent)) : std::nullopt;
}

Result<std::optional<Json>> reserve(Context& context, const Address& wallet, const Address& owner,
                                    const TokenAmount& amount) {
    STRATA_TRY(const auto sent, context.funds.reserve(context, wallet, owner, amount));
    return printed(context, sent);
}

Result<std::optional<Json>> withdraw(Context& context, const Address& wallet, const Address& owner,
                                     const TokenAmount& amount) {
    STRATA_TRY(const auto sent, context.funds.withdraw(context, wallet, owner, amount));
    return printed(context, sent);
}

Result<Json> release(Context& context, const Address& owner, const TokenAmount& amount) {
    STRATA_OK(context.funds.release(owner, amount));
    return Json();
}

}  // namespace

void add_funds_methods(MethodTable& table) {
    table.add("MarketAddBalance", add_balance, Cost::expensive);
    table.add("MarketGetReserved", get_reserved);
    table.add("MarketReserveFunds", reserve, Cost::expensive);
    table.add("MarketReleaseFunds", release);
    table.add("MarketWithdraw", withdraw, Cost::expensive);
}

}  // namespace strata::api
