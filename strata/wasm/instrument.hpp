#pragma once
// Prepares the code of an actor for the engine: the stack limiter, then the gas metering. The result is byte for byte
// what the reference compiles, for gas is what these bytes charge. Source: docs/protocol/fvm.md §6.1.
#include <strata/wasm/module.hpp>

namespace strata::wasm {

/// Returns the instrumented module. It imports the global `gas` (gas_metering.hpp) and has further functions behind
/// its own; exports, segments and the start function may name those. Calls from several threads are independent.
/// Errors: truncated, trailing, malformed, too_large, unsupported, out_of_range. Each says why the module is refused;
/// none is fatal. Types of operands are not checked: that is for the compiler that reads the result.
Result<Bytes> instrument(BytesView module, Generation generation);
/// Returns the bytes between the two passes, for tests.
Result<Bytes> instrument_stack(BytesView module, Generation generation);

}  // namespace strata::wasm
