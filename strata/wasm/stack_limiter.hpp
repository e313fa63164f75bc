#pragma once
// The first pass over a module: it counts the height of the stack in a global and traps above a limit, so that an
// overflow is the same everywhere. Source: docs/protocol/fvm.md §6.3; crates fvm-wasm-instrument 0.4.0 (generations 3
// and 4) and 0.2.0 (generation 2), src/stack_limiter.
#include <strata/wasm/module.hpp>

namespace strata::wasm {

/// The highest stack. Source: ref-fvm fvm/src/machine/mod.rs, MAX_WASM_STACK (docs/protocol/fvm.md §6.3).
constexpr std::uint32_t kMaxStackHeight = 2048;

/// Returns the module with the limiter. Every function is checked on the way: it must nest its blocks and take only
/// what is on its stack, though types are not looked at. Errors: truncated, malformed, too_large, unsupported.
Result<Bytes> limit_stack(const Module& module, Generation generation);

}  // namespace strata::wasm
