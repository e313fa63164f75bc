#include <strata/cli/node_verb.hpp>

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <strata/chain/audit.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/terminal.hpp>

namespace strata::cli {
namespace {

constexpr std::size_t kShownInput = 100;

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
    return chain::exact_fil(value);
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
