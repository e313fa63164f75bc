#pragma once
// The native implementation of the built-in actors of version 18.
#include <memory>

#include <strata/vm/kernel.hpp>

namespace strata::actors {

/// A table that answers for the code CIDs of the official bundles (actors/bundle.hpp), each with the policy that the
/// bundle was built with. Types that have no native code yet (docs/known_gaps.md) answer nullptr. Thread-safe,
/// immutable.
std::unique_ptr<vm::ActorTable> native_actors();

}  // namespace strata::actors
