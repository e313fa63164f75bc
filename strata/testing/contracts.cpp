#include <strata/testing/contracts.hpp>

namespace strata::testing {

std::filesystem::path contract_artifact(std::string_view name) {
    return std::filesystem::path(STRATA_CONTRACTS) / (std::string(name) + ".json");
}

}  // namespace strata::testing
