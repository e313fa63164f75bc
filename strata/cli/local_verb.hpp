#pragma once
// Verbs that need no node, and how they print what they found.
#include <strata/cli/node_verb.hpp>

namespace strata::cli {

/// Options that all such verbs have.
struct LocalOptions {
    bool json = false;
};

/// Adds a verb that needs no node: `verb(options)` returns the answer. Returns the subcommand and the options.
template <class Options, class Verb>
std::pair<CLI::App*, std::shared_ptr<Options>> add_local_verb(CLI::App& parent, Run& run, const char* name,
                                                              const std::string& what, const std::string& example,
                                                              Verb verb) {
    auto options = std::make_shared<Options>();
    auto* added = add_printing_verb(parent, run, options, name, what, example,
                                    [options, verb]() -> Result<Answer> { return verb(*options); });
    return {added, options};
}
CLI::App* add_printing_verb(CLI::App& parent, Run& run, const std::shared_ptr<LocalOptions>& options, const char* name,
                            const std::string& what, const std::string& example, std::function<Result<Answer>()> verb);

}  // namespace strata::cli
