#pragma once
// The exit codes of contracts. Source: builtin-actors actors/evm/src/lib.rs.
#include <strata/actors/runtime.hpp>

namespace strata::actors::evm {

inline constexpr ExitCode kReverted{33};  // with the data of REVERT
inline constexpr ExitCode kInvalidInstruction{34};
inline constexpr ExitCode kUndefinedInstruction{35};
inline constexpr ExitCode kStackUnderflow{36};
inline constexpr ExitCode kStackOverflow{37};
inline constexpr ExitCode kIllegalMemoryAccess{38};
inline constexpr ExitCode kBadJump{39};
inline constexpr ExitCode kSelfdestructFailed{40};

/// The official actor's WebAssembly code traps here, because it is out of memory.
inline Abort trap(std::string message) {
    return {Abort::Kind::trap, ExitCode::sys_illegal_instruction, std::move(message), {}, {}};
}
inline Abort read_only(std::string_view instruction) {
    return abort(ExitCode::read_only, std::string(instruction) + " would change state in a read-only call");
}

}  // namespace strata::actors::evm
