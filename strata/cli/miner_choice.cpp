#include <strata/cli/miner_choice.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>

#include <nlohmann/json.hpp>

namespace strata::cli {

using api::Json;

void add_miner_option(CLI::App& verb, MinerOptions& options) {
    verb.add_option("--miner", options.miner, "the miner's address (default: the first of the network)");
}

Result<std::string> miner_of(const MinerOptions& options, api::Client& node, char prefix) {
    if (!options.miner.empty()) {
        STRATA_TRY(const auto address, parse_address(options.miner));
        return address.to_string(prefix);
    }
    if (!options.api.empty())
        return fail(Errc::invalid_argument, "with --api, --miner names the miner, such as t01000");
    STRATA_TRY(const auto miners, node.ask("StateListMiners", Json::array({Json()})));
    std::vector<std::string> names;
    for (const auto& one : miners)
        if (one.is_string()) names.push_back(one.get<std::string>());
    if (names.empty()) return fail(Errc::not_found, "the network has no miners; name one with --miner");
    return *std::ranges::min_element(names, {}, [](const auto& name) { return std::pair(name.size(), name); });
}

}  // namespace strata::cli
