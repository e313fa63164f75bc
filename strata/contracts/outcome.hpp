#pragma once
// Says in words how a call of a contract ended. Source: docs.soliditylang.org/en/v0.8.28/control-structures.html
// (Error, Panic and its codes); docs/protocol/fvm.md §4.1; builtin-actors actors/evm/src/lib.rs (exit codes).
#include <string>

#include <strata/base/bytes.hpp>

namespace strata::contracts {

class ContractAbi;

/// Returns the name that the protocol gives an exit code: "EVM_CONTRACT_REVERTED"; "unknown" for other numbers.
std::string_view exit_code_name(std::uint32_t code);

/// Returns the reason in the data of a revert: a text in quotes, a panic with its meaning, an error that the contract
/// defines (by name if `abi` has it, else its data), or that there is none.
std::string revert_reason(BytesView data, const ContractAbi* abi = nullptr);

/// Returns the byte string in a receipt's return value, which is what a contract returned. Empty if the value is
/// empty; other values, which contracts do not return, are given as they are.
Bytes returned_data(BytesView return_value);

}  // namespace strata::contracts
