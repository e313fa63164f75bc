#pragma once
// Finds the Solidity contracts of tests/contracts, compiled.
#include <filesystem>
#include <string>
#include <string_view>

namespace strata::testing {

/// Returns the path of a contract's artifact, JSON with its bytecode and ABI. `name` is that of the contract: "Token".
std::filesystem::path contract_artifact(std::string_view name);

}  // namespace strata::testing
