// strata wallet: the keys of a node. Source: lotus api/api_full.go (Wallet*), cli/wallet.go.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <strata/base/files.hpp>
#include <strata/base/hex.hpp>
#include <strata/cli/evm_access.hpp>
#include <strata/cli/message_verb.hpp>
#include <strata/cli/method_verb.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/cli/wallet_lock_command.hpp>
#include <strata/cli/wallet_market.hpp>
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

struct SignOptions : NodeOptions {
    std::string address, message, signature;
};

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
        const auto line = fmt::format("{}  {}{}\n", member_text(out.json.back(), "Address"), fil_of(balance),
                                      is_default ? "  default" : "");
        // People see first the address that pays unless they name one.
        out.text = is_default ? line + out.text : out.text + line;
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

Result<Answer> remove_key(const WalletOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto address, named_address(options.address, prefix));
    STRATA_OK(node.ask("WalletDelete", Json::array({address})));
    return Answer{{{"Address", address}, {"Deleted", true}},
                  fmt::format("the wallet no longer has the key of {}\n", address)};
}

// As lotus wallet sign prints it: the type of the signature in one byte, then its bytes.
Result<Answer> sign(const SignOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto address, named_address(options.address, prefix));
    STRATA_TRY(const auto message, parse_hex("MESSAGE", options.message));
    STRATA_TRY(const auto answer, node.ask("WalletSign", Json::array({address, to_base64(message)})));
    Signature signature;
    STRATA_OK(api::read(answer, signature));
    Bytes bytes{static_cast<std::uint8_t>(signature.type)};
    bytes.insert(bytes.end(), signature.data.begin(), signature.data.end());
    return Answer{{{"Address", address}, {"Signature", answer}, {"Hex", to_hex(bytes)}}, to_hex(bytes) + "\n"};
}

Result<Answer> verify(const SignOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto address, named_address(options.address, prefix));
    STRATA_TRY(const auto message, parse_hex("MESSAGE", options.message));
    STRATA_TRY(const auto bytes, parse_hex("SIGNATURE", options.signature));
    if (bytes.empty())
        return fail(Errc::invalid_argument, "SIGNATURE: expected hexadecimal digits as strata wallet sign prints them");
    const Json signature{{"Type", bytes.front()}, {"Data", to_base64(BytesView(bytes).subspan(1))}};
    STRATA_TRY(const auto valid, node.ask("WalletVerify", Json::array({address, to_base64(message), signature})));
    if (valid == true) return Answer{{{"Address", address}, {"Valid", true}}, "valid\n"};
    return fail(Errc::verification, "the signature is not one of " + address + " under this message");
}

/// The verbs that sign and check bytes.
void add_signing(CLI::App& wallet, Run& run) {
    auto [sign_verb, signed_by] = add_verb<SignOptions>(wallet, run, "sign", "sign bytes with a key of the node",
                                                        "strata wallet sign t1… 68656c6c6f", sign);
    sign_verb->add_option("ADDRESS", signed_by->address, "whose key")->required();
    sign_verb->add_option("MESSAGE", signed_by->message, "the bytes in hexadecimal digits")->required();
    auto [verify_verb, checked] =
        add_verb<SignOptions>(wallet, run, "verify", "check a signature; exit code 1 if it is not valid",
                              "strata wallet verify t1… 68656c6c6f 01a9…", verify);
    verify_verb->add_option("ADDRESS", checked->address, "who is said to have signed")->required();
    verify_verb->add_option("MESSAGE", checked->message, "the bytes in hexadecimal digits")->required();
    verify_verb->add_option("SIGNATURE", checked->signature, "as strata wallet sign prints it")->required();
}

}  // namespace

void add_wallet(CLI::App& app, Run& run) {
    auto* wallet = app.add_subcommand("wallet", "the keys of a node");
    wallet->require_subcommand(1);
    const auto add = [&](const char* name, const char* what, const char* example, auto verb) {
        return add_verb<WalletOptions>(
            *wallet, run, name, what, std::string("strata wallet ") + example,
            [verb](const WalletOptions& options, api::Client& node, char prefix) -> Result<Answer> {
                if constexpr (std::invocable<decltype(verb), api::Client&>)
                    return verb(node);
                else if constexpr (std::invocable<decltype(verb), const WalletOptions&, api::Client&>)
                    return verb(options, node);
                else
                    return verb(options, node, prefix);
            });
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
    {
        auto [verb, options] =
            add("delete", "take a key out of the wallet; export it first if its money is still needed", "delete t1…",
                remove_key);
        verb->add_option("ADDRESS", options->address, "whose key")->required();
    }
    add_send(*wallet, run);
    add_signing(*wallet, run);
    add_method_verb(*wallet, run,
                    {"validate",
                     "tell whether an address is well formed",
                     "validate t01000",
                     "WalletValidateAddress",
                     {{MethodParameter::Kind::text, "ADDRESS", "any address"}}});
    add_wallet_market(*wallet, run);
    add_wallet_lock(*wallet, run);
}

}  // namespace strata::cli
