#pragma once
// The built-in actors of version 18 that run natively.
#include <memory>

#include <strata/actors/policy.hpp>
#include <strata/vm/actor_code.hpp>

namespace strata::actors {

/// Table for a bundle; `policy` must outlive it. Thread-safe, immutable. Types that are missing (docs/known_gaps.md)
/// have no code: calls to them exit with unhandled_message.
std::unique_ptr<vm::ActorTable> native_actors(const Policy& policy);

}  // namespace strata::actors
