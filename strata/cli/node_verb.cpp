#include <strata/cli/node_verb.hpp>

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include <strata/base/files.hpp>
#include <strata/chain/audit.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/home.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/http/message.hpp>

namespace strata::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAddressFile = "api";
constexpr const char* kTokenFile = "token";
constexpr std::uint64_t kLongestNote = 4096;  // bytes of either file
constexpr unsigned kFilDecimals = 18;
constexpr std::size_t kShownInput = 100;

std::string first_line(const fs::path& file) {
    const auto content = read_file(file, kLongestNote);
    if (!content) return {};
    const auto text = as_text(*content);
    return std::string(text.substr(0, text.find_first_of("\r\n")));
}

/// Returns the URL of /ip4/HOST/tcp/PORT/…; any other text unchanged.
std::string url_of(std::string_view address) {
    std::vector<std::string_view> parts;
    for (auto rest = address; rest.starts_with('/');) {
        rest.remove_prefix(1);
        parts.push_back(rest.substr(0, rest.find('/')));
        rest.remove_prefix(parts.back().size());
    }
    if (parts.size() < 4 || parts[2] != "tcp") return std::string(address);
    return "http://" + http::bracketed(parts[1]) + ":" + std::string(parts[3]);
}

NodePlace noted_place(const fs::path& folder) {
    return {url_of(first_line(folder / kAddressFile)), first_line(folder / kTokenFile)};
}

Result<int> ask_and_print(const NodeOptions& options, const Question& question) {
    STRATA_TRY(const auto place, find_node(options));
    api::Client node(place.url, place.token);
    STRATA_TRY(const char prefix, node.prefix());
    STRATA_TRY(const auto answer, question(node, prefix));
    clear_progress();
    // A peer's name is not always UTF-8, and dump() would throw.
    fmt::print(
        "{}", options.json ? answer.json.dump(1, ' ', false, api::Json::error_handler_t::replace) + "\n" : answer.text);
    return kDone;
}

}  // namespace

void add_node_options(CLI::App& verb, NodeOptions& options) {
    options.network = cache_folder() / "devnet";
    verb.add_option("--api", options.api,
                    "URL of a node, or TOKEN:URL (default: FULLNODE_API_INFO, else the node of --network)");
    verb.add_option("--token", options.token, "token for the node's API (default: the one beside its address)");
    verb.add_option("--network", options.network,
                    "folder of a local network or of a node (default ~/.cache/strata/devnet)");
    verb.add_option("--node", options.name, "which node of the local network to ask")->capture_default_str();
    verb.add_flag("--json", options.json, "print the result as JSON; amounts are in attoFIL");
}

NodePlace parse_node_place(std::string_view text) {
    constexpr std::string_view kTokenLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    const auto colon = text.find(':');
    const bool has_token = colon != std::string_view::npos && std::ranges::count(text.substr(0, colon), '.') == 2 &&
                           text.find_first_not_of(kTokenLetters) == colon;
    if (!has_token) return {url_of(text), {}};
    return {url_of(text.substr(colon + 1)), std::string(text.substr(0, colon))};
}

Result<NodePlace> find_node(const NodeOptions& options) {
    NodePlace out;
    const char* named = std::getenv("FULLNODE_API_INFO");
    if (!options.api.empty()) {
        out = parse_node_place(options.api);
    } else if (named != nullptr && *named != '\0') {
        out = parse_node_place(named);
    } else {
        out = noted_place(options.network / options.name);
        if (out.url.empty()) out = noted_place(options.network);
    }
    if (!options.token.empty()) out.token = options.token;
    if (!out.url.empty()) return out;
    return fail(Errc::not_found,
                fmt::format("no node is known: there is no --api, FULLNODE_API_INFO is not set, and neither {} nor {} "
                            "exists; start a network with strata devnet up --processes, or name its folder with "
                            "--network",
                            (options.network / options.name / kAddressFile).string(),
                            (options.network / kAddressFile).string()));
}

CLI::App* add_node_verb(CLI::App& parent, Run& run, const std::shared_ptr<NodeOptions>& options, const char* name,
                        const std::string& what, const std::string& example, Question question) {
    auto* verb = parent.add_subcommand(name, what);
    verb->footer("Example: " + example);
    add_node_options(*verb, *options);
    verb->callback([options, verb, question = std::move(question), &run] {
        std::string path = verb->get_name();
        for (const auto* up = verb->get_parent(); up != nullptr && up->get_parent() != nullptr; up = up->get_parent())
            path = up->get_name() + " " + path;
        run = [options, question, path] {
            auto done = ask_and_print(*options, question);
            return done ? *done : exit_code_of(std::move(done).error().with_context("strata " + path));
        };
    });
    return verb;
}

std::string fact(std::string_view name, std::string_view value) {
    return fmt::format("{:<18}{}\n", name, value);
}

std::string fil_of(const api::Json& amount) {
    TokenAmount value;
    if (!api::read(amount, value)) return amount.dump();
    return chain::fil_text(value, kFilDecimals);
}

std::string member_text(const api::Json& object, std::string_view name) {
    const auto it = object.is_object() ? object.find(name) : object.end();
    if (!object.is_object() || it == object.end() || it->is_null()) return "-";
    if (it->is_string()) return it->get<std::string>();
    if (it->is_object() && it->size() == 1 && it->contains("/")) return member_text(*it, "/");
    return it->dump(-1, ' ', false, api::Json::error_handler_t::replace);
}

Result<Address> parse_address(std::string_view text) {
    auto address = Address::parse(text);
    if (address && address->defined()) return *address;
    return fail(
        Errc::invalid_argument,
        fmt::format("the address {} is not valid{}; expected f0…, f1…, f3… or f410…, or the same with t",
                    text.substr(0, kShownInput), address ? std::string() : " (" + address.error().message() + ")"));
}

Result<api::Json> parse_cid(std::string_view text) {
    const auto cid = Cid::parse(text);
    if (cid) return api::Json{{"/", cid->to_string()}};
    return fail(Errc::invalid_argument, fmt::format("{} is not a CID ({}); a CID begins with bafy or bafk",
                                                    text.substr(0, kShownInput), cid.error().message()));
}

}  // namespace strata::cli
