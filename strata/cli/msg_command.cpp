// strata send and strata msg: messages from a key of the node until they are executed. Source: lotus cli/send.go,
// cli/mpool.go, api/api_full.go (MpoolPushMessage, GasEstimateMessageGas).
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/chain/audit.hpp>
#include <strata/cli/message_change.hpp>

namespace strata::cli {
namespace {

using api::Json;

struct SendOptions : SendingOptions {
    std::string to, amount;
    std::uint64_t method = 0;
    ParamsOptions params;
    std::optional<Nonce> nonce;
};

struct CidOptions : NodeOptions {
    std::string cid;
    WaitOptions waiting;
};

struct ListOptions : NodeOptions {
    std::string from;
};

/// Makes the message that the options describe; its fees are 0 where the node is to choose.
Result<Message> message_of(const SendOptions& options, api::Client& node, char prefix) {
    Message out;
    STRATA_TRY(out.to, parse_address(options.to));
    STRATA_TRY(out.value, parse_amount("AMOUNT", options.amount));
    STRATA_TRY(const auto from, address_or_default(node, options.from, prefix));
    STRATA_TRY(out.from, parse_address(from));
    out.method = options.method;
    STRATA_TRY(out.params, encoded_params(options.params, node, out.to.to_string(prefix), out.method));
    if (!out.params.empty() && out.method == 0)
        return fail(Errc::invalid_argument, "parameters need a --method: method 0 is a payment and takes none");
    STRATA_OK(set_gas(out, options));
    return out;
}

/// Signs a message whose nonce the person chose, and gives it to the pool.
Result<Answer> send_with_nonce(const SendOptions& options, api::Client& node, char prefix, Message message) {
    message.nonce = *options.nonce;
    STRATA_TRY(const auto spec, send_spec(options));
    const api::Printer print(prefix);
    STRATA_TRY(const auto priced, node.ask("GasEstimateMessageGas", Json::array({print(message), spec, Json()})));
    STRATA_OK(take_gas(message, priced));
    STRATA_TRY(const auto signed_message,
               node.ask("WalletSignMessage", Json::array({print(message.from), print(message)})));
    STRATA_TRY(const auto cid, node.ask("MpoolPush", Json::array({signed_message})));
    return Answer{{{"CID", cid},
                   {"From", print(message.from)},
                   {"To", print(message.to)},
                   {"Value", message.value.to_string()},
                   {"Method", message.method},
                   {"Nonce", message.nonce}},
                  fact("message", member_text(cid, "/")) + fact("nonce", std::to_string(message.nonce))};
}

/// Refuses an amount that the sender does not have, in words that say how much it has; the node's own refusal speaks of
/// exit codes. A node that does not tell the balance decides by itself.
Status check_balance(api::Client& node, char prefix, const Message& message) {
    const auto from = message.from.to_string(prefix);
    const auto answer = node.ask("WalletBalance", Json::array({from}));
    TokenAmount balance;
    if (!answer || !api::read(*answer, balance) || message.value <= balance) return {};
    return fail(Errc::verification,
                fmt::format("{} has {}, which is less than the {} to send; nothing was sent. strata wallet list shows "
                            "what each address has, and --from chooses one",
                            from, chain::exact_fil(balance), chain::exact_fil(message.value)));
}

Result<Answer> send(const SendOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(auto message, message_of(options, node, prefix));
    STRATA_OK(check_balance(node, prefix, message));
    if (!options.nonce) {
        STRATA_TRY(auto sent, send_message(options, node, prefix, std::move(message), "send"));
        if (!options.waiting.wait)
            sent.text += fact("next", "strata msg wait " + member_text(member(sent.json, "CID"), "/") +
                                          " waits until it is executed");
        return sent;
    }
    if (options.waiting.wait)
        return fail(Errc::invalid_argument,
                    "--wait and --nonce do not go together: a nonce above the next one waits for others; strata msg "
                    "wait CID waits for the message");
    return send_with_nonce(options, node, prefix, std::move(message));
}

Result<Answer> estimate(const SendOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(auto message, message_of(options, node, prefix));
    STRATA_TRY(const auto spec, send_spec(options));
    STRATA_TRY(const auto priced,
               node.ask("GasEstimateMessageGas", Json::array({api::Printer(prefix)(message), spec, Json()})));
    STRATA_OK(take_gas(message, priced));
    STRATA_TRY(const auto base_fee, base_fee_of_head(node));
    const TokenAmount most = message.gas_fee_cap * BigInt(message.gas_limit);
    const TokenAmount usual = min(base_fee + message.gas_premium, message.gas_fee_cap) * BigInt(message.gas_limit);
    const auto atto = [](const TokenAmount& amount) { return amount.to_string() + " attoFIL"; };
    return Answer{{{"GasLimit", message.gas_limit},
                   {"GasFeeCap", message.gas_fee_cap.to_string()},
                   {"GasPremium", message.gas_premium.to_string()},
                   {"BaseFee", base_fee.to_string()},
                   {"MaxFee", most.to_string()},
                   {"FeeNow", usual.to_string()}},
                  fact("gas limit", std::to_string(message.gas_limit)) + fact("fee cap", atto(message.gas_fee_cap)) +
                      fact("premium", atto(message.gas_premium)) + fact("base fee now", atto(base_fee)) +
                      fact("gas costs now", chain::exact_fil(usual) + " at most") +
                      fact("and never more", "than " + chain::exact_fil(most))};
}

Result<Answer> wait(const CidOptions& options, api::Client& node, char) {
    STRATA_TRY(const auto cid, parse_cid(options.cid));
    STRATA_TRY(const auto found, wait_for_message(node, cid, options.waiting, "msg wait"));
    STRATA_OK(check_executed(cid, found));
    STRATA_TRY(const auto head, node.ask("ChainHead", Json::array()));
    const auto epochs = member(head, "Height").is_number_integer() && member(found, "Height").is_number_integer()
                            ? head["Height"].get<std::int64_t>() - found["Height"].get<std::int64_t>()
                            : 0;
    Answer out{found, fact("message", options.cid)};
    // A replacement with the same call counts as the message.
    if (const auto executed = member(found, "Message"); !executed.is_null() && executed != cid)
        out.text += fact("replaced by", member_text(executed, "/"));
    out.text += executed_text(found);
    out.json["Confidence"] = epochs;
    out.text += fact("confidence", fmt::format("{} epochs", epochs));
    return out;
}

/// Returns the balance and the next nonce of a sender; zeros if it is not on the chain yet.
Result<std::pair<TokenAmount, Nonce>> account_of(api::Client& node, const Address& from, char prefix) {
    std::pair<TokenAmount, Nonce> out;
    api::Refusal refusal;
    const auto actor = node.ask("StateGetActor", Json::array({from.to_string(prefix), Json()}), &refusal);
    if (!actor && refusal.code != 0) return out;
    if (!actor) return actor.error();
    STRATA_OK(api::read_member(*actor, "Balance", out.first));
    STRATA_OK(api::read_member(*actor, "Nonce", out.second));
    return out;
}

Result<Answer> list(const ListOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(auto own, own_addresses(node));
    if (!options.from.empty()) {
        STRATA_TRY(const auto only, parse_address(options.from));
        own = {only};
    }
    STRATA_TRY(const auto all, pool_messages(node));
    STRATA_TRY(const auto base_fee, base_fee_of_head(node));
    Answer out{Json::array(), {}};
    for (const auto& from : own) {
        std::vector<PoolMessage> sent;
        for (const auto& one : all)
            if (one.message().from == from) sent.push_back(one);
        if (sent.empty()) continue;
        STRATA_TRY(const auto account, account_of(node, from, prefix));
        const auto reasons = waits_of(sent, account.second, account.first, base_fee);
        out.text += from.to_string(prefix) + "\n";
        for (std::size_t i = 0; i < sent.size(); ++i) {
            const auto& message = sent[i].message();
            out.json.push_back({{"CID", {{"/", sent[i].cid.to_string()}}},
                                {"From", from.to_string(prefix)},
                                {"To", message.to.to_string(prefix)},
                                {"Nonce", message.nonce},
                                {"Value", message.value.to_string()},
                                {"Method", message.method},
                                {"GasLimit", message.gas_limit},
                                {"GasFeeCap", message.gas_fee_cap.to_string()},
                                {"GasPremium", message.gas_premium.to_string()},
                                {"WaitsFor", reasons[i].cause},
                                {"Reason", reasons[i].text}});
            out.text += fmt::format("  {:>6}  {}  to {}, {}, method {}\n          waits for {}\n", message.nonce,
                                    sent[i].cid.to_string(), message.to.to_string(prefix),
                                    chain::exact_fil(message.value), message.method, reasons[i].text);
        }
    }
    if (out.text.empty()) out.text = "no message of this node's keys waits in the pool\n";
    return out;
}

void add_message_options(CLI::App& verb, SendOptions& options) {
    verb.add_option("ADDRESS", options.to, "who gets it")->required();
    verb.add_option("AMOUNT", options.amount, "in FIL, such as 0.25")->required();
    verb.add_option("--method", options.method, "number of the method that is called")->capture_default_str();
    add_params_options(verb, options.params);
    add_sending_options(verb, options);
}

void add_sender(CLI::App& parent, Run& run, const std::string& path) {
    auto [verb, options] =
        add_verb<SendOptions>(parent, run, "send", "send FIL to an address, or call any method of an actor",
                              "strata " + path + " t1… 0.25 --wait", send);
    add_message_options(*verb, *options);
    verb->add_option("--nonce", options->nonce, "the message's nonce (default: the sender's next one)");
}

void add_change(CLI::App& msg, Run& run) {
    auto [replaced, replacing] = add_verb<ChangeOptions>(
        msg, run, "replace", "send a message of the pool again with a premium that the pool takes as a replacement",
        "strata msg replace bafy2bza… --wait", replace_message);
    add_change_options(*replaced, *replacing);
    auto [cancelled, cancelling] = add_verb<ChangeOptions>(
        msg, run, "cancel", "replace a message of the pool by a payment of nothing to its own sender",
        "strata msg cancel bafy2bza… --wait", cancel_message);
    add_change_options(*cancelled, *cancelling);
}

}  // namespace

void add_send(CLI::App& app, Run& run) {
    // It is a verb of the program and one of `wallet`, where people look for it too.
    add_sender(app, run, app.get_parent() == nullptr ? "send" : app.get_name() + " send");
}

void add_msg(CLI::App& app, Run& run) {
    auto* msg = app.add_subcommand("msg", "messages: send, follow, replace, cancel");
    msg->require_subcommand(1);
    add_sender(*msg, run, "msg send");
    auto [waited, cid] = add_verb<CidOptions>(*msg, run, "wait", "wait until a message is executed; may be repeated",
                                              "strata msg wait bafy2bza… --confidence 5", wait);
    waited->add_option("CID", cid->cid, "the message's CID")->required();
    add_waiting_options(*waited, cid->waiting);
    auto [listed, only] = add_verb<ListOptions>(
        *msg, run, "list", "list the messages of this node's keys in the pool, and what each of them waits for",
        "strata msg list", list);
    listed->add_option("--from", only->from, "only messages of this sender");
    auto [estimated, options] = add_verb<SendOptions>(
        *msg, run, "estimate", "tell what a message would cost, without sending it",
        "strata msg estimate t01000 0 --method 16 --params-json '{\"AmountRequested\":\"1\"}'", estimate);
    add_message_options(*estimated, *options);
    add_change(*msg, run);
}

}  // namespace strata::cli
