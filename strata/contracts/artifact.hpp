#pragma once
// Finds the initcode and the ABI of a contract in what compilers write: hexadecimal or plain bytes, or the JSON of solc
// (--combined-json, standard output), Hardhat or Foundry. Source:
// docs.soliditylang.org/en/v0.8.28/using-the-compiler.html
// ("Output Description"); hardhat.org/hardhat-runner/docs/advanced/artifacts; Foundry's out/*.json.
#include <optional>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>
#include <strata/contracts/contract_abi.hpp>

namespace strata::contracts {

/// The most bytes of a file that is read.
inline constexpr std::size_t kMaxArtifact = std::size_t{64} << 20;

struct Artifact {
    Bytes initcode;
    std::optional<ContractAbi> abi;  // empty if the file has none
};

/// Reads the contract in a file's content. JSON with several contracts needs `name`, otherwise it may be empty. Errors:
/// invalid_argument, which says what was found: no contract, several, one without code, one that is not linked.
Result<Artifact> read_artifact(BytesView content, std::string_view name);

/// Reads the ABI of the contract in a file's content: an artifact, with or without code, or the array of an ABI alone.
/// Errors: invalid_argument, as above, or because there is no ABI.
Result<ContractAbi> read_abi(BytesView content, std::string_view name);

}  // namespace strata::contracts
