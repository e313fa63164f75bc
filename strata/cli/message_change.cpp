#include <strata/cli/message_change.hpp>

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>

#include <nlohmann/json.hpp>

#include <strata/chain/audit.hpp>

namespace strata::cli {

using api::Json;

namespace {

constexpr double kUsualRatio = 1.25;  // Source: lotus chain/messagepool/config.go (ReplaceByFeeRatioDefault)

bool is_named(const PoolMessage& one, const Cid& cid) {
    return one.cid == cid || one.message().cid() == cid;
}

/// Finds the message that the options name. Errors: invalid_argument; not_found, with what to do.
Result<PoolMessage> find_message(const ChangeOptions& options, api::Client& node) {
    STRATA_TRY(const auto all, pool_messages(node));
    constexpr const char* kWhat = "it was executed, replaced or never sent; strata msg list shows what is pending";
    if (options.message.size() == 1) {
        const auto& text = options.message.front();
        STRATA_OK(parse_cid(text));
        STRATA_TRY(const auto cid, Cid::parse(text));
        for (const auto& one : all)
            if (is_named(one, cid)) return one;
        return fail(Errc::not_found, "the pool has no message " + text + ": " + kWhat);
    }
    STRATA_TRY(const auto from, parse_address(options.message[0]));
    const auto& text = options.message[1];
    Nonce nonce = 0;
    if (const auto read = std::from_chars(text.data(), text.data() + text.size(), nonce);
        read.ec != std::errc() || read.ptr != text.data() + text.size())
        return fail(Errc::invalid_argument, "NONCE " + text.substr(0, 100) + ": expected a number");
    for (const auto& one : all)
        if (one.message().from == from && one.message().nonce == nonce) return one;
    return fail(Errc::not_found,
                fmt::format("the pool has no message of {} with the nonce {}: {}", options.message[0], nonce, kWhat));
}

Result<TokenAmount> least_premium(api::Client& node, const TokenAmount& premium) {
    double ratio = kUsualRatio;
    // A node that does not let its caller read the settings has Lotus' own.
    if (const auto config = node.ask("MpoolGetConfig", Json::array()))
        if (const auto found = member(*config, "ReplaceByFeeRatio"); found.is_number()) ratio = found.get<double>();
    return replacement_premium(premium, ratio);
}

/// Returns the message as the node prices it now. A message without a limit of gas is executed for it, which fails if
/// one before it cannot be executed yet; then `old_limit` stays.
Result<Message> estimated(api::Client& node, char prefix, Message message, const Json& spec, std::int64_t old_limit) {
    const api::Printer print(prefix);
    auto answer = node.ask("GasEstimateMessageGas", Json::array({print(message), spec, Json()}));
    if (!answer && message.gas_limit == 0) {
        message.gas_limit = old_limit;
        answer = node.ask("GasEstimateMessageGas", Json::array({print(message), spec, Json()}));
    }
    if (!answer) return std::move(answer).error();
    STRATA_OK(take_gas(message, *answer));
    return message;
}

/// Fills in the fees: what the options say, or else what the node estimates now, and at least what the pool asks for.
Result<Message> priced(const ChangeOptions& options, api::Client& node, char prefix, Message message,
                       bool keeps_limit) {
    STRATA_TRY(const auto least, least_premium(node, message.gas_premium));
    const TokenAmount old_cap = message.gas_fee_cap;
    const auto old_limit = message.gas_limit;
    SendingOptions wishes;
    wishes.gas_fee_cap = options.gas_fee_cap;
    wishes.gas_premium = options.gas_premium;
    wishes.gas_limit = options.gas_limit;
    wishes.max_fee = options.max_fee;
    STRATA_OK(set_gas(message, wishes));
    if (message.gas_limit == 0 && keeps_limit) message.gas_limit = old_limit;
    STRATA_TRY(const auto spec, send_spec(wishes));
    if (options.gas_premium.empty() || options.gas_fee_cap.empty() || message.gas_limit == 0) {
        STRATA_TRY(message, estimated(node, prefix, std::move(message), spec, old_limit));
    }
    if (options.gas_premium.empty()) message.gas_premium = max(message.gas_premium, least);
    if (options.gas_fee_cap.empty()) message.gas_fee_cap = max(max(message.gas_fee_cap, old_cap), message.gas_premium);
    if (message.gas_fee_cap < message.gas_premium)
        return fail(Errc::invalid_argument, fmt::format("--gas-feecap {}: it must be at least the premium, {} attoFIL",
                                                        options.gas_fee_cap, message.gas_premium.to_string()));
    return message;
}

Status check_max_fee(const ChangeOptions& options, const Message& message) {
    if (options.max_fee.empty()) return {};
    STRATA_TRY(const auto most, parse_amount("--max-fee", options.max_fee));
    const TokenAmount cost = message.gas_fee_cap * BigInt(message.gas_limit);
    if (cost <= most) return {};
    return fail(Errc::invalid_argument,
                fmt::format("--max-fee {}: the replacement may cost {}, because the pool asks for a premium of {} "
                            "attoFIL; give more, or wait for the message",
                            options.max_fee, chain::exact_fil(cost), message.gas_premium.to_string()));
}

/// Returns what a person should know of a message after a gap in the nonces: other nodes keep the one that they have.
/// Source: docs/protocol/node.md §14.2 (lotus chain/messagepool/messagepool.go, msgSet.add).
Result<std::string> gap_note(api::Client& node, char prefix, const Message& message) {
    const auto from = message.from.to_string(prefix);
    STRATA_TRY(const auto actor, node.ask("StateGetActor", Json::array({from, Json()})));
    Nonce next = 0;
    STRATA_OK(api::read_member(actor, "Nonce", next));
    STRATA_TRY(const auto all, pool_messages(node));
    for (const auto& one : all)
        if (one.message().from == message.from && one.message().nonce == next) ++next;
    if (message.nonce <= next) return std::string();
    return fmt::format(
        "the message is after a gap: the nonce {} is missing. Other nodes take no replacement there, so "
        "the old message may still be executed; fill the gap first, with strata send --nonce {}",
        next, next);
}

/// Signs the replacement and gives it to the pool.
Result<Answer> push(const ChangeOptions& options, api::Client& node, char prefix, const PoolMessage& old,
                    Message message, std::string_view name) {
    const bool keeps_limit = message == old.message();  // it does the same as before
    STRATA_TRY(message, priced(options, node, prefix, std::move(message), keeps_limit));
    STRATA_OK(check_max_fee(options, message));
    const api::Printer print(prefix);
    STRATA_TRY(const auto signed_message,
               node.ask("WalletSignMessage", Json::array({print(message.from), print(message)})));
    STRATA_TRY(const auto cid, node.ask("MpoolPush", Json::array({signed_message})));
    Answer out{{{"CID", cid},
                {"Replaced", print(old.cid)},
                {"From", print(message.from)},
                {"Nonce", message.nonce},
                {"GasLimit", message.gas_limit},
                {"GasFeeCap", message.gas_fee_cap.to_string()},
                {"GasPremium", message.gas_premium.to_string()}},
               fact("message", member_text(cid, "/")) + fact("replaces", old.cid.to_string()) +
                   fact("premium", fmt::format("{} attoFIL, before {}", message.gas_premium.to_string(),
                                               old.message().gas_premium.to_string())) +
                   fact("fee cap", fmt::format("{} attoFIL, before {}", message.gas_fee_cap.to_string(),
                                               old.message().gas_fee_cap.to_string()))};
    STRATA_TRY(const auto note, gap_note(node, prefix, message));
    out.json["Note"] = note;
    if (!note.empty()) out.text += fact("note", note);
    return with_execution(std::move(out), node, cid, options.waiting, name);
}

}  // namespace

Result<Answer> replace_message(const ChangeOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto old, find_message(options, node));
    return push(options, node, prefix, old, old.message(), "msg replace");
}

Result<Answer> cancel_message(const ChangeOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto old, find_message(options, node));
    Message nothing = old.message();
    nothing.to = nothing.from;
    nothing.value = TokenAmount();
    nothing.method = 0;
    nothing.params.clear();
    return push(options, node, prefix, old, std::move(nothing), "msg cancel");
}

void add_change_options(CLI::App& verb, ChangeOptions& options) {
    verb.add_option("MESSAGE", options.message, "the message's CID, or its sender and its nonce")
        ->required()
        ->expected(1, 2);
    verb.add_option("--max-fee,--fee-limit", options.max_fee, "the most FIL that gas may cost");
    verb.add_option("--gas-limit", options.gas_limit, "units of gas (default: as before)")
        ->check(CLI::NonNegativeNumber);
    verb.add_option("--gas-feecap", options.gas_fee_cap,
                    "the most attoFIL to pay for a unit of gas (default: estimated, at least as before)");
    verb.add_option("--gas-premium", options.gas_premium,
                    "attoFIL for a unit of gas that the miner gets (default: estimated, at least what the pool asks)");
    verb.add_flag("--wait", options.waiting.wait, "wait until the replacement is executed");
    add_waiting_options(verb, options.waiting);
}

}  // namespace strata::cli
