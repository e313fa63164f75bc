#pragma once
// The verbs and options of the program as a tree, for what is made from it: completions, manual pages, checks.
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace strata::cli {

struct TreeOption {
    std::vector<std::string> names;  // "--json", "-o"; empty for an argument without a name
    std::string argument;            // "ADDRESS" for an argument; what follows an option, empty for a flag
    std::string description;
    std::string usual;  // the value without the option, if it is shown
    bool is_required = false;
    bool is_repeated = false;
};

struct TreeVerb {
    std::vector<std::string> path;  // empty for the program itself
    std::string description;
    std::string footer;  // an example, if there is one
    std::vector<TreeOption> options;
    std::vector<std::pair<std::string, std::string>> verbs;  // the verbs below, with their descriptions
    /// Returns "strata wallet new", with `between` in the place of the spaces.
    std::string name(const std::string& between = " ") const;
};

/// Visits the program and then every verb, a verb before those below it.
void walk_tree(const CLI::App& root, const std::function<void(const TreeVerb&)>& visit);

}  // namespace strata::cli
