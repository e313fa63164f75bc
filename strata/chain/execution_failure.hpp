#pragma once
// Says in Lotus' words why a message failed when it was tried. Its clients show these texts, and some look into them.
// Source: lotus api/api_errors.go, chain/types/ethtypes/eth_types.go (ParseEthRevert); go-state-types
// exitcode/names.go.
#include <strata/vm/applied.hpp>

namespace strata::chain {

/// Returns the name and the number of an exit code, "SysErrOutOfGas(7)"; the number alone for a code without a name.
std::string exit_code_text(std::uint32_t code);

/// Returns the reason that a contract gave when it reverted, from what it returned: "Error(…)", the name of a panic, or
/// the bytes in hexadecimal if they are neither.
std::string revert_reason(BytesView returned);

/// A message that failed.
struct ExecutionFailure {
    std::string text;
    Bytes returned;  // what a contract returned; empty if no contract returned anything
};
/// Describes a message whose exit code is not 0.
ExecutionFailure describe_failure(const vm::Applied& applied);

}  // namespace strata::chain
