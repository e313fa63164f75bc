#pragma once
// Owners of wasmtime's C objects. For the .cpp files of this folder: no header that others include needs wasmtime.
#include <wasmtime.h>

#include <memory>
#include <string>

namespace strata::wasm {

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};

using EngineHandle = std::unique_ptr<wasm_engine_t, Freed<&wasm_engine_delete>>;
using ModuleHandle = std::unique_ptr<wasmtime_module_t, Freed<&wasmtime_module_delete>>;
using LinkerHandle = std::unique_ptr<wasmtime_linker_t, Freed<&wasmtime_linker_delete>>;
using StoreHandle = std::unique_ptr<wasmtime_store_t, Freed<&wasmtime_store_delete>>;
using InstancePreHandle = std::unique_ptr<wasmtime_instance_pre_t, Freed<&wasmtime_instance_pre_delete>>;
using ErrorHandle = std::unique_ptr<wasmtime_error_t, Freed<&wasmtime_error_delete>>;
using TrapHandle = std::unique_ptr<wasm_trap_t, Freed<&wasm_trap_delete>>;

inline std::string text_of(const wasmtime_error_t& error) {
    wasm_name_t text;
    wasmtime_error_message(&error, &text);
    std::string out(text.data, text.size);
    wasm_byte_vec_delete(&text);
    return out;
}
inline std::string text_of(const wasm_trap_t& trap) {
    wasm_message_t text;
    wasm_trap_message(&trap, &text);
    std::string out(text.data, text.size);
    wasm_byte_vec_delete(&text);
    while (!out.empty() && out.back() == '\0') out.pop_back();
    return out;
}

}  // namespace strata::wasm
