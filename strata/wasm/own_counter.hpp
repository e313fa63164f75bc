#pragma once
// The instrumented code imports its gas counter, so that every use of it takes a detour, and every instance has to be
// linked anew. A module can as well have the counter itself and export it: the code stays the same, byte for byte.
#include <strata/wasm/module.hpp>

namespace strata::wasm {

/// The name of the exported counter. No module that exports this name already can have one.
inline constexpr std::string_view kOwnCounter = "strata gas counter";

/// Returns true if with_own_counter() can be used: the counter is the only imported global, so that all keep their
/// numbers, and no start function runs before the counter can be set.
bool can_own_counter(const Module& module);
/// Returns an instrumented module with its own counter instead of the imported one.
Bytes with_own_counter(const Module& module);

}  // namespace strata::wasm
