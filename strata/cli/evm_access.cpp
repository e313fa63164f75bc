#include <strata/cli/evm_access.hpp>

#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include <strata/actors/eam/eth_address.hpp>
#include <strata/base/files.hpp>
#include <strata/base/hex.hpp>
#include <strata/cli/find_node.hpp>
#include <strata/cli/home.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/contracts/abi.hpp>
#include <strata/contracts/outcome.hpp>
#include <strata/devnet/network_folder.hpp>
#include <strata/terminal/width.hpp>

namespace strata::cli {
namespace {

constexpr const char* kUsualUrl = "http://127.0.0.1:1234";
constexpr std::uint64_t kMaxKeyFile = 64 << 10;
constexpr std::size_t kSecret = 32;

Error wrong(const std::string& what) {
    return fail(Errc::invalid_argument, what);
}

std::string_view without_0x(std::string_view text) {
    return text.starts_with("0x") ? text.substr(2) : text;
}

/// Reads a key: what Lotus exports, or the 64 digits that Ethereum's tools have.
Result<wallet::PrivateKey> key_in(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
    if (const auto digits = without_0x(text); digits.size() == 2 * kSecret)
        if (auto secret = from_hex(digits)) return wallet::PrivateKey{wallet::KeyType::delegated, std::move(*secret)};
    return wallet::parse_key(text);
}

Result<Sender> sender_with_key(const EvmAccess& access) {
    STRATA_OK(check_regular_file("--key", access.key));
    STRATA_TRY(const auto content, read_file(access.key, kMaxKeyFile));
    auto key = key_in(as_text(content));
    if (!key)
        return wrong(
            fmt::format("--key {}: {}; expected a key as lotus wallet export writes it, or the 64 hexadecimal "
                        "digits of an Ethereum key",
                        access.key.string(), key.error().message()));
    auto address = wallet::address_of(*key);
    if (!address) return wrong(fmt::format("--key {}: {}", access.key.string(), address.error().message()));
    if (!access.from.empty()) {
        const auto named = Address::parse(access.from);
        if (!named || *named != *address)
            return wrong(fmt::format("--from {}: the key in {} is that of {}", access.from, access.key.string(),
                                     address->to_string()));
    }
    return Sender{*address, std::move(*key)};
}

Result<Sender> sender_of_network(const EvmAccess& access) {
    auto accounts = devnet::network_accounts(access.network);
    if (!accounts && accounts.error().code() == Errc::not_found)
        return wrong(accounts.error().message() +
                     "; name a local network's folder with --network, or give the sender's key with --key");
    if (!accounts) return std::move(accounts).error();
    auto all = std::move(accounts->providers);
    all.push_back(std::move(accounts->client));
    all.push_back(std::move(accounts->faucet));
    const std::string wanted = access.from.empty() ? "faucet" : access.from;
    const auto address = Address::parse(wanted);
    std::string names;
    for (auto& account : all) {
        if (account.name == wanted || (address && account.address == *address))
            return Sender{account.address, std::move(account.key)};
        names += (names.empty() ? "" : ", ") + account.name;
    }
    return wrong(fmt::format("--from {}: the network in {} has no such account; its accounts are {}", wanted,
                             access.network.string(), names));
}

}  // namespace

void add_access(CLI::App& verb, EvmAccess& access, bool signs) {
    access.network = cache_folder() / "devnet";
    verb.add_option("--api", access.api,
                    "URL of a node, or TOKEN:URL (default: FULLNODE_API_INFO, else that of the running network in "
                    "--network, else http://127.0.0.1:1234)");
    verb.add_option("--token", access.token, "token for the node's API (default: that of the network in --network)");
    verb.add_option("--network", access.network,
                    "folder of a local network, which has its accounts (default ~/.cache/strata/devnet)");
    verb.add_option("--from", access.from,
                    signs ? "name or address of the sender's account (default faucet)"
                          : "address of the caller (default: the system's, f00)");
    if (signs) verb.add_option("--key", access.key, "file with the sender's private key, instead of an account");
}

node::ApiAccess node_access(const EvmAccess& access) {
    // The network's own files lead to its first provider.
    const auto found = find_node({.api = access.api, .token = access.token, .network = access.network, .name = ""});
    return found ? *found : node::ApiAccess{kUsualUrl, access.token};
}

Result<Sender> sender_of(const EvmAccess& access) {
    return access.key.empty() ? sender_of_network(access) : sender_with_key(access);
}

Result<TokenAmount> parse_fil(std::string_view text) {
    constexpr std::size_t kDecimals = 18;
    const auto dot = text.find('.');
    std::string digits(text.substr(0, dot));
    const auto fraction = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
    digits += std::string(fraction) + std::string(kDecimals - std::min(kDecimals, fraction.size()), '0');
    const bool decimal = std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
    if (decimal && dot != 0 && fraction.size() <= kDecimals && (dot == std::string_view::npos || !fraction.empty()))
        if (auto value = BigInt::parse(digits); value && *value <= total_filecoin()) return std::move(*value);
    return wrong(
        fmt::format("--value {}: expected an amount in FIL, such as 1 or 0.25, with at most 18 decimals", text));
}

Result<Address> parse_contract(std::string_view text) {
    if (text.starts_with("0x")) {
        STRATA_TRY(const auto address, contracts::parse_ethereum_address(text));
        return actors::eam::to_address(address);
    }
    auto address = Address::parse(text);
    if (!address)
        return wrong(fmt::format("the address {} is not valid ({}); expected 0x…, f410… or f0…", text.substr(0, 100),
                                 address.error().message()));
    return *address;
}

Result<Bytes> parse_hex(std::string_view what, std::string_view text) {
    auto bytes = from_hex(without_0x(text));
    if (!bytes)
        return wrong(fmt::format("{} {}: expected an even number of hexadecimal digits", what, text.substr(0, 100)));
    return std::move(*bytes);
}

Result<ContractInput> parse_input(const std::string& data, const std::vector<std::string>& values,
                                  const contracts::ContractAbi* abi) {
    const bool has_types = data.find('(') != std::string::npos;
    if (has_types || (abi != nullptr && !data.starts_with("0x"))) {
        STRATA_TRY(auto function, has_types ? contracts::parse_function(data) : abi->function(data, values.size()));
        ContractInput out;
        STRATA_TRY(out.data, contracts::encode_call(function, values));
        if (!function.outputs && abi != nullptr) function.outputs = abi->outputs(function);
        out.returns = std::move(function.outputs);
        return out;
    }
    if (!values.empty())
        return wrong(
            "arguments follow hexadecimal data; name the function with its types, such as "
            "'transfer(address,uint256)', or give the contract's ABI with --abi");
    auto bytes = from_hex(without_0x(data));
    if (!bytes)
        return wrong(
            fmt::format("DATA {}: expected an even number of hexadecimal digits, or a function with its types, such as "
                        "'transfer(address,uint256)'; with --abi FILE its name is enough",
                        data.substr(0, 100)));
    return ContractInput{std::move(*bytes), {}};
}

void print_fact(std::string_view name, std::string_view value) {
    fmt::print("{}\n", terminal::folded(fmt::format("{:<10}{}", name, value), terminal::columns_of(stdout)));
}

void print_exit(const Receipt& receipt, const contracts::ContractAbi* abi) {
    print_fact("exit code", fmt::format("{} ({})", receipt.exit_code, contracts::exit_code_name(receipt.exit_code)));
    if (receipt.exit_code != 0)
        print_fact("reason", contracts::revert_reason(contracts::returned_data(receipt.return_data), abi));
}

namespace {

/// Shows an event in words. Empty if the ABI does not have it.
std::optional<std::string> event_text(const vm::StampedEvent& event, const contracts::ContractAbi* abi) {
    if (abi == nullptr) return std::nullopt;
    std::vector<Bytes> topics;
    Bytes data;
    for (const auto& entry : event.entries) {
        // A contract's topics are t1 to t4 and its data is d; other actors have names of their own.
        if (entry.key == "d") {
            data = entry.value;
        } else {
            topics.push_back(entry.value);
        }
    }
    return abi->event(topics, data);
}

}  // namespace

void print_executed(const contracts::Executed& executed, char prefix, const contracts::ContractAbi* abi) {
    print_fact("message", executed.cid.to_string());
    print_fact("epoch", std::to_string(executed.height));
    print_fact("gas", fmt::format("{} used of {}", executed.receipt.gas_used, executed.message.gas_limit));
    print_exit(executed.receipt, abi);
    for (std::size_t i = 0; i < executed.events.size(); ++i) {
        const auto& event = executed.events[i];
        print_fact(fmt::format("event {}", i + 1), "of " + Address::id(event.emitter).to_string(prefix));
        if (const auto text = event_text(event, abi)) {
            print_fact("", *text);
            continue;
        }
        for (const auto& entry : event.entries)
            print_fact("", fmt::format("{:<5}0x{}", entry.key, to_hex(entry.value)));
    }
}

}  // namespace strata::cli
