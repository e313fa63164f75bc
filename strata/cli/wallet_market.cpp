// strata wallet market: money in the escrow of the storage market. Source: lotus cli/wallet.go (walletMarket*),
// api/api_full.go (Market*, StateMarketBalance).
#include <strata/cli/wallet_market.hpp>

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <strata/cli/message_verb.hpp>

namespace strata::cli {
namespace {

using api::Json;

struct MarketOptions : NodeOptions {
    std::string address, amount, from;
    WaitOptions waiting;
};

struct Escrow {
    TokenAmount all, locked, reserved;
    TokenAmount free() const { return all - locked; }
};

Result<Escrow> escrow_of(api::Client& node, const std::string& address) {
    Escrow out;
    STRATA_TRY(const auto balance, node.ask("StateMarketBalance", Json::array({address, Json()})));
    STRATA_OK(api::read_member(balance, "Escrow", out.all));
    STRATA_OK(api::read_member(balance, "Locked", out.locked));
    STRATA_TRY(const auto reserved, node.ask("MarketGetReserved", Json::array({address})));
    STRATA_OK(api::read(reserved, out.reserved));
    return out;
}

Result<Answer> balance(const MarketOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto address, address_or_default(node, options.address, prefix));
    STRATA_TRY(const auto escrow, escrow_of(node, address));
    const auto text = [](const TokenAmount& amount) { return fil_of(Json(amount.to_string())); };
    return Answer{{{"Address", address},
                   {"Escrow", escrow.all.to_string()},
                   {"Locked", escrow.locked.to_string()},
                   {"Available", escrow.free().to_string()},
                   {"Reserved", escrow.reserved.to_string()}},
                  fact("escrow", text(escrow.all)) + fact("locked in deals", text(escrow.locked)) +
                      fact("available", text(escrow.free())) + fact("set aside", text(escrow.reserved))};
}

/// Says which message was sent, and waits for it if the options ask for it.
Result<Answer> sent(const MarketOptions& options, api::Client& node, const Json& cid, const std::string& address,
                    const TokenAmount& amount, std::string_view name) {
    if (cid.is_null())
        return fail(Errc::verification,
                    "no message was needed: the money is not free; strata wallet market balance shows what is");
    Answer out{{{"CID", cid}, {"Address", address}, {"Amount", amount.to_string()}},
               fact("message", member_text(cid, "/")) + fact("amount", fil_of(Json(amount.to_string())))};
    return with_execution(std::move(out), node, cid, options.waiting, name);
}

Result<Answer> add(const MarketOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto amount, parse_amount("AMOUNT", options.amount));
    STRATA_TRY(const auto from, address_or_default(node, options.from, prefix));
    STRATA_TRY(const auto address,
               options.address.empty() ? Result<std::string>(from) : named_address(options.address, prefix));
    STRATA_TRY(const auto cid, node.ask("MarketAddBalance", Json::array({from, address, amount.to_string()})));
    return sent(options, node, cid, address, amount, "wallet market add");
}

Result<Answer> withdraw(const MarketOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto wallet, address_or_default(node, options.from, prefix));
    STRATA_TRY(const auto address,
               options.address.empty() ? Result<std::string>(wallet) : named_address(options.address, prefix));
    STRATA_TRY(const auto escrow, escrow_of(node, address));
    // As lotus wallet market withdraw: what is set aside for deals stays, and without an amount all else goes.
    const TokenAmount free = escrow.free() - escrow.reserved;
    TokenAmount amount = free;
    if (!options.amount.empty()) {
        STRATA_TRY(amount, parse_amount("AMOUNT", options.amount));
    }
    if (amount.sign() <= 0 || amount > free)
        return fail(Errc::verification,
                    "the escrow of " + address + " has " + fil_of(Json(free.to_string())) +
                        " that is neither locked in deals nor set aside; strata wallet market balance shows it");
    STRATA_TRY(const auto cid, node.ask("MarketWithdraw", Json::array({wallet, address, amount.to_string()})));
    return sent(options, node, cid, address, amount, "wallet market withdraw");
}

void add_money_options(CLI::App& verb, MarketOptions& options) {
    verb.add_option("--from,--wallet", options.from, "who signs; the node has the key (default: its default address)");
    verb.add_option("--address", options.address, "whose escrow (default: that of the sender)");
    verb.add_flag("--wait", options.waiting.wait, "wait until the message is executed");
    add_waiting_options(verb, options.waiting);
}

}  // namespace

void add_wallet_market(CLI::App& wallet, Run& run) {
    auto* market = wallet.add_subcommand("market", "money in the escrow of the storage market");
    market->require_subcommand(1);
    {
        auto [verb, options] =
            add_verb<MarketOptions>(*market, run, "balance", "show the escrow of an address: all, locked and free",
                                    "strata wallet market balance t1…", balance);
        verb->add_option("ADDRESS", options->address, "default: the wallet's default address");
    }
    {
        auto [verb, options] = add_verb<MarketOptions>(*market, run, "add", "put money into the escrow",
                                                       "strata wallet market add 1.5 --wait", add);
        verb->add_option("AMOUNT", options->amount, "in FIL, such as 0.25")->required();
        add_money_options(*verb, *options);
    }
    {
        auto [verb, options] = add_verb<MarketOptions>(*market, run, "withdraw", "take free money out of the escrow",
                                                       "strata wallet market withdraw 0.5 --wait", withdraw);
        verb->add_option("AMOUNT", options->amount, "in FIL (default: all that is free)");
        add_money_options(*verb, *options);
    }
}

}  // namespace strata::cli
