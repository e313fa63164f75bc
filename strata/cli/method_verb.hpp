#pragma once
// Verbs that ask one method of the node and print its answer. They are rows of a table: the verb, the method, and which
// words of the command line are which parameters. With --json they print the node's answer as it is.
#include <strata/cli/node_verb.hpp>

namespace strata::cli {

/// One parameter of a method.
struct MethodParameter {
    enum class Kind {
        address,  // in either letter
        cid,
        number,
        text,
        bytes,   // hexadecimal digits, sent as base64
        amount,  // FIL, sent as attoFIL
        tipset,  // --tipset, @EPOCH or CIDs: not a word of its own
        null,    // always null
    };
    Kind kind = Kind::null;
    const char* name = "";     // such as ADDRESS
    const char* what = "";     // for --help
    bool is_optional = false;  // null if it is left out
};

struct MethodVerb {
    const char* name;
    const char* what;     // one sentence
    const char* example;  // without "strata " and the verbs above
    const char* method;
    std::vector<MethodParameter> parameters;
    std::string (*text)(const api::Json& answer) = plain_text;
    /// Said if the node answers null, which is then the verdict "no"; null: an answer like any other.
    const char* if_null = nullptr;
};
void add_method_verb(CLI::App& parent, Run& run, const MethodVerb& verb);

/// Adds --tipset.
void add_tipset_option(CLI::App& verb, std::string& tipset);
/// Reads --tipset: empty or @head for the head, @EPOCH, or the CIDs of blocks with commas between them. Returns the
/// key as JSON; null for the head. Errors: invalid_argument; those of the node.
Result<api::Json> tipset_key(api::Client& node, const std::string& text);

}  // namespace strata::cli
