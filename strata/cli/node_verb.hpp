#pragma once
// Verbs that ask a running node, and how they print its answer.
#include <nlohmann/json.hpp>

#include <strata/api/client.hpp>
#include <strata/cli/commands.hpp>
#include <strata/cli/find_node.hpp>

namespace strata::cli {

/// The result that a verb prints: the JSON with --json, otherwise the text, which ends with a newline. Discarded JSON
/// means that nothing is left to print.
struct Answer {
    api::Json json;
    std::string text;
    int code = 0;  // the verb's exit code; 1 if it did its work and the verdict is "no"
};
/// Asks the node. `prefix` is the first letter of the network's addresses.
using Question = std::function<Result<Answer>(api::Client& node, char prefix)>;

/// Adds a verb that asks a node. `example` is a command line for --help; `name` is that of the node it asks in a local
/// network. The question may keep `options`.
CLI::App* add_node_verb(CLI::App& parent, Run& run, const std::shared_ptr<NodeOptions>& options, const char* name,
                        const std::string& what, const std::string& example, Question question);

/// Adds a verb with options of its own: `verb(options, node, prefix)` returns the answer. Returns the subcommand and
/// the options, to which the caller binds the verb's arguments.
template <class Options, class Verb>
std::pair<CLI::App*, std::shared_ptr<Options>> add_verb(CLI::App& parent, Run& run, const char* name,
                                                        const std::string& what, const std::string& example,
                                                        Verb verb) {
    auto options = std::make_shared<Options>();
    auto* added = add_node_verb(
        parent, run, options, name, what, example,
        [options, verb](api::Client& node, char prefix) -> Result<Answer> { return verb(*options, node, prefix); });
    return {added, options};
}

/// Returns a line: a name and its value.
std::string fact(std::string_view name, std::string_view value);
/// Returns an amount of a node's answer in FIL; the text itself if it is not an amount.
std::string fil_of(const api::Json& amount);
/// Returns a member as text: a string without quotes, a CID by itself, any other value as JSON; "-" if it is missing.
std::string member_text(const api::Json& object, std::string_view name);
/// Reads an address, of either prefix, or as Ethereum writes it. Errors: invalid_argument.
Result<Address> parse_address(std::string_view text);
/// Reads a CID and returns it as an API's parameter. Errors: invalid_argument.
Result<api::Json> parse_cid(std::string_view text);
/// Returns a member of an object; null if it is missing or if `object` is not an object.
api::Json member(const api::Json& object, std::string_view name);
/// Returns JSON for people: a line for each member of an object or element of a list, everything else as itself.
std::string plain_text(const api::Json& json);

}  // namespace strata::cli
