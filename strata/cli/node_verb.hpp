#pragma once
// Verbs that ask a running node, and how they print its answer.
#include <nlohmann/json.hpp>

#include <strata/api/client.hpp>
#include <strata/cli/commands.hpp>
#include <strata/cli/find_node.hpp>

namespace strata::cli {

/// The result that a verb prints: the JSON with --json, otherwise the text, which ends with a newline.
struct Answer {
    api::Json json;
    std::string text;
};
/// Asks the node. `prefix` is the first letter of the network's addresses.
using Question = std::function<Result<Answer>(api::Client& node, char prefix)>;

/// Adds a verb that asks a node. `example` is a command line for --help; `name` is that of the node it asks in a local
/// network. The question may keep `options`.
CLI::App* add_node_verb(CLI::App& parent, Run& run, const std::shared_ptr<NodeOptions>& options, const char* name,
                        const std::string& what, const std::string& example, Question question);

/// Returns a line: a name and its value.
std::string fact(std::string_view name, std::string_view value);
/// Returns an amount of a node's answer in FIL; the text itself if it is not an amount.
std::string fil_of(const api::Json& amount);
/// Returns a member as text: a string without quotes, a CID by itself, any other value as JSON; "-" if it is missing.
std::string member_text(const api::Json& object, std::string_view name);
/// Reads an address, of either prefix. Errors: invalid_argument.
Result<Address> parse_address(std::string_view text);
/// Reads a CID and returns it as an API's parameter. Errors: invalid_argument.
Result<api::Json> parse_cid(std::string_view text);

}  // namespace strata::cli
