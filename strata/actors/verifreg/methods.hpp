#pragma once
#include <strata/actors/native_actor.hpp>

namespace strata::actors::verifreg {

/// The method table of the verified registry.
std::span<const Method> methods();

}  // namespace strata::actors::verifreg
