#include <strata/cli/node_verb.hpp>

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <strata/actors/eam/eth_address.hpp>
#include <strata/chain/audit.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/local_verb.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/contracts/abi.hpp>
#include <strata/terminal/width.hpp>

namespace strata::cli {
namespace {

constexpr std::size_t kShownInput = 100;

void print(const Answer& answer, bool as_json) {
    clear_progress();
    if (answer.json.is_discarded()) return;  // the verb printed while it worked
    // A peer's name is not always UTF-8, and dump() would throw.
    fmt::print("{}", as_json ? answer.json.dump(1, ' ', false, api::Json::error_handler_t::replace) + "\n"
                             : terminal::folded(answer.text, terminal::columns_of(stdout)));
}

Result<int> ask_and_print(const NodeOptions& options, const Question& question) {
    STRATA_TRY(const auto place, find_node(options));
    api::Client node(place.url, place.token);
    STRATA_TRY(const char prefix, node.prefix());
    STRATA_TRY(const auto answer, question(node, prefix));
    print(answer, options.json);
    return answer.code;
}

/// Returns the verb and those above it, as they are typed.
std::string path_of(const CLI::App& verb) {
    std::string path = verb.get_name();
    for (const auto* up = verb.get_parent(); up != nullptr && up->get_parent() != nullptr; up = up->get_parent())
        path = up->get_name() + " " + path;
    return path;
}

}  // namespace

CLI::App* add_node_verb(CLI::App& parent, Run& run, const std::shared_ptr<NodeOptions>& options, const char* name,
                        const std::string& what, const std::string& example, Question question) {
    auto* verb = parent.add_subcommand(name, what);
    verb->footer("Example: " + example);
    add_node_options(*verb, *options);
    verb->callback([options, verb, question = std::move(question), &run] {
        run = [options, question, path = path_of(*verb)] {
            auto done = ask_and_print(*options, question);
            return done ? *done : exit_code_of(std::move(done).error().with_context("strata " + path));
        };
    });
    return verb;
}

CLI::App* add_printing_verb(CLI::App& parent, Run& run, const std::shared_ptr<LocalOptions>& options, const char* name,
                            const std::string& what, const std::string& example, std::function<Result<Answer>()> verb) {
    auto* added = parent.add_subcommand(name, what);
    added->footer("Example: " + example);
    added->add_flag("--json", options->json, "print the result as JSON");
    added->callback([options, added, verb = std::move(verb), &run] {
        run = [options, verb, path = path_of(*added)] {
            const auto answer = verb();
            if (!answer) return exit_code_of(Error(answer.error()).with_context("strata " + path));
            print(*answer, options->json);
            return answer->code;
        };
    });
    return added;
}

std::string fact(std::string_view name, std::string_view value) {
    return fmt::format("{:<17} {}\n", name, value);
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

api::Json member(const api::Json& object, std::string_view name) {
    const auto it = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && it != object.end() ? *it : api::Json();
}

std::string plain_text(const api::Json& json) {
    std::string out;
    if (json.is_object() && !(json.size() == 1 && json.contains("/"))) {
        for (const auto& [name, value] : json.items()) out += fact(name, member_text(json, name));
    } else if (json.is_array()) {
        for (const auto& one : json) out += member_text(api::Json{{"", one}}, "") + "\n";
    } else {
        out = member_text(api::Json{{"", json}}, "") + "\n";
    }
    return out;
}

Result<Address> parse_address(std::string_view text) {
    if (text.starts_with("0x")) {
        STRATA_TRY(const auto ethereum, contracts::parse_ethereum_address(text));
        return actors::eam::to_address(ethereum);
    }
    auto address = Address::parse(text);
    if (address && address->defined()) return *address;
    return fail(
        Errc::invalid_argument,
        fmt::format("the address {} is not valid{}; expected f0…, f1…, f3… or f410…, the same with t, or 0x…",
                    text.substr(0, kShownInput), address ? std::string() : " (" + address.error().message() + ")"));
}

Result<api::Json> parse_cid(std::string_view text) {
    const auto cid = Cid::parse(text);
    if (cid) return api::Json{{"/", cid->to_string()}};
    return fail(Errc::invalid_argument, fmt::format("{} is not a CID ({}); a CID begins with bafy or bafk",
                                                    text.substr(0, kShownInput), cid.error().message()));
}

}  // namespace strata::cli
