#pragma once
// Reads a module and checks its structure: sections, their order and sizes, counts, names, and that every number names
// something that exists. The passes walk the operators of functions (operators.hpp); the engine's compiler checks the
// types of operands. Source: WebAssembly core specification 2.0; the limits and the feature set
// are those of wasmparser 0.236 as ref-fvm fvm/src/engine/mod.rs configures it.
#include <strata/wasm/module.hpp>

namespace strata::wasm {

/// The most bytes that a module may have. The reference has no limit of its own; a block of the chain has at most 1 MiB
/// and the largest official actor less than 2 MiB.
constexpr std::size_t kMaxModuleBytes = std::size_t{64} << 20;

enum class SectionOrder : std::uint8_t {
    checked,
    any,  // for the bytes between the two passes of generation 2, whose data count stands last
};

/// Reads a whole module. `bytes` must outlive the result. Memory and time are a small multiple of the input.
/// Errors: truncated, trailing, malformed, too_large, unsupported (a feature outside the feature set).
Result<Module> parse(BytesView bytes, SectionOrder order = SectionOrder::checked);
Result<Module> parse(Bytes&& bytes, SectionOrder order = SectionOrder::checked) = delete;

}  // namespace strata::wasm
