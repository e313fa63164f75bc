#include <strata/wasm/handles.hpp>

namespace strata::wasm {

std::string text_of(const wasmtime_error_t& error) {
    wasm_name_t text;
    wasmtime_error_message(&error, &text);
    std::string out(text.data, text.size);
    wasm_byte_vec_delete(&text);
    return out;
}

std::string text_of(const wasm_trap_t& trap) {
    wasm_message_t text;
    wasm_trap_message(&trap, &text);
    std::string out(text.data, text.size);
    wasm_byte_vec_delete(&text);
    while (!out.empty() && out.back() == '\0') out.pop_back();
    return out;
}

}  // namespace strata::wasm
