#pragma once
// Owners of wasmtime's C objects. For the .cpp files of this folder: no header that others include needs wasmtime.
#include <wasmtime.h>

#include <memory>
#include <string>

#include <strata/base/freed.hpp>

namespace strata::wasm {

using EngineHandle = std::unique_ptr<wasm_engine_t, Freed<&wasm_engine_delete>>;
using ModuleHandle = std::unique_ptr<wasmtime_module_t, Freed<&wasmtime_module_delete>>;
using LinkerHandle = std::unique_ptr<wasmtime_linker_t, Freed<&wasmtime_linker_delete>>;
using StoreHandle = std::unique_ptr<wasmtime_store_t, Freed<&wasmtime_store_delete>>;
using InstancePreHandle = std::unique_ptr<wasmtime_instance_pre_t, Freed<&wasmtime_instance_pre_delete>>;
using ErrorHandle = std::unique_ptr<wasmtime_error_t, Freed<&wasmtime_error_delete>>;
using TrapHandle = std::unique_ptr<wasm_trap_t, Freed<&wasm_trap_delete>>;

/// Returns the sentence of an error or of a trap.
std::string text_of(const wasmtime_error_t& error);
std::string text_of(const wasm_trap_t& trap);

}  // namespace strata::wasm
