// Answers methods that take signed Ethereum transactions. Source: lotus node/impl/eth/send.go; EIP-7966 for
// eth_sendRawTransactionSync.
#include <nlohmann/json.hpp>

#include <strata/api/ethereum_json.hpp>
#include <strata/api/ethereum_lookup.hpp>
#include <strata/api/ethereum_receipts.hpp>
#include <strata/api/method_table.hpp>
#include <strata/chain/ethereum_raw.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/pool_entry.hpp>

namespace strata::api {
namespace {

using chain::AddKind;
using Clock = std::chrono::steady_clock;

// The codes of EIP-7966, which are different errors elsewhere in this API.
constexpr Code kNotIncluded{4};
constexpr Code kNotReady{5};
constexpr Code kNonceGap{6};

// EIP-7966 recommends 2 seconds for chains with fast blocks. A message needs up to two epochs here until its receipt is
// known.
constexpr std::chrono::milliseconds kDefaultWait{std::chrono::seconds(90)};
constexpr std::chrono::milliseconds kLongestWait{std::chrono::seconds(300)};
constexpr ChainEpoch kLookback = 100;  // how far below the head a new message is looked for

Result<chain::EthereumRaw> read_raw(Context& context, const HexBytes& raw) {
    return chain::read_ethereum_raw(raw.value, context.chain.network().chain_id);
}

Result<Json> send_as(Context& context, const HexBytes& raw, AddKind kind) {
    STRATA_TRY(const auto transaction, read_raw(context, raw));
    STRATA_OK(context.chain.push(transaction.message, kind));
    return Json(hex_text(transaction.hash));
}
Result<Json> send(Context& context, const HexBytes& raw) {
    return send_as(context, raw, AddKind::local);
}
Result<Json> send_untrusted(Context& context, const HexBytes& raw) {
    return send_as(context, raw, AddKind::untrusted);
}

/// A transaction that was sent and whose receipt is waited for.
struct Sent {
    SignedMessage message;
    Hash256 hash{};
    Clock::time_point give_up;
    chain::TipsetPtr searched;  // the head at the last search
};

// A time that is not a positive number counts as none, as EIP-7966 says.
Clock::duration wait_of(const Omittable<std::int64_t>& asked) {
    if (!asked.value || *asked.value <= 0 || *asked.value > kLongestWait.count()) return kDefaultWait;
    return std::chrono::milliseconds(*asked.value);
}

/// Sends a transaction. Errors: the codes 5 and 6 of EIP-7966, for one that could not be executed next; then it is not
/// in the pool.
Answered<Sent> send_now(Context& context, const HexBytes& raw, const Omittable<std::int64_t>& wait) {
    STRATA_TRY(const auto transaction, read_raw(context, raw));
    const Message& message = transaction.message.message;
    const auto next = context.chain.next_nonce(message.from);
    if (!next && next.error().code() != Errc::not_found) return next.error();
    const Nonce expected = next.value_or(0);
    if (message.nonce > expected)
        return Fault(kNonceGap,
                     "the nonce is " + std::to_string(message.nonce) + ", expected " + std::to_string(expected) +
                         ": the transaction was not sent",
                     quantity(expected));
    const auto head = context.chain.head();
    if (const auto pushed = context.chain.push(transaction.message, AddKind::local); !pushed)
        return Fault(kNotReady, Fault(pushed.error()).message, hex_text(transaction.hash));
    return Sent{transaction.message, transaction.hash, Clock::now() + wait_of(wait), head};
}

/// Returns the receipt of a message that was sent a moment ago; empty until it was executed.
Result<std::optional<Json>> receipt_of(Context& context, const SignedMessage& message) {
    STRATA_TRY(const auto found, find_executed(context, message.cid(), kLookback));
    if (!found) return std::optional<Json>();
    STRATA_TRY(const auto executed, chain::executed_tipset(context.chain, found->tipset, *found->child));
    STRATA_TRY(auto receipts, receipts_of(context, executed, found->position));
    return std::optional(std::move(receipts.at(0)));
}

/// Sends a transaction at the first call, and waits for its receipt. An empty optional means that the call waits.
Answered<std::optional<Json>> send_and_wait(Context& context, const HexBytes& raw,
                                            const Omittable<std::int64_t>& wait) {
    auto* sent = std::any_cast<Sent>(&context.memory);
    if (sent == nullptr) {
        STRATA_TRY(auto now, send_now(context, raw, wait));
        context.memory = std::move(now);
        sent = std::any_cast<Sent>(&context.memory);
    }
    STRATA_TRY(auto receipt, receipt_of(context, sent->message));
    if (receipt) return receipt;
    if (Clock::now() >= sent->give_up)
        return Fault(kNotIncluded, "the transaction was sent, but has no receipt yet: ask for it later",
                     hex_text(sent->hash));
    context.wake_at = sent->give_up;
    return std::optional<Json>();
}

}  // namespace

void add_ethereum_send_methods(MethodTable& table) {
    table.add("EthSendRawTransaction", send, Cost::expensive);
    table.add("EthSendRawTransactionUntrusted", send_untrusted, Cost::expensive);
    table.add("EthSendRawTransactionSync", send_and_wait, Cost::expensive);
    table.alias("eth_sendRawTransaction", "EthSendRawTransaction");
    table.alias("eth_sendRawTransactionUntrusted", "EthSendRawTransactionUntrusted");
    table.alias("eth_sendRawTransactionSync", "EthSendRawTransactionSync");
}

}  // namespace strata::api
