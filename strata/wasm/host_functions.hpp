#pragma once
// The functions that actors import: docs/protocol/fvm.md §4.7. A function here reads its arguments out of the guest's
// memory, asks the kernel and packs the result; what it costs and means is the kernel's. Source: ref-fvm
// fvm/src/syscalls/*.rs.
#include <strata/base/result.hpp>
#include <strata/wasm/module.hpp>

struct wasmtime_linker;

namespace strata::wasm {

/// Defines all functions of a generation. Errors: internal.
Status define_host_functions(wasmtime_linker& linker, Generation generation);

}  // namespace strata::wasm
