#pragma once
// The native implementation of the built-in actors of versions 17 and 18.
#include <memory>

#include <strata/vm/kernel.hpp>

namespace strata::actors {

/// Returns a table for the code CIDs of the official bundles (actors/bundle.hpp), each with the policy with which its
/// bundle was built. For types that have no native code yet (docs/known_gaps.md), the table returns nullptr.
/// Thread-safe, immutable.
std::unique_ptr<vm::ActorTable> native_actors();

}  // namespace strata::actors
