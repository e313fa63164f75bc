// strata wallet and strata send: the keys of a node, and payments. Source: lotus api/api_full.go (Wallet*,
// MpoolPushMessage).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <thread>

#include <nlohmann/json.hpp>

#include <strata/base/files.hpp>
#include <strata/cli/evm_access.hpp>
#include <strata/cli/node_verb.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/cli/wallet_lock_command.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::cli {
namespace {

using api::Json;

constexpr std::uint64_t kMaxKeyFile = 64 << 10;

struct WalletOptions : NodeOptions {
    std::string address;
    std::string type = "secp256k1";
    std::filesystem::path file;
};

struct SendOptions : NodeOptions {
    std::string to, amount, from;
    bool wait = false;
    std::uint64_t timeout = 600;  // seconds
};

Result<std::string> address_or_default(api::Client& node, const std::string& text, char prefix) {
    if (!text.empty()) {
        STRATA_TRY(const auto address, parse_address(text));
        return address.to_string(prefix);
    }
    STRATA_TRY(const auto found, node.ask("WalletDefaultAddress", Json::array()));
    if (!found.is_string()) return fail(Errc::malformed, "WalletDefaultAddress: expected an address");
    return found.get<std::string>();
}

Result<Answer> make_key(const WalletOptions& options, api::Client& node) {
    STRATA_OK(wallet::parse_key_type(options.type));
    STRATA_TRY(const auto address, node.ask("WalletNew", Json::array({options.type})));
    const Json out{{"Address", address}};
    return Answer{out, member_text(out, "Address") + "\n"};
}

Result<Answer> list(api::Client& node) {
    STRATA_TRY(const auto all, node.ask("WalletList", Json::array()));
    // A wallet without keys has no default address, which a node answers with an error.
    const auto main = node.ask("WalletDefaultAddress", Json::array());
    Answer out{Json::array(), {}};
    for (const auto& address : all) {
        STRATA_TRY(const auto balance, node.ask("WalletBalance", Json::array({address})));
        const bool is_default = main && *main == address;
        out.json.push_back({{"Address", address}, {"Balance", balance}, {"Default", is_default}});
        out.text += fmt::format("{}  {}{}\n", member_text(out.json.back(), "Address"), fil_of(balance),
                                is_default ? "  default" : "");
    }
    return out;
}

Result<Answer> balance(const WalletOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto address, address_or_default(node, options.address, prefix));
    STRATA_TRY(const auto amount, node.ask("WalletBalance", Json::array({address})));
    return Answer{{{"Address", address}, {"Balance", amount}}, fil_of(amount) + "\n"};
}

Result<Answer> main_address(const WalletOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto address, address_or_default(node, options.address, prefix));
    if (!options.address.empty()) STRATA_OK(node.ask("WalletSetDefault", Json::array({address})));
    return Answer{{{"Address", address}}, address + "\n"};
}

Result<Answer> export_key(const WalletOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto address, parse_address(options.address));
    STRATA_TRY(const auto record, node.ask("WalletExport", Json::array({address.to_string(prefix)})));
    STRATA_TRY(const auto key, wallet::parse_key(record.dump()));
    return Answer{record, wallet::to_hex_lotus(key) + "\n"};
}

Result<Answer> import_key(const WalletOptions& options, api::Client& node) {
    STRATA_OK(check_regular_file("FILE", options.file));
    STRATA_TRY(const auto content, read_file(options.file, kMaxKeyFile));
    std::string_view text = as_text(content);
    while (text.ends_with('\n') || text.ends_with('\r') || text.ends_with(' ')) text.remove_suffix(1);
    const auto key = wallet::parse_key(text);
    if (!key)
        return fail(Errc::invalid_argument, options.file.string() + ": " + key.error().message() +
                                                "; expected a key as strata wallet export or lotus wallet export "
                                                "writes it");
    STRATA_TRY(const auto address, node.ask("WalletImport", Json::array({Json::parse(wallet::to_json(*key))})));
    const Json out{{"Address", address}};
    return Answer{out, member_text(out, "Address") + "\n"};
}

/// Waits until the message is executed. The node's StateWaitMsg is silent meanwhile, so the head is watched instead.
Result<Json> wait_for(api::Client& node, const Json& cid, const SendOptions& options) {
    using Clock = std::chrono::steady_clock;
    const auto watch = terminal_watch("strata send");
    const auto end = Clock::now() + std::chrono::seconds(options.timeout);
    for (; Clock::now() < end; std::this_thread::sleep_for(std::chrono::milliseconds(500))) {
        STRATA_TRY(auto found, node.ask("StateSearchMsg", Json::array({Json(), cid, -1, true})));
        if (!found.is_null()) return found;
        STRATA_TRY(const auto head, node.ask("ChainHead", Json::array()));
        STRATA_OK(watch.at("epoch " + member_text(head, "Height") + ", the message waits for a block", 0));
    }
    return fail(Errc::io, fmt::format("it was not executed within {} seconds; it still may be, and strata chain msg "
                                      "shows it",
                                      options.timeout));
}

Result<Answer> send(const SendOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto to, parse_address(options.to));
    auto value = parse_fil(options.amount);
    if (!value)
        return fail(Errc::invalid_argument, fmt::format("AMOUNT {}: expected an amount in FIL, such as 1 or 0.25, with "
                                                        "at most 18 decimals",
                                                        options.amount));
    STRATA_TRY(const auto from, address_or_default(node, options.from, prefix));
    Message message;
    message.to = to;
    message.value = std::move(*value);
    STRATA_TRY(message.from, parse_address(from));
    STRATA_TRY(const auto sent, node.ask("MpoolPushMessage", Json::array({api::Printer(prefix)(message), Json()})));
    if (!sent.is_object() || !sent.contains("CID"))
        return fail(Errc::malformed, "MpoolPushMessage: the node's answer lacks the field CID");
    Answer out{
        {{"CID", sent["CID"]}, {"From", from}, {"To", to.to_string(prefix)}, {"Value", message.value.to_string()}},
        fact("message", member_text(sent, "CID"))};
    if (!options.wait) return out;
    auto found = wait_for(node, sent["CID"], options);
    if (!found) return std::move(found).error().with_context("the message " + member_text(sent, "CID") + " was sent");
    const Json receipt = found->value("Receipt", Json());
    if (!receipt.is_object()) return fail(Errc::malformed, "StateSearchMsg: the node's answer lacks the field Receipt");
    out.json["Height"] = found->value("Height", Json());
    out.json["Receipt"] = receipt;
    out.text += fact("epoch", member_text(*found, "Height"));
    out.text += fact("exit code", member_text(receipt, "ExitCode"));
    out.text += fact("gas used", member_text(receipt, "GasUsed"));
    if (member_text(receipt, "ExitCode") != "0")
        return fail(Errc::verification, fmt::format("the message {} was executed and failed with exit code {}",
                                                    member_text(sent, "CID"), member_text(receipt, "ExitCode")));
    return out;
}

}  // namespace

void add_wallet(CLI::App& app, Run& run) {
    auto* wallet = app.add_subcommand("wallet", "the keys of a node");
    wallet->require_subcommand(1);
    const auto add = [&](const char* name, const char* what, const char* example, auto verb) {
        auto options = std::make_shared<WalletOptions>();
        auto* added = add_node_verb(*wallet, run, options, name, what, std::string("strata wallet ") + example,
                                    [options, verb](api::Client& node, char prefix) -> Result<Answer> {
                                        if constexpr (std::invocable<decltype(verb), api::Client&>)
                                            return verb(node);
                                        else if constexpr (std::invocable<decltype(verb), WalletOptions&, api::Client&>)
                                            return verb(*options, node);
                                        else
                                            return verb(*options, node, prefix);
                                    });
        return std::pair(added, options);
    };
    {
        auto [verb, options] = add("new", "make a key", "new bls", make_key);
        verb->add_option("TYPE", options->type, "secp256k1, bls or delegated")->capture_default_str();
    }
    add("list", "list the keys with their balances", "list --json", list);
    {
        auto [verb, options] = add("balance", "print the balance of an address", "balance t01000", balance);
        verb->add_option("ADDRESS", options->address, "default: the wallet's default address");
    }
    {
        auto [verb, options] = add("default", "print or set the default address", "default t1…", main_address);
        verb->add_option("ADDRESS", options->address, "the new default address");
    }
    {
        auto [verb, options] = add("export", "print a private key as Lotus writes it; its readers can spend the money",
                                   "export t1…", export_key);
        verb->add_option("ADDRESS", options->address, "whose key")->required();
    }
    {
        auto [verb, options] = add("import", "take a private key into the wallet", "import key.txt", import_key);
        verb->add_option("FILE", options->file, "a key as wallet export writes it")->required();
    }
    add_wallet_lock(*wallet, run);
}

void add_send(CLI::App& app, Run& run) {
    auto options = std::make_shared<SendOptions>();
    auto* verb = add_node_verb(app, run, options, "send", "send FIL to an address", "strata send t1… 0.25 --wait",
                               [options](api::Client& node, char prefix) { return send(*options, node, prefix); });
    verb->add_option("ADDRESS", options->to, "who gets it")->required();
    verb->add_option("AMOUNT", options->amount, "in FIL, such as 0.25")->required();
    verb->add_option("--from", options->from, "who pays; the node has the key (default: its default address)");
    verb->add_flag("--wait", options->wait, "wait until the message is executed");
    verb->add_option("--timeout", options->timeout, "seconds to wait with --wait")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
}

}  // namespace strata::cli
