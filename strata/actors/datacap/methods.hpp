#pragma once
#include <strata/actors/native_actor.hpp>

namespace strata::actors::datacap {

/// The method table of the datacap actor.
std::span<const Method> methods();

}  // namespace strata::actors::datacap
